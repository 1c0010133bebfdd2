from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.models import NoticeRule
from pages.forms import DayInput


class NoticeRuleForm(forms.ModelForm):
    """A rule of notice and why it is wanted; the database says what is unique once it is written."""

    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}), min_length=10, max_length=2_000
    )

    class Meta:
        model = NoticeRule
        fields = ["kind", "jurisdiction", "told", "hours", "valid_from", "valid_to", "source", "needs_confirmation"]
        widgets = {"valid_from": DayInput(), "valid_to": DayInput()}
        help_texts = {
            "kind": _("Empty: every incident."),
            "jurisdiction": _("Two capital letters; empty: everywhere."),
            "source": _("Law and article, or company policy."),
        }

    def clean_jurisdiction(self):
        return self.cleaned_data["jurisdiction"].strip().upper()
