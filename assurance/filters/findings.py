import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assurance.models import AuditUnit, Engagement, EngagementState, Finding, FindingState
from assurance.people import auditors, owners
from risk.models import RiskLevel


def _units(request):
    return AuditUnit.objects.visible_to(request.user).order_by("name") if request else AuditUnit.objects.none()


class FindingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=FindingState, label=_("State"))
    severity = django_filters.MultipleChoiceFilter(choices=RiskLevel, label=_("Severity"))
    overdue = django_filters.BooleanFilter(method="that_is_overdue", label=_("Overdue"))
    owner = django_filters.ModelChoiceFilter(queryset=owners, label=_("Owner"))
    unit = django_filters.ModelChoiceFilter(queryset=_units, field_name="engagement__unit", label=_("Area"))

    class Meta:
        model = Finding
        fields = ["q", "state", "severity", "overdue", "owner", "unit"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value) | Q(reference__iexact=value.strip()))

    def that_is_overdue(self, queryset, name, value):
        overdue = queryset.overdue(timezone.localdate())
        return overdue if value else queryset.exclude(pk__in=overdue.values("pk"))


class EngagementFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=EngagementState, label=_("State"))
    unit = django_filters.ModelChoiceFilter(queryset=_units, label=_("Area"))
    lead = django_filters.ModelChoiceFilter(queryset=auditors, label=_("Lead"))

    class Meta:
        model = Engagement
        fields = ["q", "state", "unit", "lead"]


class UnitFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Search"))

    class Meta:
        model = AuditUnit
        fields = ["q"]
