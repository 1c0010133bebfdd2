from django import forms
from django.utils.translation import gettext_lazy as _

from service.forms.tickets import CustomerReferenceField
from service.models import Queue, TicketKind


class CallForm(forms.Form):
    """A call that has just ended, in as few keys as possible."""

    customer = CustomerReferenceField(label=_("Customer no."), max_length=16)
    subject = forms.CharField(label=_("Subject"), max_length=160)
    text = forms.CharField(
        label=_("What was said"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=TicketKind.choices)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        help_text=_("Either way a ticket stays, and a line in the timeline. Log contact (c) writes the line alone."),
        choices=[("resolved", _("Resolved at once")), ("ticket", _("A ticket goes on"))],
        widget=forms.RadioSelect,
        initial="resolved",
    )
    queue = forms.ModelChoiceField(
        label=_("Queue"),
        queryset=None,
        required=False,
        empty_label=_("I keep it"),
        help_text=_("For a ticket that goes on."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["customer"].user = user
        self.fields["queue"].queryset = Queue.objects.filter(is_active=True)
        self.fields["subject"].widget.attrs["autofocus"] = True

    def asked(self):
        """What `log_call` takes."""
        said = dict(self.cleaned_data)
        is_resolved = said.pop("outcome") == "resolved"
        return {**said, "is_resolved": is_resolved}
