from django import forms

from marketing.models import AbuseRule
from marketing.rules.abuse import SIGNS
from pages.forms import DayInput
from risk.forms.shared import ReasonForm


class AbuseRuleForm(forms.ModelForm):
    reason = ReasonForm.base_fields["reason"]

    class Meta:
        model = AbuseRule
        fields = ["valid_from", "threshold", *SIGNS, "window_hours", "minutes", "many", "source"]
        widgets = {"valid_from": DayInput()}

    def _post_clean(self) -> None:
        """The service checks the rule as a whole."""
