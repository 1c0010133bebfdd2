from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import (
    Consent,
    ConsentChannel,
    ConsentSource,
    IdentityCheck,
    Notice,
    Purpose,
    RequestKind,
    RequestOutcome,
    RevealField,
)
from customers.personal_fields import INDEXES
from pages.forms import DayInput
from staff.checkers import holders_of

CORRECTABLE = [("", "–"), *((field.value, field.label) for field in RevealField if field.value in INDEXES)]


class RequestForm(forms.Form):
    """What a customer asks about their own data."""

    kind = forms.ChoiceField(label=_("What they ask for"), choices=RequestKind)
    received_on = forms.DateField(
        label=_("Received on"),
        widget=DayInput(),
        help_text=_("The deadline counts from this day."),
    )
    text = forms.CharField(
        label=_("In their words"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    field = forms.ChoiceField(label=_("Field to correct"), choices=CORRECTABLE, required=False)
    proposed = forms.CharField(label=_("What it should say"), required=False, max_length=500)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") == RequestKind.CORRECTION and not cleaned.get("field"):
            self.add_error("field", _("Choose the field that is to be corrected."))
        return cleaned


class IdentityForm(forms.Form):
    check = forms.ChoiceField(label=_("How did you make sure who is asking?"), choices=IdentityCheck)


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = holders_of("customers.handle_privacyrequest")


class ToldForm(forms.Form):
    """A sentence that stays in the request's history."""

    reason = forms.CharField(
        label=_("What was the person told?"),
        min_length=10,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), min_length=10, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class NoteForm(forms.Form):
    text = forms.CharField(label=_("Note"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 4}))


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=RequestOutcome)
    answer = forms.CharField(
        label=_("What was the person told?"),
        min_length=10,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("If something was refused: why, and that they may complain to the authority."),
    )


class ConsentForm(forms.Form):
    """A yes or a no of a customer, and what they were shown."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose)
    channel = forms.ChoiceField(label=_("Channel"), choices=ConsentChannel)
    given = forms.TypedChoiceField(
        label=_("What did they say?"),
        choices=[("yes", _("Yes, they agree")), ("no", _("No, or they take it back"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    notice = forms.ModelChoiceField(label=_("Text shown"), queryset=None, required=False)
    origin = forms.ChoiceField(label=_("Where"), choices=ConsentSource, initial=ConsentSource.CALL)
    at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        required=False,
        max_length=200,
        help_text=Consent._meta.get_field("evidence").help_text,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["notice"].queryset = Notice.objects.order_by("purpose", "language", "-version")
        self.fields["at"].initial = timezone.now()


class NoticeForm(forms.Form):
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    text = forms.CharField(label=_("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 10}))
