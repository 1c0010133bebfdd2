from django import forms
from django.utils.translation import gettext_lazy as _

from pages.forms import DayInput
from products.models import BusinessLine
from risk.control_measures import choices
from risk.models import Control, Effectiveness, Indicator, Risk, Treatment, TreatmentState
from risk.querysets.people import risk_people


class ControlForm(forms.ModelForm):
    class Meta:
        model = Control
        fields = [
            "code", "name", "description", "kind", "frequency", "is_automated", "is_key", "line", "owner", "risks",
            "measure", "tolerance",
        ]  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 3, "maxlength": 10_000})}
        help_texts = {"line": _("Empty: the whole company.")}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = risk_people()
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        self.fields["risks"].queryset = Risk.objects.visible_to(user).open().order_by("reference")
        self.fields["risks"].required = False
        self.fields["measure"] = forms.ChoiceField(
            label=_("Tested each night by"), choices=choices, required=False, initial=self.instance.measure
        )
        self.fields["tolerance"].required = False

    def clean_tolerance(self):
        return self.cleaned_data["tolerance"] or 0


class BeginTestForm(forms.Form):
    items = forms.CharField(
        label=_("What has the control done?"),
        widget=forms.Textarea(attrs={"rows": 6, "class": "mono"}),
        max_length=2_000_000,
        help_text=_("Everything of the period, one item a line: numbers of files, releases, tickets. A sample is drawn from it."),
    )  # fmt: skip
    seed = forms.CharField(
        label=_("Seed"),
        max_length=60,
        help_text=_("A word or a number of your choice: with it anybody draws the same sample again."),
    )


class FinishTestForm(forms.Form):
    """One question an item of the sample, and the conclusion."""

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        for item in items:
            self.fields[f"item_{item.position}"] = forms.ChoiceField(
                label=f"{item.position}. {item.key}",
                choices=[("yes", _("Worked")), ("no", _("Failed"))],
                widget=forms.RadioSelect,
            )
        self.fields["conclusion"] = forms.ChoiceField(label=_("Conclusion"), choices=Effectiveness.choices)
        self.fields["reason"] = forms.CharField(
            label=_("Why?"), widget=forms.Textarea(attrs={"rows": 3}), min_length=10, max_length=10_000
        )

    @property
    def result(self):
        """What the service takes."""
        found = self.cleaned_data
        passed = {
            int(name.removeprefix("item_")): value == "yes" for name, value in found.items() if name.startswith("item_")
        }
        return {"passed": passed, "conclusion": found["conclusion"], "reason": found["reason"]}


class TreatmentForm(forms.ModelForm):
    class Meta:
        model = Treatment
        fields = [
            "strategy", "title", "description", "owner", "starts_on", "due_on", "cost", "currency", "indicator",
        ]  # fmt: skip
        widgets = {
            "starts_on": DayInput(),
            "due_on": DayInput(),
            "description": forms.Textarea(attrs={"rows": 3, "maxlength": 10_000}),
        }
        help_texts = {
            "due_on": _("The last day. An accepted risk stands untreated after it, and must be assessed anew."),
            "indicator": _("Its readings before and after say what the treatment changed."),
        }

    def __init__(self, *args, user, risk, **kwargs):
        super().__init__(*args, **kwargs)
        self.risk = risk
        self.fields["owner"].queryset = risk_people()
        self.fields["indicator"].queryset = Indicator.objects.visible_to(user).filter(risks=risk).order_by("name")
        self.fields["indicator"].empty_label = _("Of none")


class TaskForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=160)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=None)
    due_on = forms.DateField(label=_("Due on"), widget=DayInput())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = risk_people()


class EvidenceForm(forms.Form):
    evidence = forms.CharField(
        label=_("By what does one see that it is done?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=10_000
    )


class EndTreatmentForm(forms.Form):
    state = forms.ChoiceField(
        label=_("State"),
        choices=[(one.value, one.label) for one in (TreatmentState.DONE, TreatmentState.DROPPED)],
    )
    outcome = forms.CharField(
        label=_("What came of it?"), widget=forms.Textarea(attrs={"rows": 3}), min_length=10, max_length=10_000
    )
