from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identification.models import EmergingReading, EmergingRisk
from identification.people import emerging_owners
from pages.forms import DayInput
from products.models import BusinessLine, Jurisdiction
from risk.models import Risk

LOOK = ("horizon", "likelihood", "severity", "velocity", "trend", "reason")
LONG = {"rows": 3, "maxlength": 10_000}
NEXT = timedelta(days=90)


class EmergingRiskForm(forms.ModelForm):
    """What is written about an emerging risk; how far away and how grave it is, is a matter of its looks."""

    jurisdictions = forms.MultipleChoiceField(
        label=_("Jurisdictions"), choices=Jurisdiction, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = EmergingRisk
        fields = ["name", "risk_class", "description", "drivers", "jurisdictions", "line", "owner", "next_look_on"]
        widgets = {
            "description": forms.Textarea(attrs=LONG),
            "drivers": forms.Textarea(attrs=LONG),
            "next_look_on": DayInput(),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = emerging_owners()
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        self.initial.setdefault("next_look_on", timezone.localdate() + NEXT)

    def as_fields(self):
        """What the service takes of these fields."""
        found = {name: self.cleaned_data[name] for name in self._meta.fields}
        line = found.pop("line")
        return found | {"line_id": line.pk if line else None}


class LookForm(forms.ModelForm):
    next_look_on = forms.DateField(label=_("Next look on"), widget=DayInput())

    class Meta:
        model = EmergingReading
        fields = LOOK
        widgets = {"reason": forms.Textarea(attrs=LONG)}
        labels = {"reason": _("Why is it judged so?")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("next_look_on", timezone.localdate() + NEXT)


class NewEmergingRiskForm(EmergingRiskForm):
    """What it is, and the first look at it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        looks = LookForm().fields
        self.fields |= {name: looks[name] for name in LOOK}

    def as_look(self):
        return {name: self.cleaned_data[name] for name in LOOK}


class DropForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it no longer watched?"), widget=forms.Textarea(attrs=LONG), min_length=10, max_length=10_000
    )


class BecameRiskForm(forms.Form):
    risk = forms.ModelChoiceField(label=_("Risk of the register"), queryset=None)
    reason = forms.CharField(label=_("Why?"), widget=forms.Textarea(attrs=LONG), min_length=10, max_length=10_000)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["risk"].queryset = Risk.objects.visible_to(user).open().order_by("reference")
