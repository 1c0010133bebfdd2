from django import forms
from django.utils.translation import gettext_lazy as _


class RotationForm(forms.Form):
    """Why everything is sealed again."""

    reason = forms.CharField(
        label=_("Reason"), min_length=5, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Such as the yearly change, or somebody who knew the key has left."),
    )  # fmt: skip
