from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models import Case, Incident, NoticeRule
from incidents.people import incident_people
from pages.forms import DayInput
from products.models import BusinessLine
from risk.models import Risk


class MomentInput(forms.DateTimeInput):
    """The browser's own field for a day and a time, filled as it reads them."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


def moment_field(label, **more):
    return forms.DateTimeField(
        label=label, widget=MomentInput(), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **more
    )


class IncidentForm(forms.ModelForm):
    jurisdictions = forms.MultipleChoiceField(
        label=_("Where people concerned are"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each place has its own deadlines for telling authorities and people."),
    )
    occurred_at = moment_field(_("When did it begin?"))
    detected_at = moment_field(_("When was it detected?"))

    class Meta:
        model = Incident
        fields = [
            "title", "kind", "severity", "occurred_at", "detected_at", "jurisdictions", "owner", "risk", "case", "line",
            "text",
        ]  # fmt: skip
        widgets = {"text": forms.Textarea(attrs={"rows": 4, "maxlength": 10_000})}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = incident_people()
        self.fields["risk"].queryset = Risk.objects.visible_to(user).open().order_by("reference")
        self.fields["case"].queryset = Case.objects.visible_to(user).open().order_by("-opened_at")
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        places = {settings.COMPANY_JURISDICTION, *NoticeRule.objects.values_list("jurisdiction", flat=True)}
        self.fields["jurisdictions"].choices = [(place, place) for place in sorted(places - {""})]
        self.initial.setdefault("jurisdictions", [settings.COMPANY_JURISDICTION])
        self.initial.setdefault("detected_at", timezone.localtime().replace(second=0, microsecond=0))

    def as_report(self):
        found = dict(self.cleaned_data)
        line = found.pop("line")
        return found | {"line_id": line.pk if line else None}


class TimelineForm(forms.Form):
    happened_at = moment_field(_("When?"), required=False, help_text=_("Empty: now."))
    told = forms.CharField(
        label=_("Told to"), max_length=160, required=False, help_text=_("Empty: nobody was told anything.")
    )
    text = forms.CharField(
        label=_("What happened or was told?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=10_000
    )


class StageForm(forms.Form):
    reached_at = moment_field(_("When?"))
    text = forms.CharField(label=_("How?"), widget=forms.Textarea(attrs={"rows": 3}), min_length=5, max_length=10_000)


class ActionForm(forms.Form):
    title = forms.CharField(label=_("What is done?"), max_length=200)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=None)
    due_on = forms.DateField(label=_("Due on"), widget=DayInput())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = incident_people()


class CloseIncidentForm(forms.Form):
    root_cause = forms.CharField(
        label=_("Root cause"), widget=forms.Textarea(attrs={"rows": 3}), min_length=10, max_length=10_000
    )
    post_mortem = forms.CharField(
        label=_("Post-mortem"),
        widget=forms.Textarea(attrs={"rows": 6}),
        min_length=10,
        max_length=20_000,
        help_text=_("What went well, what did not, where luck helped, and what changes now."),
    )


class ClockForm(forms.Form):
    met_at = moment_field(_("When was it given?"))
    note = forms.CharField(
        label=_("Who was told, and how?"), widget=forms.Textarea(attrs={"rows": 3}), min_length=5, max_length=5_000
    )
