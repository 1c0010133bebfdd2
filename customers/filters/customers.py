import django_filters
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, CustomerKind, CustomerRisk, CustomerStatus, Lifecycle
from products.models import LineCode


class CustomerFilter(django_filters.FilterSet):
    """One for the list, the export and the API."""

    q = django_filters.CharFilter(method="search", label=_("Name, number, phone or identity number"))
    line = django_filters.MultipleChoiceFilter(choices=LineCode, method="in_lines", label=_("Line"))
    kind = django_filters.MultipleChoiceFilter(choices=CustomerKind, label=_("Kind"))
    risk = django_filters.MultipleChoiceFilter(field_name="risk_level", choices=CustomerRisk, label=_("Risk"))
    status = django_filters.MultipleChoiceFilter(choices=CustomerStatus, label=_("Status"))
    lifecycle = django_filters.MultipleChoiceFilter(
        field_name="portrait__lifecycle", choices=Lifecycle, label=_("Lifecycle")
    )
    region = django_filters.CharFilter(label=_("Region"))
    joined = django_filters.DateFromToRangeFilter(field_name="joined_on", label=_("Customer since"))
    active_since = django_filters.DateFilter(field_name="portrait__last_on", lookup_expr="gte", label=_("Active since"))
    overdue = django_filters.NumberFilter(
        field_name="portrait__overdue_days", lookup_expr="gte", label=_("Days past due from")
    )

    class Meta:
        model = Customer
        fields = ["q", "line", "kind", "risk", "status", "lifecycle", "region", "joined", "active_since", "overdue"]

    def search(self, queryset, name, value):
        return queryset.matching(value)

    def in_lines(self, queryset, name, value):
        return queryset.filter(lines__overlap=value) if value else queryset
