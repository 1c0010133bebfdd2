import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identification.models import ElementKind, MapElement, MapState, ProcessMap
from identification.people import drawers
from products.models import LineCode

WALKED = [(kind.value, kind.label) for kind in (ElementKind.STEP, ElementKind.DECISION, ElementKind.EVENT)]


class MapFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Name or map no."))
    state = django_filters.MultipleChoiceFilter(choices=MapState, label=_("State"))
    line = django_filters.MultipleChoiceFilter(choices=LineCode, label=_("Line"))
    owner = django_filters.ModelChoiceFilter(queryset=drawers, label=_("Owner"))

    class Meta:
        model = ProcessMap
        fields = ["q", "state", "line", "owner"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(reference__iexact=value.strip()))


class StepFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=WALKED, label=_("Kind"))
    lane = django_filters.CharFilter(field_name="lane", lookup_expr="iexact", label=_("Lane"))

    class Meta:
        model = MapElement
        fields = ["q", "kind", "lane"]
