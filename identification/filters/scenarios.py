import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identification.models import BowTie, Scenario, ScenarioKind, ScenarioState
from risk.querysets.people import risk_people


class ScenarioFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=ScenarioState, label=_("State"))
    kind = django_filters.MultipleChoiceFilter(choices=ScenarioKind, label=_("Kind"))
    owner = django_filters.ModelChoiceFilter(queryset=risk_people, label=_("Owner"))

    class Meta:
        model = Scenario
        fields = ["q", "state", "kind", "owner", "line"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(reference__iexact=value.strip()))


class BowTieFilter(django_filters.FilterSet):
    risk = django_filters.CharFilter(field_name="risk__reference", lookup_expr="iexact", label=_("Risk"))
    scenario = django_filters.CharFilter(field_name="scenario__reference", lookup_expr="iexact", label=_("Scenario"))

    class Meta:
        model = BowTie
        fields = ["risk", "scenario"]
