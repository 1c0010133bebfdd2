from django import forms
from django.utils.translation import gettext_lazy as _

from risk.querysets.people import alert_people


class AssignForm(forms.Form):
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=None, help_text=_("People whose role may close alerts."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = alert_people()


class CloseAlertForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it closed?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=10,
        max_length=2_000,
        help_text=_("What caused the breach, what was done, and why it is over."),
    )
