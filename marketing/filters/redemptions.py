import django_filters
from django.utils.translation import gettext_lazy as _

from marketing.filters.offers import offers_seen
from marketing.models import Redemption, State


class RedemptionFilter(django_filters.FilterSet):
    offer = django_filters.ModelChoiceFilter(queryset=offers_seen, label=_("Offer"))
    state = django_filters.MultipleChoiceFilter(field_name="now__state", choices=State, label=_("State"))
    customer = django_filters.CharFilter(
        field_name="customer__reference", lookup_expr="iexact", label=_("Customer no.")
    )
    order = django_filters.CharFilter(lookup_expr="iexact", label=_("Order"))
    at = django_filters.DateFromToRangeFilter(label=_("At"))

    class Meta:
        model = Redemption
        fields = ["offer", "state", "customer", "order", "at"]
