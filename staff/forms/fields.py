from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from staff.scopes import SCOPES, scope_choices

LONGEST = 40


class CodesField(forms.CharField):
    """Codes typed by hand, separated by commas."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, (list, tuple)) else value

    def clean(self, value):
        text = super().clean(value) or ""
        codes = list(dict.fromkeys(part.strip() for part in text.replace("，", ",").split(",") if part.strip()))
        long = next((code for code in codes if len(code) > LONGEST), None)
        if long:
            raise forms.ValidationError(
                _("“%(code)s…” is longer than a code of 40 characters."), params={"code": long[:20]}
            )
        return codes


def scope_field(name: str, label, chosen: Iterable[str]) -> forms.Field:
    """Return boxes where a room has said what there is to choose from, else a text of codes."""
    hint = _("None ticked means all.") if name in SCOPES else _("Separated by commas. Empty means all.")
    if name in SCOPES:
        return forms.MultipleChoiceField(
            label=label,
            required=False,
            choices=scope_choices(name, also=chosen),
            help_text=hint,
            widget=forms.CheckboxSelectMultiple,
        )
    return CodesField(label=label, required=False, help_text=hint)
