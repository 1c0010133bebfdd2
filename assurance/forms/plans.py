from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assurance.models import AuditPlanLine, AuditUnit
from assurance.people import auditors


class DraftPlanForm(forms.Form):
    year = forms.IntegerField(
        label=_("Year"),
        min_value=2000,
        max_value=2100,
        help_text=_("Begins with the lines of the plan in force for that year, if there is one."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = timezone.localdate().year + 1


class PlanLineForm(forms.ModelForm):
    """A line of a draft; `unit` is asked for where a new one is written."""

    unit = forms.ModelChoiceField(label=_("Area"), queryset=AuditUnit.objects.none())

    class Meta:
        model = AuditPlanLine
        fields = ["unit", "quarter", "person_days", "lead", "note"]

    def __init__(self, *args, user, plan, **kwargs):
        super().__init__(*args, **kwargs)
        seen = AuditUnit.objects.visible_to(user).order_by("name")
        self.fields["unit"].queryset = seen.exclude(pk__in=plan.lines.values("unit"))
        self.fields["lead"].queryset = auditors()
        self.fields["lead"].empty_label = _("Nobody yet")
        self.fields["person_days"].min_value = 1
        if self.instance.pk:
            del self.fields["unit"]
