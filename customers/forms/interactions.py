from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Interaction, InteractionKind
from pages.forms import form_helper

# Campaign contacts come from campaigns, not by hand.
BY_HAND = [(kind.value, kind.label) for kind in InteractionKind if kind != InteractionKind.CAMPAIGN]


class ContactForm(forms.ModelForm):
    """A call, a visit, a note: when, what it was about and what was said."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=BY_HAND,
        initial=InteractionKind.CALL,
        help_text=_("A line of the timeline and no more. Log call (l) writes that line too, and opens a ticket."),
    )
    at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    class Meta:
        model = Interaction
        fields = ["kind", "at", "title", "text", "internal"]
        labels = {"title": _("Subject"), "text": _("What was said"), "internal": _("Internal")}
        widgets = {"text": forms.Textarea(attrs={"rows": 5, "maxlength": 20_000})}
        help_texts = {"internal": _("Customers never see internal notes.")}

    def __init__(self, *args, cancel_url="", **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["title"].widget.attrs["autofocus"] = True
        self.fields["text"].max_length = 20_000
        self.helper = form_helper(self, _("Log contact"), cancel_url=cancel_url)
