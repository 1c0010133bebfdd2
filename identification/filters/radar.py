import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identification.models import EmergingRisk, EmergingState, Grade, Horizon, Trend
from identification.people import emerging_owners
from products.models import BusinessLine, Jurisdiction
from risk.models import RiskClass


def _lines(request):
    return BusinessLine.objects.visible_to(request.user) if request else BusinessLine.objects.none()


class EmergingRiskFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=EmergingState, label=_("State"))
    risk_class = django_filters.MultipleChoiceFilter(choices=RiskClass, label=_("Class"))
    horizon = django_filters.MultipleChoiceFilter(
        field_name="latest__horizon", choices=Horizon, label=_("Time horizon")
    )
    severity = django_filters.MultipleChoiceFilter(field_name="latest__severity", choices=Grade, label=_("Severity"))
    trend = django_filters.MultipleChoiceFilter(field_name="latest__trend", choices=Trend, label=_("Trend"))
    jurisdiction = django_filters.ChoiceFilter(
        field_name="jurisdictions", lookup_expr="contains", choices=Jurisdiction, label=_("Jurisdiction")
    )
    overdue = django_filters.BooleanFilter(method="that_is_overdue", label=_("Look overdue"))
    owner = django_filters.ModelChoiceFilter(queryset=emerging_owners, label=_("Owner"))
    line = django_filters.ModelChoiceFilter(queryset=_lines, label=_("Line"))

    class Meta:
        model = EmergingRisk
        fields = [
            "q",
            "state",
            "risk_class",
            "horizon",
            "severity",
            "trend",
            "jurisdiction",
            "overdue",
            "owner",
            "line",
        ]

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(reference__iexact=value.strip()))

    def that_is_overdue(self, queryset, name, value):
        overdue = queryset.overdue(timezone.localdate())
        return overdue if value else queryset.exclude(pk__in=overdue.values("pk"))
