from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment.models import Estimate, Panel, PanelItem
from risk.models import RatingKind, Risk
from staff.checkers import holders_of

KINDS = [(RatingKind.RESIDUAL.value, RatingKind.RESIDUAL.label), (RatingKind.INHERENT.value, RatingKind.INHERENT.label)]
LONG = {"rows": 3, "maxlength": 10_000}


class PanelForm(forms.ModelForm):
    """What a panel judges, and by what rule it ends."""

    risks = forms.ModelMultipleChoiceField(label=_("Risks"), queryset=Risk.objects.none(), required=False)
    kind = forms.ChoiceField(label=_("Rating"), choices=KINDS, initial="residual")
    questions = forms.CharField(
        label=_("Questions"),
        required=False,
        widget=forms.Textarea(attrs=LONG),
        help_text=_("One a line: something that comes true within a year, or does not."),
    )
    estimate = forms.ChoiceField(
        label=_("Interval of"), choices=[("", _("No interval")), *Estimate.choices[1:]], required=False
    )
    currency = forms.CharField(
        label=_("Currency"), max_length=3, required=False, help_text=_("Of a loss, such as CNY.")
    )

    class Meta:
        model = Panel
        fields = ["title", "brief", "agreement_bound", "spread_bound", "max_rounds", "interval_level"]
        widgets = {"brief": forms.Textarea(attrs=LONG)}
        help_texts = {
            "agreement_bound": _("Kendall's W from which experts agree: 0 is none, 1 the same ranking."),
            "spread_bound": _("Interquartile range of likelihood and of impact, of every item."),
            "interval_level": _("The chance with which what comes lies in an expert's interval."),
        }

    field_order = ["title", "brief", "risks", "kind", "questions", "estimate", "currency"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["risks"].queryset = Risk.objects.visible_to(user).open().order_by("reference")

    def as_panel(self):
        """What the service takes: the fields of a panel, and its items."""
        found = dict(self.cleaned_data)
        more = {"estimate": found.pop("estimate"), "currency": found.pop("currency").upper()}
        if more["estimate"] != Estimate.LOSS:
            more["currency"] = ""
        kind = found.pop("kind")
        asked = [line.strip() for line in found.pop("questions").splitlines() if line.strip()]
        risks = [{"risk": risk, "kind": kind, **more} for risk in found.pop("risks")]
        return {**found, "items": [*risks, *({"question": line, **more} for line in asked)]}


class SeatForm(forms.Form):
    expert = forms.ModelChoiceField(label=_("Expert"), queryset=None)
    weight = forms.DecimalField(
        label=_("Weight"), initial=1, max_digits=4, decimal_places=2,
        help_text=_("Above 0, at most 10. The page of experts suggests one; nobody has to follow it."),
    )  # fmt: skip

    def __init__(self, *args, panel, **kwargs):
        super().__init__(*args, **kwargs)
        people = holders_of("assessment.vote_on_panel").exclude(pk=panel.facilitator_id)
        self.fields["expert"].queryset = people.order_by("full_name", "pk")


class RoundForm(forms.Form):
    due_at = forms.DateTimeField(
        label=_("Votes until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        in_a_week = timezone.localtime() + timedelta(days=7)
        self.fields["due_at"].initial = in_a_week.replace(hour=18, minute=0, second=0, microsecond=0)


class VoteForm(forms.Form):
    """What one expert says of one item; `place` is likelihood x impact, such as 4x3."""

    place = forms.RegexField(
        r"^\d{1,2}x\d{1,2}$",
        label=_("Likelihood and impact"),
        error_messages={"required": _("Choose a place in the matrix."), "invalid": _("Choose a place in the matrix.")},
    )
    probability = forms.DecimalField(
        label=_("Comes true within a year, in %"), min_value=0, max_value=100, max_digits=5, decimal_places=2
    )
    low = forms.DecimalField(label=_("Interval from"), min_value=0, max_digits=18, decimal_places=2, required=False)
    high = forms.DecimalField(label=_("Interval to"), min_value=0, max_digits=18, decimal_places=2, required=False)
    rationale = forms.CharField(
        label=_("Why?"), widget=forms.Textarea(attrs={"rows": 3}), min_length=10, max_length=5_000
    )

    def __init__(self, *args, item: PanelItem, **kwargs):
        super().__init__(*args, prefix=f"item{item.pk}", **kwargs)
        self.item = item
        if not item.estimate:
            del self.fields["low"], self.fields["high"]
        for name, field in self.fields.items():
            if name != "place":
                field.widget.attrs["class"] = "form-control"

    def clean(self):
        low, high = self.cleaned_data.get("low"), self.cleaned_data.get("high")
        if (low is None) != (high is None) or (low is not None and high < low):
            self.add_error("high", _("An interval has two ends, the lower first, neither below 0."))

    def as_vote(self):
        found = dict(self.cleaned_data)
        likelihood, impact = found.pop("place").split("x")
        return {**found, "likelihood": int(likelihood), "impact": int(impact)}


class DissentForm(forms.Form):
    item_id = forms.TypedChoiceField(label=_("On"), coerce=int)
    text = forms.CharField(
        label=_("What did the others not see?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        min_length=10,
        max_length=5_000,
    )
    by_name = forms.BooleanField(
        label=_("With my name"), required=False, help_text=_("Otherwise it is shown as from one of the experts.")
    )

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item_id"].choices = [(item.pk, str(item)) for item in items]


class OutcomeForm(forms.Form):
    came_true = forms.TypedChoiceField(
        label=_("Did it come true within the year?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    observed = forms.DecimalField(
        label=_("Observed in the year"), min_value=0, max_digits=18, decimal_places=2, required=False
    )
    evidence = forms.CharField(
        label=_("Evidence"), widget=forms.Textarea(attrs={"rows": 4}), min_length=10, max_length=10_000,
        help_text=_("Losses, incidents or reports by which one sees it."),
    )  # fmt: skip

    def __init__(self, *args, item, **kwargs):
        super().__init__(*args, **kwargs)
        if item.estimate:
            self.fields["observed"].help_text = f"{item.get_estimate_display()} {item.currency}".strip()
        else:
            del self.fields["observed"]


def reason_form(name, label):
    """A form of one text, which the service takes by `name`."""
    field = forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 4}), min_length=10, max_length=10_000)
    return type("ReasonForm", (forms.Form,), {name: field})


LeaveForm = reason_form("reason", _("Why does the expert leave?"))
FinishForm = reason_form("conclusion", _("What did the panel conclude?"))
CancelForm = reason_form("reason", _("Why is the panel cancelled?"))
