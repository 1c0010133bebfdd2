from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment.models import Method, MixRule, ScaleTable
from pages.forms import DayInput
from risk.models import RiskMatrix


class MixRuleForm(forms.ModelForm):
    methods = forms.MultipleChoiceField(label=_("Methods"), choices=Method, widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("Why is the rule changed?"), min_length=10, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )

    class Meta:
        model = MixRule
        fields = ["novelty", "data", "methods", "why", "valid_from"]
        widgets = {"valid_from": DayInput()}
        help_texts = {"why": _("A sentence that stands with every assessment by this rule.")}

    def _post_clean(self):
        """The service checks the rule, with the day on which it is carried out."""


class ScaleTableForm(forms.ModelForm):
    matrix_id = forms.ModelChoiceField(label=_("Matrix"), queryset=RiskMatrix.objects.none(), empty_label=None)
    bounds = forms.CharField(
        label=_("Figures with which steps 2, 3, … begin, one a line"), max_length=400,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why is the table changed?"), min_length=10, max_length=2_000, widget=forms.Textarea(attrs={"rows": 2})
    )

    class Meta:
        model = ScaleTable
        fields = ["figure", "currency", "valid_from", "source"]
        widgets = {"valid_from": DayInput()}

    field_order = ["matrix_id", "figure", "currency", "bounds", "valid_from", "source", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["matrix_id"].queryset = RiskMatrix.objects.filter(in_force_from__isnull=False)
        self.fields["valid_from"].initial = timezone.localdate()

    def _post_clean(self):
        """The service checks the table, with the day on which it is carried out."""

    def as_table(self):
        found = dict(self.cleaned_data)
        lines = [line.strip() for line in found.pop("bounds").splitlines() if line.strip()]
        matrix = found.pop("matrix_id")
        return {**found, "matrix_id": matrix.pk, "bounds": lines, "currency": found["currency"].upper()}
