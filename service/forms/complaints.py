from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from pages.forms import DayInput
from products.models import Product, ProductVersion
from service.models import (
    Authority,
    Channel,
    ComplaintKind,
    ComplaintOutcome,
    DocumentKind,
    ProcessStep,
    RedressKind,
    RootCause,
)
from staff.checkers import holders_of
from staff.models import User

OUTCOMES = [(one.value, one.label) for one in ComplaintOutcome if one != ComplaintOutcome.WITHDRAWN]


def people_with(permission):
    return holders_of(permission).order_by("full_name", "pk")


def day_field(label, **more):
    return forms.DateField(label=label, widget=DayInput(), initial=timezone.localdate, **more)


def text_field(label, rows=4, **more):
    return forms.CharField(label=label, max_length=10_000, widget=forms.Textarea(attrs={"rows": rows}), **more)


class TicketComplaintForm(forms.Form):
    """What makes a ticket a complaint."""

    kind = forms.ChoiceField(label=_("What it is about"), choices=ComplaintKind)
    received_on = day_field(_("Received on"), help_text=_("The statutory days count from here."))
    subjects = forms.ModelMultipleChoiceField(
        label=_("Colleagues whom it is about"), queryset=None, required=False,
        help_text=_("They neither see it nor handle it."),
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["subjects"].queryset = User.objects.active().order_by("full_name", "pk")


class ComplaintForm(TicketComplaintForm):
    """A complaint that comes by telephone, letter or in person."""

    subject = forms.CharField(label=_("In a few words"), max_length=200)
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel)
    product = forms.ModelChoiceField(label=_("Product"), queryset=None, required=False)
    field_order = ["subject", "kind", "channel", "received_on", "product", "subjects"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = Product.objects.order_by("name")


class ReasonForm(forms.Form):
    reason = text_field(_("Reason"), rows=3, min_length=10)


class ToldForm(forms.Form):
    reason = text_field(
        _("What is the complainant told about why?"), rows=3, min_length=10,
        help_text=_("It stands in the message that they get."),
    )  # fmt: skip


class HandlerForm(forms.Form):
    handler = forms.ModelChoiceField(label=_("Handler"), queryset=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = people_with("service.handle_complaint")


class SubjectForm(forms.Form):
    user = forms.ModelChoiceField(label=_("Person complained about"), queryset=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.active().order_by("full_name", "pk")


class CauseForm(forms.Form):
    cause = forms.ChoiceField(label=_("Root cause"), choices=RootCause)
    step = forms.ModelChoiceField(label=_("Process step"), queryset=ProcessStep.objects.all())
    version = forms.ModelChoiceField(label=_("Product version"), queryset=None, required=False)
    note = text_field(_("What was found"), rows=3, required=False)

    def __init__(self, *args, complaint=None, **kwargs):
        super().__init__(*args, **kwargs)
        product = complaint.ticket.product_id if complaint else None
        versions = ProductVersion.objects.select_related("product").order_by("product", "-number")
        self.fields["version"].queryset = versions.filter(product=product) if product else versions


class DocumentForm(forms.Form):
    document = forms.ChoiceField(label=_("Document"), choices=DocumentKind)


class DocumentCameForm(DocumentForm):
    came_on = day_field(_("Came on"))
    note = forms.CharField(label=_("Where it is kept"), max_length=200, required=False)


class PartyForm(forms.Form):
    reference = forms.CharField(label=_("Customer no."), max_length=16)
    is_representative = forms.BooleanField(label=_("Represents the others"), required=False)

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_reference(self):
        text = self.cleaned_data["reference"].strip().upper()
        self.found = Customer.objects.visible_to(self.user).filter(reference=text).first()
        if self.found is None:
            raise forms.ValidationError(_("There is no customer %(reference)s."), params={"reference": text})
        return text


class RedressForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=RedressKind)
    amount = forms.DecimalField(label=_("Amount"), max_digits=17, decimal_places=2, required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    customer = forms.ModelChoiceField(label=_("For"), queryset=None, required=False)
    reason = text_field(_("What it is for"), rows=3, min_length=10)

    def __init__(self, *args, complaint=None, **kwargs):
        super().__init__(*args, **kwargs)
        joined = complaint.parties.values("customer") if complaint else []
        self.fields["customer"].queryset = Customer.objects.filter(pk__in=joined)
        if not joined:
            del self.fields["customer"]


class PaidForm(forms.Form):
    paid_on = day_field(_("Paid or done on"))
    payment = forms.CharField(label=_("Payment no."), max_length=80, required=False)


class ReferralForm(forms.Form):
    authority = forms.ChoiceField(label=_("Authority"), choices=Authority)
    number = forms.CharField(label=_("Its number"), max_length=80)
    received_on = day_field(_("Received on"))


class ReferralReplyForm(forms.Form):
    reply = text_field(_("What the authority was told"), rows=6, min_length=10)
    replied_on = day_field(_("Sent on"))
    file = forms.FileField(label=_("File that was sent"), required=False)


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=OUTCOMES)
    reply = text_field(
        _("Reply to the complainant"), rows=8, min_length=10,
        help_text=_("What was found and why. Until when they may ask for a review is added in their language."),
    )  # fmt: skip


class ReviewForm(ReasonForm):
    asked_on = day_field(_("Asked for on"))


class PlanForm(forms.Form):
    action = text_field(_("What is done about it"), rows=4, min_length=10)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=None)
    due_on = forms.DateField(label=_("Due"), widget=DayInput())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_with("service.view_improvement")


class EffectiveForm(forms.Form):
    effective_on = day_field(_("In effect from"))
