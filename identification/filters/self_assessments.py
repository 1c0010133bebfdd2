import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identification.models import AssessmentPurpose, SelfAssessment


class SelfAssessmentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    purpose = django_filters.MultipleChoiceFilter(choices=AssessmentPurpose, label=_("Purpose"))
    closed = django_filters.BooleanFilter(method="that_is_closed", label=_("Closed"))

    class Meta:
        model = SelfAssessment
        fields = ["q", "purpose", "closed", "line"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(reference__iexact=value.strip()))

    def that_is_closed(self, queryset, name, value):
        return queryset.filter(closed_at__isnull=not value)
