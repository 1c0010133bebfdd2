"""Forms of suitability: asking for an assessment, looking at one, recording an order or offer, withdrawing, the matrix."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import CheckUse, ConsentChannel, InvestorClass, Match
from pages.forms import DayInput
from products.models import Jurisdiction, LineCode, RiskRating
from surveys.services.invitations import LINK_DAYS, MOST_DAYS

LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
MATCHES = [(Match.YES.value, _("Yes")), (Match.CONFIRM.value, _("Own accord")), (Match.NO.value, _("Never"))]


def day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), **more)


class AskForm(forms.Form):
    how = forms.ChoiceField(
        label=_("How?"),
        widget=forms.RadioSelect,
        choices=[
            ("fill", _("Fill it in now, with the customer on the telephone")),
            ("email", _("Send the link by e-mail")),
            ("show", _("Make a link and show it here, to pass on in the chat")),
        ],
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    days = forms.IntegerField(
        label=_("The link is good for, days"), min_value=1, max_value=MOST_DAYS, initial=LINK_DAYS, required=False
    )

    def clean_days(self) -> int:
        return self.cleaned_data["days"] or LINK_DAYS


class ReviewForm(forms.Form):
    decision = forms.ChoiceField(
        label=_("Does it count?"),
        widget=forms.RadioSelect,
        choices=[("confirm", _("It counts")), ("reject", _("It does not count: the customer is asked again"))],
    )
    reason = forms.CharField(label=_("Why?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=5, max_length=200)


class CheckForm(forms.Form):
    use = forms.ChoiceField(label=_("For"), widget=forms.RadioSelect, choices=CheckUse.choices)
    channel = forms.ChoiceField(
        label=_("Offered by"),
        required=False,
        choices=[("", "–"), *(pair for pair in ConsentChannel.choices if pair[0] != ConsentChannel.ANY)],
    )
    amount = forms.DecimalField(label=_("Amount"), required=False, max_digits=20, decimal_places=2, min_value=0)
    confirmed = forms.BooleanField(label=_("The customer insists, after reading the warning below"), required=False)
    warning = forms.CharField(
        label=_("Warning that they read"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class WithdrawForm(forms.Form):
    declared_on = day_field(_("Declared on"))
    amount = forms.DecimalField(
        label=_("Paid back"),
        required=False,
        max_digits=20,
        decimal_places=2,
        min_value=0,
        help_text=_("Empty where no money moves; otherwise somebody else approves it."),
    )
    reason = forms.CharField(label=_("Why?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=5, max_length=200)


class MatrixForm(forms.Form):
    """A whole matrix: one choice for each class and rating."""

    jurisdiction = forms.ChoiceField(
        label=_("Jurisdiction"), required=False, choices=[("", _("everywhere else")), *Jurisdiction.choices]
    )
    valid_from = day_field(_("From"))
    lines = forms.MultipleChoiceField(
        label=_("Business lines"), choices=LineCode.choices, widget=forms.CheckboxSelectMultiple
    )
    source = forms.CharField(label=_("Source"), max_length=200)
    reason = forms.CharField(label=_("Why?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=5)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for one in InvestorClass.values:
            for rating in RiskRating.values:
                self.fields[cell(one, rating)] = forms.ChoiceField(
                    label=f"{one} × {rating}",
                    choices=MATCHES,
                    widget=forms.Select(attrs={"class": "form-select"}),
                )

    @property
    def rows(self) -> list[tuple[Any, list[Any]]]:
        """The cells as a table: each class with its five fields."""
        return [
            (InvestorClass(one).label, [self[cell(one, rating)] for rating in RiskRating.values])
            for one in InvestorClass.values
        ]

    @property
    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        cells = {one: {rating: said[cell(one, rating)] for rating in RiskRating.values} for one in InvestorClass.values}
        return {
            "jurisdiction": said["jurisdiction"], "valid_from": said["valid_from"].isoformat(), "lines": said["lines"],
            "source": said["source"], "cells": cells,
        }  # fmt: skip


def cell(investor_class: str, rating: str) -> str:
    return f"cell_{investor_class}_{rating}"
