import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identification.models import GuideWord, SwiftSession
from products.models import BusinessLine


def _lines(request):
    return BusinessLine.objects.visible_to(request.user) if request else BusinessLine.objects.none()


class SwiftSessionFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    is_open = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull", label=_("Open"))
    line = django_filters.ModelChoiceFilter(queryset=_lines, label=_("Line"))

    class Meta:
        model = SwiftSession
        fields = ["q", "is_open", "line"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(subject__icontains=value) | Q(reference__iexact=value.strip()))


class GuideWordFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="code", lookup_expr="icontains", label=_("Search"))

    class Meta:
        model = GuideWord
        fields = ["q"]
