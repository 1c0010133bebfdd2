import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketing.models import Claim, Language, Message, MessageChannel


class MessageFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    channel = django_filters.MultipleChoiceFilter(choices=MessageChannel, label=_("Channel"))
    archived = django_filters.BooleanFilter(
        field_name="archived_at", lookup_expr="isnull", exclude=True, label=_("Archived")
    )

    class Meta:
        model = Message
        fields = ["q", "channel", "archived"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(code__iexact=value.strip()))


class ClaimFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="words", lookup_expr="icontains", label=_("Search"))
    language = django_filters.MultipleChoiceFilter(choices=Language, label=_("Language"))
    waiting = django_filters.BooleanFilter(
        field_name="approved_at", lookup_expr="isnull", label=_("Waits for approval")
    )

    class Meta:
        model = Claim
        fields = ["q", "language", "waiting"]
