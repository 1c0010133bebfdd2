from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.models import Figure, Method, Novelty, Panel
from identification.models import ScenarioOutcome
from risk.models import Risk

LONG = {"rows": 3, "maxlength": 10_000}


class BeginForm(forms.Form):
    """Of which risk, and how new it is; without methods those are used that the rule proposes."""

    risk_id = forms.ModelChoiceField(label=_("Risk"), queryset=Risk.objects.none())
    novelty = forms.ChoiceField(
        label=_("How well is the risk known?"), choices=Novelty, widget=forms.RadioSelect,
        help_text=_("Changed: the product, the market or the law is not what it was. New: nobody here has lived with it."),
    )  # fmt: skip
    methods = forms.MultipleChoiceField(
        label=_("Other methods than the proposed"), choices=Method, widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Leave empty: methods are proposed from how much data there is."),
    )  # fmt: skip
    departure = forms.CharField(
        label=_("Why other methods?"), widget=forms.Textarea(attrs={"rows": 2, "maxlength": 2_000}), required=False
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        seen = Risk.objects.visible_to(user).open()
        self.fields["risk_id"].queryset = (
            seen if user.has_perm("risk.rate_risk") else seen.filter(owner=user)
        ).order_by("reference")

    def as_assessment(self):
        found = dict(self.cleaned_data)
        return {**found, "risk_id": found["risk_id"].pk}


class ModelForm(forms.Form):
    """What a model says: a figure for the likelihood, a loss for the impact, or both."""

    kind = forms.ChoiceField(
        label=_("It speaks of the risk"), choices=[("inherent", _("before controls")), ("residual", _("after controls"))],
        widget=forms.RadioSelect, initial="residual",
    )  # fmt: skip
    model = forms.CharField(label=_("Model"), max_length=120, help_text=_("Such as the scorecard of consumer loans."))
    model_version = forms.CharField(label=_("Version"), max_length=80)
    figure = forms.ChoiceField(
        label=_("Figure for the likelihood"), required=False,
        choices=[("", _("None")), *(one for one in Figure.choices if one[0] != Figure.LOSS)],
    )  # fmt: skip
    value = forms.DecimalField(label=_("Its value"), required=False, max_digits=18, decimal_places=4)
    loss = forms.DecimalField(
        label=_("Loss of a bad case"), required=False, max_digits=18, decimal_places=2, min_value=0
    )
    currency = forms.CharField(
        label=_("Currency"), max_length=3, required=False, help_text=_("Of a loss, such as CNY.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs=LONG))

    def clean(self):
        found = super().clean()
        if found.get("figure") and found.get("value") is None:
            self.add_error("value", _("Give the value of the figure."))
        if found.get("value") is not None and not found.get("figure"):
            self.add_error("figure", _("Say what this value is."))
        if found.get("loss") is not None and not found.get("currency"):
            self.add_error("currency", _("A loss has a currency."))
        return found


class PanelChoiceForm(forms.Form):
    panel_id = forms.ModelChoiceField(
        label=_("Finished panel"), queryset=Panel.objects.none(), empty_label=None, widget=forms.RadioSelect
    )

    def __init__(self, *args, user, risk, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["panel_id"].queryset = Panel.objects.visible_to(user).finished_for(risk)


class OutcomeChoiceForm(forms.Form):
    outcome_id = forms.ModelChoiceField(
        label=_("Outcome of a scenario"), queryset=ScenarioOutcome.objects.none(), empty_label=None,
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, *args, risk, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["outcome_id"]
        field.queryset = ScenarioOutcome.objects.filter(risk=risk).select_related("revision__scenario")
        field.label_from_instance = lambda one: f"{one.revision.scenario} · {one.likelihood} × {one.impact}"


class DecideForm(forms.Form):
    """A place of the matrix and why; `place` is likelihood x impact, such as 4x3."""

    place = forms.RegexField(
        r"^\d{1,2}x\d{1,2}$",
        label=_("Likelihood and impact"),
        error_messages={"required": _("Choose a place in the matrix."), "invalid": _("Choose a place in the matrix.")},
    )
    reason = forms.CharField(
        label=_("Why is it rated so?"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        min_length=10,
        max_length=2_000,
        help_text=_("Where methods disagree: why you follow one and not the other."),
    )

    def as_decision(self):
        likelihood, impact = self.cleaned_data["place"].split("x")
        return {"likelihood": int(likelihood), "impact": int(impact), "reason": self.cleaned_data["reason"]}


class ApproveForm(forms.Form):
    """What is approved, by its hash."""

    content_hash = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
