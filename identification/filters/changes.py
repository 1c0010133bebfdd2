import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identification.models import ChangeState, RegulatoryChange
from identification.people import change_owners
from products.models import Jurisdiction, LineCode


class ChangeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Title, authority or no."))
    state = django_filters.MultipleChoiceFilter(choices=ChangeState, label=_("State"))
    jurisdiction = django_filters.MultipleChoiceFilter(
        choices=Jurisdiction, method="in_jurisdictions", label=_("Jurisdiction")
    )
    line = django_filters.MultipleChoiceFilter(choices=LineCode, method="of_lines", label=_("Line"))
    owner = django_filters.ModelChoiceFilter(queryset=change_owners, label=_("Owner"))
    overdue = django_filters.BooleanFilter(method="that_is_overdue", label=_("Overdue"))
    open = django_filters.BooleanFilter(method="that_is_open", label=_("Open"))

    class Meta:
        model = RegulatoryChange
        fields = ["q", "state", "jurisdiction", "line", "owner", "overdue", "open"]

    def search(self, queryset, name, value):
        words = Q(title__icontains=value) | Q(authority__icontains=value)
        return queryset.filter(words | Q(reference__iexact=value.strip()))

    def in_jurisdictions(self, queryset, name, value: list[str]):
        return queryset.filter(jurisdictions__overlap=value) if value else queryset

    def of_lines(self, queryset, name, value: list[str]):
        """Changes that name one of the lines; those of the whole company name none."""
        named = RegulatoryChange.lines.through.objects.filter(businessline__in=value)
        return queryset.filter(pk__in=named.values("regulatorychange")) if value else queryset

    def that_is_overdue(self, queryset, name, value):
        overdue = queryset.overdue(timezone.localdate())
        return overdue if value else queryset.exclude(pk__in=overdue.values("pk"))

    def that_is_open(self, queryset, name, value):
        return queryset.open() if value else queryset.exclude(pk__in=queryset.open().values("pk"))
