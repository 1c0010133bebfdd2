from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import (
    CustomerRisk,
    EddCause,
    EddOutcome,
    EddStep,
    HolderKind,
    Power,
    RepresentativeRole,
    ReviewDecision,
)
from pages.forms import DayInput

WORDS = {"rows": 3}


class OverrideForm(forms.Form):
    override = forms.ChoiceField(
        label=_("Rating"), required=False, choices=[("", _("As counted")), *CustomerRisk.choices]
    )
    reason = forms.CharField(label=_("Reason"), min_length=10, max_length=300, widget=forms.Textarea(attrs=WORDS))


class DecideForm(forms.Form):
    decision = forms.ChoiceField(label=_("What follows"), choices=ReviewDecision)
    conclusion = forms.CharField(
        label=_("What you looked at and concluded"), min_length=10, max_length=4_000, widget=forms.Textarea(attrs=WORDS)
    )


class OpenEddForm(forms.Form):
    cause = forms.ChoiceField(label=_("Why it is needed"), choices=EddCause)


class EddStepForm(forms.Form):
    step = forms.ChoiceField(label=_("Point"), choices=EddStep)
    finding = forms.CharField(
        label=_("What was found"), min_length=10, max_length=4_000, widget=forms.Textarea(attrs=WORDS)
    )
    evidence = forms.CharField(label=_("Evidence"), required=False, max_length=300)


class EddEndForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=EddOutcome)
    reason = forms.CharField(label=_("Reason"), min_length=10, max_length=2_000, widget=forms.Textarea(attrs=WORDS))


def _day(label, required=True):
    widget = DayInput()
    return forms.DateField(label=label, required=required, widget=widget)


class StakeForm(forms.Form):
    holder = forms.CharField(label=_("Holder"), max_length=160)
    holder_kind = forms.ChoiceField(label=_("Kind of holder"), choices=HolderKind)
    company = forms.CharField(
        label=_("Share in"),
        required=False,
        max_length=160,
        help_text=_("Empty: in the customer itself. Otherwise a company that is recorded as a holder."),
    )
    share = forms.DecimalField(label=_("Share, percent"), min_value=0, max_value=100, max_digits=7, decimal_places=4)
    from_on = _day(_("From"))
    number = forms.CharField(label=_("Document number"), required=False, max_length=40)
    country = forms.RegexField(r"^[A-Za-z]{2}$", label=_("Country"), required=False)
    evidence = forms.CharField(label=_("Evidence"), required=False, max_length=200)


class RepresentativeForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=160)
    role = forms.ChoiceField(label=_("Role"), choices=RepresentativeRole)
    powers = forms.MultipleChoiceField(
        label=_("Powers"), choices=Power, required=False, widget=forms.CheckboxSelectMultiple
    )
    from_on = _day(_("From"))
    to_on = _day(_("Until"), required=False)
    number = forms.CharField(label=_("Document number"), required=False, max_length=40)
    evidence = forms.CharField(label=_("Evidence"), required=False, max_length=200)


class EndForm(forms.Form):
    to_on = _day(_("Last day"))
