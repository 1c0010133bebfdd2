from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from products.models import LineCode
from service.models import Channel, Direction, Macro, Priority, Queue, TicketKind, TicketStatus
from service.rules.tags import read_tags
from service.services.messages import LONGEST
from staff.models import User

# Articles are suggested while the subject is typed; nothing but it is asked about.
SUGGESTING = {
    "hx-get": "/service/articles/suggest/",
    "hx-trigger": "input changed delay:500ms",
    "hx-target": "#article-found",
    "hx-sync": "this:replace",
}
LINES = [("", _("No line")), *LineCode.choices]


class CustomerReferenceField(forms.CharField):
    """A customer by number, among those that `user` sees."""

    user = None

    def clean(self, value):
        text = super().clean(value).strip().upper()
        if not text:
            return None
        found = Customer.objects.visible_to(self.user).filter(reference=text).first()
        if not found:
            raise ValidationError(_("No customer of this number is in your lines and regions."))
        return found


class TagsField(forms.CharField):
    """Tags in one line, separated by commas."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value):
        return read_tags(super().clean(value))


class TicketForm(forms.Form):
    """A new ticket: whose, by which way, what it is about, and what was said."""

    customer = CustomerReferenceField(
        label=_("Customer no."), required=False, max_length=16, help_text=_("Empty where nobody we know is writing.")
    )
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel.choices)
    kind = forms.ChoiceField(label=_("Kind"), choices=TicketKind.choices)
    subject = forms.CharField(label=_("Subject"), max_length=200, widget=forms.TextInput(attrs=SUGGESTING))
    text = forms.CharField(
        label=_("What was said"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Stands in the ticket as the customer's message."),
    )
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Priority.choices, coerce=int, initial=3)
    queue = forms.ModelChoiceField(label=_("Queue"), queryset=None, required=False)
    line = forms.ChoiceField(label=_("Line"), choices=LINES, required=False)
    tags = TagsField(label=_("Tags"), required=False, max_length=800, help_text=_("Separated by commas."))
    is_mine = forms.BooleanField(label=_("I take it"), required=False, initial=True)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["customer"].user = user
        self.fields["queue"].queryset = Queue.objects.filter(is_active=True)
        self.fields["subject"].widget.attrs["autofocus"] = True


class PropertiesForm(forms.Form):
    """What a ticket is and whose it is."""

    assignee = forms.ModelChoiceField(label=_("Agent"), queryset=None, required=False, empty_label=_("Nobody"))
    queue = forms.ModelChoiceField(label=_("Queue"), queryset=None, required=False, empty_label=_("No queue"))
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Priority.choices, coerce=int)
    kind = forms.ChoiceField(label=_("Kind"), choices=TicketKind.choices)
    line = forms.ChoiceField(label=_("Line"), choices=LINES, required=False)
    tags = TagsField(label=_("Tags"), required=False, max_length=800)

    def __init__(self, *args, user, ticket, **kwargs):
        fields = {name: getattr(ticket, name) for name in self.base_fields}
        super().__init__(*args, initial=fields, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
        self.fields["assignee"].queryset = _assignable(user, ticket)
        self.fields["queue"].queryset = Queue.objects.filter(is_active=True) | Queue.objects.filter(pk=ticket.queue_id)


def _assignable(user, ticket):
    """Whoever has the ticket, oneself, and for those who give tickets to others every agent."""
    if user.has_perm("service.assign_ticket"):
        chosen = User.objects.filter(agent__isnull=False, is_active=True) | User.objects.filter(
            pk__in=[user.pk, ticket.assignee_id or user.pk]
        )
        return chosen.distinct().order_by("full_name")
    return User.objects.filter(pk__in=[user.pk, ticket.assignee_id or user.pk]).order_by("full_name")


class AnswerForm(forms.Form):
    """An answer to the customer, or a note that they never see; and what becomes of the ticket."""

    direction = forms.ChoiceField(
        choices=[(Direction.OUT, _("Answer")), (Direction.NOTE, _("Internal note"))], widget=forms.RadioSelect
    )
    text = forms.CharField(label=_("Text"), strip=False, widget=forms.Textarea(attrs={"rows": 6}))
    status = forms.ChoiceField(
        label=_("Then"), required=False, choices=[("", _("Status stays")), *TicketStatus.choices]
    )
    macro = forms.ModelChoiceField(label=_("Macro"), queryset=None, required=False, empty_label=_("No macro"))
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    seconds = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["macro"].queryset = Macro.objects.filter(is_active=True)

    def clean_seconds(self):
        return self.cleaned_data["seconds"] or 0
