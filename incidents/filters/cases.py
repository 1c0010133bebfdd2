import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models import Case, CaseState
from incidents.people import case_people
from products.models import BusinessLine
from risk.models import Risk, RiskLevel


def _lines(request):
    return BusinessLine.objects.visible_to(request.user) if request else BusinessLine.objects.none()


def _risks(request):
    return Risk.objects.visible_to(request.user).order_by("reference") if request else Risk.objects.none()


class CaseFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=CaseState, label=_("State"))
    severity = django_filters.MultipleChoiceFilter(choices=RiskLevel, label=_("Severity"))
    line = django_filters.ModelMultipleChoiceFilter(queryset=_lines, label=_("Line"))
    owner = django_filters.ModelChoiceFilter(queryset=case_people, label=_("Owner"))
    risk = django_filters.ModelChoiceFilter(queryset=_risks, label=_("Risk"))

    class Meta:
        model = Case
        fields = ["q", "state", "severity", "line", "owner", "risk"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value) | Q(reference__iexact=value.strip()))
