import django_filters
from django.utils.translation import gettext_lazy as _

from customers.models import ListVersion, ScreeningHit, VersionState, WatchList
from pages.filterbar import Choices

STATES = [("open", _("Open")), ("confirmed", _("Confirmed")), ("cleared", _("Cleared")), ("replaced", _("Replaced"))]


class HitFilter(django_filters.FilterSet):
    state = Choices(choices=STATES, label=_("State"), method="in_states")
    watch_list = django_filters.ModelChoiceFilter(
        field_name="entry__watch_list", queryset=lambda request: WatchList.objects.all(), label=_("Watch list")
    )
    score = django_filters.RangeFilter(label=_("Likeness"))
    opened = django_filters.DateFromToRangeFilter(field_name="opened_at", label=_("Opened"))
    customer = django_filters.CharFilter(field_name="customer__reference", label=_("Customer no."))

    class Meta:
        model = ScreeningHit
        fields: list[str] = []

    def in_states(self, queryset, name, value):
        chosen = {
            "open": queryset.open(),
            "confirmed": queryset.filter(confirmed_at__isnull=False, replaced_by__isnull=True),
            "cleared": queryset.filter(cleared_at__isnull=False, replaced_by__isnull=True),
            "replaced": queryset.filter(replaced_by__isnull=False),
        }
        found = queryset.none()
        for state in value:
            found = found | chosen[state] if state in chosen else found
        return found


class ListVersionFilter(django_filters.FilterSet):
    watch_list = django_filters.ModelChoiceFilter(
        queryset=lambda request: WatchList.objects.all(), label=_("Watch list")
    )
    state = Choices(choices=VersionState.choices, label=_("State"))

    class Meta:
        model = ListVersion
        fields: list[str] = []
