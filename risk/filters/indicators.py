import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from products.models import LineCode
from risk.models import Band, Indicator, IndicatorReading, IndicatorSource, RiskClass
from risk.querysets.people import risk_people


class IndicatorFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name or code"))
    risk_class = django_filters.MultipleChoiceFilter(choices=RiskClass, label=_("Class"))
    band = django_filters.MultipleChoiceFilter(field_name="latest__band", choices=Band, label=_("Band"))
    line = django_filters.MultipleChoiceFilter(choices=LineCode, label=_("Line"))
    owner = django_filters.ModelChoiceFilter(queryset=risk_people, label=_("Owner"))
    source = django_filters.ChoiceFilter(choices=IndicatorSource, label=_("Source"))
    stale = django_filters.BooleanFilter(method="stale_today", label=_("Stale"))
    active = django_filters.BooleanFilter(field_name="is_active", label=_("Active"))

    class Meta:
        model = Indicator
        fields = ["q", "risk_class", "band", "line", "owner", "source", "stale", "active"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(code__icontains=value))

    def stale_today(self, queryset, name, value):
        stale = queryset.stale(timezone.localdate())
        return stale if value else queryset.exclude(pk__in=stale.values("pk"))


class ReadingFilter(django_filters.FilterSet):
    indicator = django_filters.CharFilter(field_name="indicator__code", label=_("Indicator"))
    day = django_filters.DateFromToRangeFilter(label=_("Day"))

    class Meta:
        model = IndicatorReading
        fields = ["indicator", "day"]
