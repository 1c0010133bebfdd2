import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from marketing.filters.campaigns import ProviderFilter
from marketing.models import InboxMessage, Provider
from marketing.services.inbox import mark_read


class InboxFilter(django_filters.FilterSet):
    customer = django_filters.CharFilter(
        field_name="customer__reference", lookup_expr="iexact", required=True, label=_("Customer no.")
    )
    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", label=_("Not read yet"))

    class Meta:
        model = InboxMessage
        fields = ["customer", "unread"]


class InboxSerializer(serializers.ModelSerializer):
    id = serializers.CharField(read_only=True)
    campaign = serializers.CharField(source="recipient.campaign.reference")

    class Meta:
        model = InboxMessage
        fields = ["id", "campaign", "subject", "text", "language", "at", "read_at"]
        read_only_fields = fields


class InboxViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The inbox of one customer, newest first, for the company's app: `?customer=` names them."""

    queryset = InboxMessage.objects.none()
    serializer_class = InboxSerializer
    filterset_class = InboxFilter
    keyset_order = ["-at", "-id"]
    permission_map = dict.fromkeys(("list", "retrieve", "read"), "marketing.read_inbox")

    def get_queryset(self):
        erased = {"customer__erased_at": None, "customer__restricted_at": None}
        seen = InboxMessage.objects.filter(**erased).select_related("recipient__campaign")
        regions, lines = self.request.user.regions, self.request.user.business_lines
        seen = seen.filter(customer__region__in=regions) if regions else seen
        return seen.filter(customer__lines__overlap=lines) if lines else seen

    def filter_queryset(self, queryset):
        """A list names its customer; one message is found by its own key."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    @extend_schema(request=None, responses=InboxSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request, pk):
        """Note that the app has shown a message to its customer."""
        message = self.get_object()
        mark_read(actor=request.user, message_id=message.pk, at=timezone.now())
        return Response(self.get_serializer(self.get_queryset().get(pk=message.pk)).data)


class ProviderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Provider
        fields = ["code", "name", "channel", "kind", "from_name", "from_address", "per_second", "price", "currency",
                  "is_active"]  # fmt: skip
        read_only_fields = fields


class ProviderViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Who carries messages out of the house, by name."""

    queryset = Provider.objects.none()
    serializer_class = ProviderSerializer
    filterset_class = ProviderFilter
    lookup_field = "code"
    keyset_order = ["name", "id"]

    def get_queryset(self):
        return Provider.objects.visible_to(self.request.user).for_list()
