from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.models import Case
from incidents.people import case_people
from risk.models import Risk


class CaseForm(forms.ModelForm):
    """What happened, how grave it is, whose it is. Opened on an alert, the alert says which risks it may be of."""

    class Meta:
        model = Case
        fields = ["title", "severity", "owner", "risk", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4, "maxlength": 10_000})}

    def __init__(self, *args, user, alert=None, **kwargs):
        super().__init__(*args, **kwargs)
        risks = Risk.objects.visible_to(user).open().order_by("reference")
        self.fields["owner"].queryset = case_people()
        self.fields["risk"].queryset = risks.filter(indicators=alert.indicator_id) if alert else risks
        self.fields["risk"].empty_label = _("Of no recorded risk")


class AssignCaseForm(forms.Form):
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=None, help_text=_("People whose role works on cases."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = case_people()


class EntryForm(forms.Form):
    text = forms.CharField(
        label=_("What was done or learnt?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=10_000
    )


class CloseCaseForm(forms.Form):
    root_cause = forms.CharField(
        label=_("Root cause"),
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=10,
        max_length=10_000,
        help_text=_("Why it could happen at all, not only what set it off."),
    )
    conclusion = forms.CharField(
        label=_("Conclusion"), widget=forms.Textarea(attrs={"rows": 3}), min_length=10, max_length=10_000
    )
