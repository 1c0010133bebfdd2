import django_filters
from django.utils.translation import gettext_lazy as _

from pages.filterbar import Choices
from service.models import Mail, Mailbox, MailDirection, MailKind, MailState


class MailFilter(django_filters.FilterSet):
    """The mail log by mailbox, direction, what became of it, and time."""

    mailbox = django_filters.ModelChoiceFilter(queryset=lambda request: Mailbox.objects.all(), label=_("Mailbox"))
    direction = Choices(choices=MailDirection.choices, label=_("Direction"))
    state = Choices(choices=MailState.choices, label=_("State"))
    kind = Choices(choices=MailKind.choices, label=_("Kind"))
    at = django_filters.DateFromToRangeFilter(label=_("At"))
    ticket = django_filters.CharFilter(field_name="ticket__reference", label=_("Ticket no."))

    class Meta:
        model = Mail
        fields: list[str] = []
