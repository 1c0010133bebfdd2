import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.filters.cases import _lines, _risks
from incidents.models import Incident, IncidentKind, LossEvent
from incidents.people import incident_people
from risk.models import BaselType, RiskLevel


class IncidentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=IncidentKind, label=_("Kind"))
    severity = django_filters.MultipleChoiceFilter(choices=RiskLevel, label=_("Severity"))
    open = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull", label=_("Open"))
    late = django_filters.BooleanFilter(method="with_late_notice", label=_("A notice is overdue"))
    line = django_filters.ModelMultipleChoiceFilter(queryset=_lines, label=_("Line"))
    owner = django_filters.ModelChoiceFilter(queryset=incident_people, label=_("Owner"))
    risk = django_filters.ModelChoiceFilter(queryset=_risks, label=_("Risk"))
    detected = django_filters.DateFromToRangeFilter(field_name="detected_at", label=_("Detected"))

    class Meta:
        model = Incident
        fields = ["q", "kind", "severity", "open", "late", "line", "owner", "risk", "detected"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value) | Q(reference__iexact=value.strip()))

    def with_late_notice(self, queryset, name, value):
        late = Incident.objects.late(timezone.now()).values("pk")
        return queryset.filter(pk__in=late) if value else queryset.exclude(pk__in=late)


class LossFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    line = django_filters.ModelMultipleChoiceFilter(queryset=_lines, label=_("Line"), null_label=_("Whole company"))
    risk = django_filters.ModelChoiceFilter(queryset=_risks, label=_("Risk"))
    currency = django_filters.CharFilter(lookup_expr="iexact", label=_("Currency"))
    occurred = django_filters.DateFromToRangeFilter(field_name="occurred_on", label=_("Occurred"))
    accounted = django_filters.BooleanFilter(
        field_name="accounted_on", lookup_expr="isnull", exclude=True, label=_("Accounted")
    )

    basel = django_filters.ModelChoiceFilter(
        queryset=lambda request: BaselType.objects.all(),
        method="of_type",
        label=_("Basel event type"),
        null_label=_("Without a type"),
    )
    discovered = django_filters.DateFromToRangeFilter(field_name="discovered_on", label=_("Discovered"))

    class Meta:
        model = LossEvent
        fields = ["q", "line", "risk", "basel", "currency", "occurred", "discovered", "accounted"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value) | Q(reference__iexact=value.strip()))

    def of_type(self, queryset, name, value: str):
        """Losses of an event type and of those under it."""
        if value == self.filters["basel"].null_value:
            return queryset.filter(basel_type=None)
        return queryset.filter(Q(basel_type=value) | Q(basel_type__parent=value))
