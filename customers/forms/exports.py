from django import forms
from django.utils.translation import gettext_lazy as _


class ExportReasonForm(forms.Form):
    """Why many customers are to leave the system as a file; what was asked for goes along unseen."""

    query = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)
    format = forms.CharField(max_length=4, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("What is the file for?"), min_length=5, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
