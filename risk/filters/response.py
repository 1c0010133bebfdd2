import django_filters
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from products.models import LineCode
from risk.models import Control, ControlKind, ControlTest, Effectiveness, Strategy, Treatment, TreatmentState
from risk.querysets.people import risk_people


class ControlFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=ControlKind, label=_("Kind"))
    line = django_filters.MultipleChoiceFilter(choices=LineCode, label=_("Line"))
    owner = django_filters.ModelChoiceFilter(queryset=risk_people, label=_("Owner"))
    is_key = django_filters.BooleanFilter(label=_("Key control"))
    works = django_filters.MultipleChoiceFilter(
        field_name="last_test__conclusion", choices=Effectiveness, label=_("Effectiveness")
    )
    tested = django_filters.BooleanFilter(
        field_name="last_test", lookup_expr="isnull", exclude=True, label=_("Ever tested")
    )
    tested_by = django_filters.ModelChoiceFilter(
        field_name="tests__tester", queryset=risk_people, method="that_one_tested", label=_("Tested by")
    )

    class Meta:
        model = Control
        fields = ["q", "kind", "line", "owner", "is_key", "works", "tested", "tested_by"]

    def that_one_tested(self, queryset, name, value):
        return queryset.filter(Exists(ControlTest.objects.filter(control=OuterRef("pk"), tester=value)))

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(code__icontains=value.strip()))


class TreatmentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=TreatmentState, label=_("State"))
    strategy = django_filters.MultipleChoiceFilter(choices=Strategy, label=_("Strategy"))
    owner = django_filters.ModelChoiceFilter(queryset=risk_people, label=_("Owner"))

    class Meta:
        model = Treatment
        fields = ["q", "state", "strategy", "owner"]
