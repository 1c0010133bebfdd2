from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.models import Crisis, Incident


class CrisisForm(forms.ModelForm):
    class Meta:
        model = Crisis
        fields = ["title", "message", "authority", "reason", "incident"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3, "maxlength": 10_000})}
        help_texts = {
            "message": _("One sentence: what everybody does or leaves now."),
            "authority": _("Such as the decision of the board, with its day and number."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["incident"].queryset = Incident.objects.visible_to(user).open().order_by("-detected_at")


class DecisionForm(forms.Form):
    decision = forms.CharField(
        label=_("What was decided?"), widget=forms.Textarea(attrs={"rows": 3}), min_length=5, max_length=10_000
    )
    grounds = forms.CharField(
        label=_("On which grounds?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=5,
        max_length=10_000,
        help_text=_("What was known at that moment, and what was not."),
    )
    carried_out_by = forms.CharField(label=_("Carried out by"), max_length=120, required=False)
