"""Forms of rules with a date and a place: the next one of a series, and the text that confirms one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.services.dated_rules import MOST, keys_of


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more)


def _source() -> forms.CharField:
    return forms.CharField(
        label=_("Source"), max_length=200, help_text=_("The statute and its article, or whose decision.")
    )


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Why?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=5, max_length=500)


class RuleForm(forms.Form):
    """The next rule of a series; where the table has steps, from which age or figure it applies."""

    code = forms.ChoiceField(label=_("Rule"))
    jurisdiction = forms.CharField(
        label=_("Jurisdiction"), required=False, max_length=2, help_text=_("Such as CN, EU or GB. Empty: everywhere else."),
    )  # fmt: skip
    applies_from = forms.IntegerField(label=_("Applies from"), min_value=0, max_value=32_767, initial=0)
    value = forms.IntegerField(label=_("Value"), min_value=0, max_value=MOST)
    unit = forms.ChoiceField(label=_("Unit"))
    valid_from = _day(_("From"))
    valid_to = _day(_("Until"), required=False, help_text=_("The last day. Empty: until the next rule begins."))
    source = _source()
    needs_confirmation = forms.BooleanField(
        label=_("Somebody still has to read the text that it stands on"), required=False
    )
    reason = _reason()

    def __init__(self, *args: Any, model: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "applies_from" not in keys_of(model):
            del self.fields["applies_from"]
        for name in ("code", "unit"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = model._meta.get_field(name).choices

    def clean_jurisdiction(self) -> str:
        return str(self.cleaned_data["jurisdiction"]).upper()

    @property
    def arguments(self) -> dict[str, Any]:
        """What the request says: days as text, everything but the reason."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        days = {name: said[name] and said[name].isoformat() for name in ("valid_from", "valid_to")}
        return {**said, **days}


class ConfirmationForm(forms.Form):
    source = _source()
    reason = _reason()
