import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.people import colleagues
from marketing.models import Campaign, CampaignKind, CampaignState, Exclusion, Provider, Recipient, SendChannel


class CampaignFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=CampaignState, label=_("State"))
    kind = django_filters.MultipleChoiceFilter(choices=CampaignKind, label=_("Kind"))
    channel = django_filters.MultipleChoiceFilter(
        choices=SendChannel, field_name="provider__channel", label=_("Channel")
    )
    owner = django_filters.ModelChoiceFilter(queryset=colleagues, label=_("Owner"))

    class Meta:
        model = Campaign
        fields = ["q", "state", "kind", "channel", "owner"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(reference__iexact=value.strip()))


STANDINGS = [
    ("sent", _("Handed over")),
    ("waiting", _("Waits")),
    ("unknown", _("Perhaps sent")),
    ("failed", _("Refused by the provider")),
    ("skipped", _("Not sent")),
    ("held", _("Held out")),
    ("excluded", _("Left out")),
]


class RecipientFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="customer__reference", lookup_expr="iexact", label=_("Customer no."))
    standing = django_filters.ChoiceFilter(
        choices=STANDINGS, method="that_stand", field_name="exclusion", label=_("State")
    )
    exclusion = django_filters.MultipleChoiceFilter(choices=Exclusion, label=_("Left out because"))

    class Meta:
        model = Recipient
        fields = ["q", "standing", "exclusion"]

    def that_stand(self, queryset, name, value):
        if value == "excluded":
            return queryset.exclude(exclusion="")
        if value == "held":
            return queryset.filter(is_held=True)
        states = ["queued", "claimed", "sending"] if value == "waiting" else [value]
        return queryset.filter(delivery__state__in=states)


class ProviderFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Search"))
    channel = django_filters.MultipleChoiceFilter(choices=SendChannel, label=_("Channel"))
    is_active = django_filters.BooleanFilter(label=_("In use"))

    class Meta:
        model = Provider
        fields = ["q", "channel", "is_active"]
