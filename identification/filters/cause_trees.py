import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identification.models import CauseTree


class CauseTreeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    rooted = django_filters.BooleanFilter(method="that_has_roots", label=_("With a root cause"))

    class Meta:
        model = CauseTree
        fields = ["q", "rooted"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(top_event__icontains=value) | Q(reference__iexact=value.strip()))

    def that_has_roots(self, queryset, name, value):
        return queryset.filter(roots__gt=0) if value else queryset.filter(roots=0)
