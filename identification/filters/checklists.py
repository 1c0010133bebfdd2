import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identification.models import Checklist, ChecklistRun
from products.models import BusinessLine


def _lines(request):
    return BusinessLine.objects.visible_to(request.user) if request else BusinessLine.objects.none()


class ChecklistFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Search"))
    is_retired = django_filters.BooleanFilter(label=_("Not used any more"))

    class Meta:
        model = Checklist
        fields = ["q", "is_retired"]


class ChecklistRunFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    checklist = django_filters.ModelChoiceFilter(
        field_name="version__checklist", queryset=Checklist.objects.all(), label=_("Checklist")
    )
    under_way = django_filters.BooleanFilter(field_name="finished_at", lookup_expr="isnull", label=_("Under way"))
    with_noes = django_filters.BooleanFilter(method="that_has_noes", label=_("With a no"))
    line = django_filters.ModelChoiceFilter(queryset=_lines, label=_("Line"))

    class Meta:
        model = ChecklistRun
        fields = ["q", "checklist", "under_way", "with_noes", "line"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(subject__icontains=value) | Q(reference__iexact=value.strip()))

    def that_has_noes(self, queryset, name, value):
        return queryset.filter(noes__gt=0) if value else queryset.filter(noes=0)
