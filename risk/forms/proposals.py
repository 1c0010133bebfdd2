from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from products.models import BusinessLine
from risk.forms.register import RiskForm
from risk.forms.shared import ReasonForm
from risk.models import Risk, RiskProposal
from risk.querysets.people import risk_people

LONG = {"rows": 3, "maxlength": 10_000}


class ProposalForm(forms.ModelForm):
    """What may happen, in the words of whoever saw it; the rest is for the risk office."""

    class Meta:
        model = RiskProposal
        fields = ["title", "risk_class", "line", "description", "causes", "consequences"]
        widgets = {name: forms.Textarea(attrs=LONG) for name in ("description", "causes", "consequences")}
        help_texts = {
            "title": _("What may happen, as a sentence: “Payout file is released twice”."),
            "line": _("Empty: the whole company."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")

    def as_proposal(self):
        """What the service takes: the line by its code."""
        found = dict(self.cleaned_data)
        line = found.pop("line")
        return {**found, "line_id": line.pk if line else None}


class OwnProposalForm(ProposalForm):
    """A proposal that came of nothing in the house. `key` makes sending the form twice one proposal."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def as_proposal(self):
        found = super().as_proposal()
        del found["key"]
        return found


class AcceptForm(RiskForm):
    """The risk that a proposal becomes: what was proposed, corrected, and an owner."""

    def __init__(self, *args, proposal, user, **kwargs):
        said = ("title", "risk_class", "line", "description", "causes", "consequences")
        initial = {name: getattr(proposal, name) for name in said}
        super().__init__(*args, user=user, initial=initial, **kwargs)
        self.fields["owner"].required = True
        self.fields["owner"].queryset = risk_people()


class JoinForm(ReasonForm):
    risk = forms.ModelChoiceField(
        queryset=Risk.objects.none(), label=_("Risk"), help_text=_("It must be assessed anew because of this proposal.")
    )
    field_order = ["risk", "reason"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, label=_("Why is it part of this risk?"), **kwargs)
        self.fields["risk"].queryset = Risk.objects.visible_to(user).open().order_by("reference")
