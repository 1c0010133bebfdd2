from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.forms import DayInput
from products.models import BusinessLine
from risk.models import RatingKind, Risk
from risk.querysets.people import risk_people
from risk.services.register import next_review


class RiskForm(forms.ModelForm):
    """What a risk is, whose it is, and when it is looked at again. Rating it is another form."""

    class Meta:
        model = Risk
        fields = [
            "title",
            "risk_class",
            "subclass",
            "cause_kinds",
            "consequence_kinds",
            "line",
            "owner",
            "review_on",
            "description",
            "causes",
            "consequences",
        ]
        widgets = {
            "cause_kinds": forms.CheckboxSelectMultiple,
            "consequence_kinds": forms.CheckboxSelectMultiple,
            "review_on": DayInput(),
            "description": forms.Textarea(attrs={"rows": 3, "maxlength": 10_000}),
            "causes": forms.Textarea(attrs={"rows": 3, "maxlength": 10_000}),
            "consequences": forms.Textarea(attrs={"rows": 3, "maxlength": 10_000}),
        }
        help_texts = {
            "title": _("What may happen, as a sentence: “Payout file is released twice”."),
            "line": _("Empty: the whole company."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = risk_people()
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")

    def as_changes(self):
        """What the service takes: the line by its code."""
        found = dict(self.cleaned_data)
        line = found.pop("line")
        return {**found, "line_id": line.pk if line else None}


class RateForm(forms.Form):
    """A place of the matrix and why; `place` is likelihood x impact, such as 4x3."""

    kind = forms.ChoiceField(label=_("Rating"), choices=RatingKind, widget=forms.RadioSelect)
    place = forms.RegexField(
        r"^\d{1,2}x\d{1,2}$",
        label=_("Likelihood and impact"),
        error_messages={"required": _("Choose a place in the matrix."), "invalid": _("Choose a place in the matrix.")},
    )
    reason = forms.CharField(
        label=_("Why is it rated so?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        min_length=10,
        max_length=2_000,
        help_text=_("The evidence: losses, indicators, controls tested."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs["class"] = "form-control"

    def as_rating(self):
        likelihood, impact = self.cleaned_data["place"].split("x")
        return {
            "kind": self.cleaned_data["kind"],
            "likelihood": int(likelihood),
            "impact": int(impact),
            "reason": self.cleaned_data["reason"],
        }


class ReviewForm(forms.Form):
    conclusion = forms.CharField(
        label=_("Conclusion"),
        widget=forms.Textarea(attrs={"rows": 4}),
        min_length=10,
        max_length=10_000,
        help_text=_("What was looked at, what has changed, and what follows."),
    )
    next_on = forms.DateField(label=_("Next review on"), widget=DayInput())

    def __init__(self, *args, risk, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["next_on"].initial = next_review(risk, timezone.localdate())
