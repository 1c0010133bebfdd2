import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketing.models import Segment, SegmentKind, SegmentMember

STANDINGS = [("in", _("In now")), ("left", _("Left"))]


class SegmentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=SegmentKind, label=_("Made"))
    archived = django_filters.BooleanFilter(
        field_name="archived_at", lookup_expr="isnull", exclude=True, label=_("Archived")
    )

    class Meta:
        model = Segment
        fields = ["q", "kind", "archived"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(code__iexact=value.strip()))


class SegmentMemberFilter(django_filters.FilterSet):
    standing = django_filters.ChoiceFilter(choices=STANDINGS, method="that_stand", label=_("State"))
    entered = django_filters.DateFromToRangeFilter(field_name="entered_at", label=_("Entered"))

    class Meta:
        model = SegmentMember
        fields = ["standing", "entered"]

    def that_stand(self, queryset, name, value):
        return queryset.filter(left_at__isnull=value == "in")
