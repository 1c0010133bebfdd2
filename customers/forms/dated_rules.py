"""Forms of rules with a date and a place: the next one of a series, and the text that confirms one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import FloatField
from django.utils.translation import gettext_lazy as _

from customers.services.dated_rules import MOST, columns_of
from pages.forms import DayInput


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), **more)


def _source() -> forms.CharField:
    return forms.CharField(
        label=_("Source"), max_length=200, help_text=_("The statute and its article, or whose decision.")
    )


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Why?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=5, max_length=500)


def _share(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=10, decimal_places=9, help_text=_("A share of them, between 0 and 1.")
    )


class RuleForm(forms.Form):
    """The next rule of a series: of the fields here those that the table has."""

    code = forms.ChoiceField(label=_("Rule"))
    kind = forms.ChoiceField(label=_("Kind"))
    field = forms.ChoiceField(label=_("Field"))
    level = forms.ChoiceField(label=_("Level"))
    line = forms.ChoiceField(label=_("Business line"))
    jurisdiction = forms.CharField(
        label=_("Jurisdiction"), required=False, max_length=2, help_text=_("Such as CN, EU or GB. Empty: everywhere else."),
    )  # fmt: skip
    applies_from = forms.IntegerField(label=_("Applies from"), min_value=0, max_value=32_767, initial=0)
    value = forms.IntegerField(label=_("Value"), min_value=0, max_value=MOST)
    unit = forms.ChoiceField(label=_("Unit"))
    m = _share(_("Among records of one person"))
    u = _share(_("Among records of different people"))
    event = forms.ChoiceField(label=_("Counted from"))
    longer_than_months = forms.IntegerField(
        label=_("Only contracts longer than, months"), required=False, min_value=1, max_value=1_200,
        help_text=_("Empty: all contracts."),
    )  # fmt: skip
    valid_from = _day(_("From"))
    valid_to = _day(_("Until"), required=False, help_text=_("The last day. Empty: until the next rule begins."))
    source = _source()
    needs_confirmation = forms.BooleanField(
        label=_("Somebody still has to read the text that it stands on"), required=False
    )
    reason = _reason()

    def __init__(self, *args: Any, model: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() - {*columns_of(model), "reason"}:
            del self.fields[name]
        for name in columns_of(model):
            described = model._meta.get_field(name)
            if name not in self.fields or (isinstance(self.fields[name], forms.ChoiceField) and not described.choices):
                self.fields[name] = described.formfield()
            elif isinstance(self.fields[name], forms.ChoiceField):
                self.fields[name].choices = described.choices
        self.order_fields([*columns_of(model), "reason"])
        if "value" in self.fields and isinstance(model._meta.get_field("value"), FloatField):
            self.fields["value"] = forms.DecimalField(
                label=_("Value"), min_value=0, max_value=MOST, decimal_places=4, max_digits=10
            )

    def clean_jurisdiction(self) -> str:
        return str(self.cleaned_data["jurisdiction"]).upper()

    @property
    def arguments(self) -> dict[str, Any]:
        """What the request says: days as text, everything but the reason."""
        return {name: _written(value) for name, value in self.cleaned_data.items() if name != "reason"}


def _written(value: Any) -> Any:
    """A value as a request keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class ConfirmationForm(forms.Form):
    source = _source()
    reason = _reason()
