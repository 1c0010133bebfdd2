import django_filters
from django.utils.translation import gettext_lazy as _

from customers.models import Merge


class MergeFilter(django_filters.FilterSet):
    customer = django_filters.CharFilter(method="of_customer", label=_("Customer no."))
    merged = django_filters.DateFromToRangeFilter(field_name="merged_at", label=_("Merged"))
    undone = django_filters.BooleanFilter(field_name="undone_at", lookup_expr="isnull", exclude=True, label=_("Undone"))

    class Meta:
        model = Merge
        fields: list[str] = []

    def of_customer(self, queryset, name, value):
        reference = value.strip().upper()
        return queryset.filter(survivor__reference=reference) | queryset.filter(absorbed__reference=reference)
