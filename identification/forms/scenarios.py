from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identification.models import RiskFactor, Scenario
from identification.models.scenarios import LONGEST_HORIZON
from pages.forms import DayInput
from products.models import BusinessLine
from risk.formats import scale_labels
from risk.models import Risk
from risk.querysets.people import risk_people

LONG = {"rows": 4, "maxlength": 10_000}


class ScenarioForm(forms.ModelForm):
    """What a scenario is called and whose it is."""

    class Meta:
        model = Scenario
        fields = ["name", "kind", "line", "owner"]
        help_texts = {"line": _("Empty: the whole company.")}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = risk_people()
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")

    def as_fields(self):
        """What the service takes: the line by its code."""
        found = {name: self.cleaned_data[name] for name in self._meta.fields}
        line = found.pop("line")
        return {**found, "line_id": line.pk if line else None}


class RevisionForm(forms.Form):
    """What happens, and one field for each factor: an empty one is not moved."""

    narrative = forms.CharField(
        label=_("What happens"), widget=forms.Textarea(attrs=LONG), min_length=10, max_length=10_000
    )
    severity = forms.CharField(
        label=_("How severe"), max_length=200, help_text=_("Such as: once in ten years, as in 2015.")
    )
    plausibility = forms.CharField(
        label=_("How plausible"),
        max_length=200,
        help_text=_("Such as: plausible within a year, it has happened elsewhere."),
    )
    horizon_months = forms.IntegerField(
        label=_("Horizon in months"), min_value=1, max_value=LONGEST_HORIZON, initial=12
    )

    def __init__(self, *args, shocks=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.factors = list(RiskFactor.objects.all())
        for factor in self.factors:
            self.fields[f"shock_{factor.code}"] = forms.DecimalField(
                label=f"{factor} ({factor.get_unit_display()})",
                initial=(shocks or {}).get(factor.code),
                required=False,
                max_digits=12,
                decimal_places=4,
            )

    def as_content(self):
        """What the service takes: words and numbers of the revision, shocks by the codes of their factors."""
        found = self.cleaned_data
        sizes = {factor.code: found[f"shock_{factor.code}"] for factor in self.factors}
        words = {name: found[name] for name in ("narrative", "severity", "plausibility", "horizon_months")}
        return {**words, "shocks": {code: size for code, size in sizes.items() if size is not None}}


class NewScenarioForm(RevisionForm, ScenarioForm):
    """A scenario with its first revision."""


class OutcomeForm(forms.Form):
    """What people who discussed a scenario expect for one risk."""

    risk = forms.ModelChoiceField(
        label=_("Risk"),
        queryset=None,
        required=False,
        empty_label=_("Of no recorded risk"),
        help_text=_("One risk an outcome: record another outcome for the next."),
    )
    held_on = forms.DateField(label=_("Discussed on"), widget=DayInput())
    participants = forms.ModelMultipleChoiceField(label=_("Participants"), queryset=None)
    expected = forms.CharField(
        label=_("What is expected to happen to us?"),
        widget=forms.Textarea(attrs=LONG),
        min_length=10,
        max_length=10_000,
    )
    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"), help_text=_("Three capital letters, such as CNY."))
    loss_low = forms.DecimalField(label=_("Loss, low"), min_value=0, max_digits=24, decimal_places=2)
    loss_likely = forms.DecimalField(label=_("Loss, most likely"), min_value=0, max_digits=24, decimal_places=2)
    loss_high = forms.DecimalField(label=_("Loss, high"), min_value=0, max_digits=24, decimal_places=2)
    likelihood = forms.TypedChoiceField(label=_("Likelihood"), coerce=int)
    impact = forms.TypedChoiceField(label=_("Impact"), coerce=int)
    response = forms.CharField(
        label=_("What would be done?"), widget=forms.Textarea(attrs=LONG), min_length=10, max_length=10_000
    )

    def __init__(self, *args, user, matrix, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["risk"].queryset = Risk.objects.visible_to(user).open().order_by("reference")
        self.fields["participants"].queryset = risk_people()
        self.fields["held_on"].initial = timezone.localdate
        for name, words in zip(("likelihood", "impact"), scale_labels(matrix), strict=True):
            self.fields[name].choices = [(place, f"{place} {word}") for place, word in enumerate(words, start=1)]
