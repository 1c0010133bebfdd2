import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketing.models import Coupon, Offer, OfferKind
from products.models import BusinessLine


def lines_seen(request):
    return BusinessLine.objects.visible_to(request.user) if request else BusinessLine.objects.none()


def offers_seen(request):
    return Offer.objects.visible_to(request.user) if request else Offer.objects.none()


class OfferFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=OfferKind, label=_("Kind"))
    line = django_filters.ModelMultipleChoiceFilter(queryset=lines_seen, label=_("Line"))
    draft = django_filters.BooleanFilter(field_name="version", lookup_expr="isnull", label=_("Not published"))
    stopped = django_filters.BooleanFilter(
        field_name="stopped_at", lookup_expr="isnull", exclude=True, label=_("Stopped")
    )

    class Meta:
        model = Offer
        fields = ["q", "kind", "line", "draft", "stopped"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(code__icontains=value.strip()))


class CouponFilter(django_filters.FilterSet):
    offer = django_filters.ModelChoiceFilter(field_name="version__offer", queryset=offers_seen, label=_("Offer"))
    tail = django_filters.CharFilter(lookup_expr="iexact", label=_("Last four signs"))
    customer = django_filters.CharFilter(
        field_name="customer__reference", lookup_expr="iexact", label=_("Customer no.")
    )
    issued = django_filters.DateFromToRangeFilter(field_name="issued_at", label=_("Issued"))
    expires = django_filters.DateFromToRangeFilter(field_name="expires_at", label=_("Expires"))

    class Meta:
        model = Coupon
        fields = ["offer", "tail", "customer", "issued", "expires"]
