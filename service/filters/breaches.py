import django_filters
from django.utils.translation import gettext_lazy as _

from pages.filterbar import Choices
from service.models import BreachCause, Channel, ClockKind, Queue, SlaPolicy, TicketClock, TicketKind


def _newest(request):
    return SlaPolicy.objects.newest().order_by("name")


class BreachFilter(django_filters.FilterSet):
    clock = Choices(field_name="kind", choices=ClockKind.choices, label=_("Clock"))
    cause = Choices(field_name="said", choices=BreachCause.choices, label=_("Cause"))
    policy = django_filters.ModelChoiceFilter(queryset=_newest, method="of_policy", label=_("Service policy"))
    queue = django_filters.ModelChoiceFilter(
        field_name="ticket__queue", queryset=lambda request: Queue.objects.order_by("name"), label=_("Queue")
    )
    kind = Choices(field_name="ticket__kind", choices=TicketKind.choices, label=_("Kind"))
    channel = Choices(field_name="ticket__channel", choices=Channel.choices, label=_("Channel"))
    breached = django_filters.DateFromToRangeFilter(field_name="breached_at", label=_("Breached"))
    open = django_filters.BooleanFilter(field_name="met_at", lookup_expr="isnull", label=_("Still open"))

    class Meta:
        model = TicketClock
        fields: list[str] = []

    def of_policy(self, clocks, name, policy):
        """Whatever version it was that the clock started under."""
        return clocks.filter(policy__code=policy.code)
