from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.models import Incident, LossEvent, LossKind
from pages.forms import DayInput
from products.models import BusinessLine
from risk.forms.shared import ReasonForm
from risk.models import BaselType, Risk


def money_field(label, **more):
    return forms.DecimalField(label=label, max_digits=20, decimal_places=2, min_value=0.01, **more)


class BaselChoice(forms.ModelChoiceField):
    def label_from_instance(self, kind):
        return f"{kind.parent} › {kind}" if kind.parent else str(kind)


def basel_field(empty):
    types = BaselType.objects.select_related("parent").order_by("parent__pk", "pk")
    return BaselChoice(label=_("Basel event type"), queryset=types, required=False, empty_label=empty)


class ClassifyForm(ReasonForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields = {"basel_type": basel_field(_("Of none")), **self.fields}


class LossForm(forms.ModelForm):
    amount = money_field(_("Gross loss"))
    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"), help_text=_("Three capital letters, such as CNY."))

    class Meta:
        model = LossEvent
        fields = [
            "title", "amount", "currency", "occurred_on", "discovered_on", "accounted_on", "risk", "incident", "line",
            "basel_type", "text",
        ]  # fmt: skip
        widgets = {
            "text": forms.Textarea(attrs={"rows": 3, "maxlength": 10_000}),
            "occurred_on": DayInput(),
            "discovered_on": DayInput(),
            "accounted_on": DayInput(),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["risk"].queryset = Risk.objects.visible_to(user).order_by("reference")
        self.fields["incident"].queryset = Incident.objects.visible_to(user).order_by("-detected_at")
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        self.fields["basel_type"] = basel_field(_("Of the risk's sub-class"))

    def as_loss(self):
        found = dict(self.cleaned_data)
        line = found.pop("line")
        return found | {"line_id": line.pk if line else None}


class LossEntryForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=LossKind.choices, initial=LossKind.RECOVERY)
    amount = money_field(_("Amount"))
    booked_on = forms.DateField(label=_("Booked on"), widget=DayInput())
    note = forms.CharField(label=_("What for?"), max_length=200)


class AccountForm(forms.Form):
    accounted_on = forms.DateField(label=_("Accounted on"), widget=DayInput())


class MatchForm(forms.Form):
    customer = forms.CharField(label=_("Customer no."), max_length=20)
    booked_on = forms.DateField(label=_("Business date"), widget=DayInput())
    amount = money_field(_("Amount"))
