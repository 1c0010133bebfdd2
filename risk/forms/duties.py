from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.forms import DayInput
from risk.forms.scales import REASON
from risk.models import Control, RiskLevel
from risk.services.duty_rules import duty_names


class ConflictRuleForm(forms.Form):
    """Two duties that are kept apart, and why somebody wants that now."""

    first = forms.ChoiceField(label=_("One duty"))
    second = forms.ChoiceField(label=_("Other duty"))
    severity = forms.ChoiceField(label=_("Severity"), choices=RiskLevel, initial=RiskLevel.HIGH)
    why = forms.CharField(label=_("Why they are kept apart"), min_length=10, max_length=500)
    reason = forms.CharField(label=_("Reason of this request"), **REASON)

    def __init__(self, *args, rule=None, **kwargs):
        super().__init__(*args, **kwargs)
        choices = sorted(duty_names().items(), key=lambda one: ("." in one[0], one[1]))
        for side in ("first", "second"):
            self.fields[side].choices = choices
            if rule is not None:
                self.fields[side].disabled = True
                self.fields[side].choices = [*choices, (getattr(rule, side), getattr(rule, side))]


class RetireRuleForm(forms.Form):
    reason = forms.CharField(label=_("Why is this rule retired?"), **REASON)


class DutyExceptionForm(forms.Form):
    """Whose conflict is accepted, until when, and what makes up for it."""

    person = forms.ChoiceField(label=_("Person"))
    control = forms.ModelChoiceField(Control.objects.none(), label=_("Compensating control"), required=False)
    compensation = forms.CharField(
        label=_("What makes up for it"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    valid_until = forms.DateField(label=_("Accepted until"), widget=DayInput(), help_text=_("The last day."))
    reason = forms.CharField(label=_("Why is it accepted?"), **REASON)

    def __init__(self, *args, user, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(str(one.pk), str(one)) for one in people if one.pk != user.pk]
        self.fields["control"].queryset = Control.objects.visible_to(user).order_by("code")
        self.fields["valid_until"].initial = timezone.localdate() + timedelta(days=90)

    def as_exception(self):
        """What the service takes: person and control by their keys."""
        found = dict(self.cleaned_data)
        person, control = found.pop("person"), found.pop("control")
        return {**found, "person_id": int(person), "control_id": control.pk if control else None}
