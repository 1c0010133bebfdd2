import django_filters
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerKind, DuplicatePair, PairState
from pages.filterbar import Choices


class DuplicatePairFilter(django_filters.FilterSet):
    state = Choices(choices=PairState.choices, label=_("State"))
    kind = Choices(choices=CustomerKind.choices, label=_("Kind"))
    score = django_filters.RangeFilter(label=_("Score"))
    found = django_filters.DateFromToRangeFilter(field_name="found_at", label=_("Found"))
    customer = django_filters.CharFilter(method="of_customer", label=_("Customer no."))

    class Meta:
        model = DuplicatePair
        fields: list[str] = []

    def of_customer(self, queryset, name, value):
        reference = value.strip().upper()
        return queryset.filter(first__reference=reference) | queryset.filter(second__reference=reference)
