from django import forms
from django.utils.translation import gettext_lazy as _

from identification.models import Barrier, BowTie, BowTieConsequence, BowTieThreat, Scenario
from risk.models import Control, Risk


class DrawForm(forms.ModelForm):
    class Meta:
        model = BowTie
        fields = ["risk", "scenario", "event"]
        help_texts = {"event": _("What happens when the risk comes true: “Customers cannot withdraw for a day”.")}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["risk"].queryset = Risk.objects.visible_to(user).open().order_by("reference")
        self.fields["scenario"].queryset = Scenario.objects.visible_to(user).open().order_by("reference")
        self.fields["scenario"].empty_label = _("Under no scenario")


class EventForm(forms.ModelForm):
    class Meta:
        model = BowTie
        fields = ["event"]


class ThreatForm(forms.ModelForm):
    class Meta:
        model = BowTieThreat
        fields = ["text", "cause"]

    def as_part(self):
        return {"text": self.cleaned_data["text"], "kind": self.cleaned_data["cause"]}


class ConsequenceForm(forms.ModelForm):
    class Meta:
        model = BowTieConsequence
        fields = ["text", "consequence"]

    def as_part(self):
        return {"text": self.cleaned_data["text"], "kind": self.cleaned_data["consequence"]}


PART_FORMS = {"threat": ThreatForm, "consequence": ConsequenceForm}


class BarrierForm(forms.ModelForm):
    class Meta:
        model = Barrier
        fields = ["control", "text", "position"]
        labels = {"position": _("Place on its way, from the cause")}
        help_texts = {
            "control": _("Its last test says whether the barrier holds."),
            "text": _("For what is no control of the library."),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["control"].queryset = Control.objects.visible_to(user).order_by("name")
        self.fields["control"].empty_label = _("No control: in words")
