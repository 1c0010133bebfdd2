from drf_spectacular.utils import extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action

from customers.filters.customers import CustomerFilter
from customers.filters.transactions import TransactionFilter
from customers.masking import Masked
from customers.models import Account, Customer, Loan, Portrait, Transaction
from customers.services.reading import open_customer, record_search
from staff.rate_limits import searches, throttle


@extend_schema_field(str)
class MaskedField(serializers.Field):
    """A personal field as the reader may see it: the same masks as on the pages."""

    def __init__(self, **kwargs):
        super().__init__(read_only=True, source="*", **kwargs)

    def to_representation(self, row) -> str:
        reader = self.context.setdefault("masked", Masked(self.context["request"].user))
        return reader.of(row, self.field_name)


class PortraitSerializer(serializers.ModelSerializer):
    class Meta:
        model = Portrait
        fields = [
            "as_of",
            "currency",
            "balance",
            "holdings_value",
            "loans_outstanding",
            "overdue_amount",
            "overdue_days",
            "n_30",
            "inflow_30",
            "outflow_30",
            "n_90",
            "inflow_90",
            "outflow_90",
            "first_on",
            "last_on",
            "lifecycle",
        ]


class CustomerSerializer(serializers.ModelSerializer):
    name = MaskedField()
    phone = MaskedField()
    email = MaskedField()
    identity_number = MaskedField()
    portrait = PortraitSerializer(read_only=True)

    class Meta:
        model = Customer
        fields = [
            "reference",
            "kind",
            "name",
            "phone",
            "email",
            "identity_number",
            "status",
            "risk_level",
            "region",
            "city",
            "jurisdiction",
            "currency",
            "lines",
            "joined_on",
            "portrait",
        ]


class AccountSerializer(serializers.ModelSerializer):
    product = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Account
        fields = ["id", "number", "product", "currency", "balance", "balance_on", "status", "opened_on", "closed_on"]


class LoanSerializer(serializers.ModelSerializer):
    product = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Loan
        fields = [
            "id",
            "number",
            "product",
            "currency",
            "principal",
            "outstanding",
            "annual_rate",
            "periods",
            "disbursed_on",
            "matures_on",
            "reported_state",
        ]


class TransactionSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    account = serializers.CharField(source="account.number", default=None)

    class Meta:
        model = Transaction
        fields = [
            "id",
            "booked_on",
            "booked_at",
            "kind",
            "amount",
            "currency",
            "balance_after",
            "account",
            "line",
            "channel",
            "counterparty",
            "purpose",
        ]


class CustomerViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Customers in the reader's scope, masked as on the pages. Reading one is logged."""

    queryset = Customer.objects.none()
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilter
    lookup_field = "reference"
    permission_map = {"transactions": "customers.view_transaction"}
    keyset_order = ["-id"]
    throttle_classes = [*viewsets.GenericViewSet.throttle_classes, throttle("search", when=searches)]

    def get_queryset(self):
        return Customer.objects.visible_to(self.request.user).select_related("portrait").defer("search", "address")

    def paginate_queryset(self, queryset):
        page = super().paginate_queryset(queryset)
        if self.action == "list":
            record_search(self.request.query_params.get("q", ""), page, "api")
        return page

    def get_object(self):
        customer = super().get_object()
        open_customer(customer, f"api.{self.action}")
        return customer

    @action(detail=True, serializer_class=AccountSerializer, filterset_class=None)
    def accounts(self, request, reference):
        return self._part(self.get_object().accounts.visible_to(request.user).select_related("product"))

    @action(detail=True, serializer_class=LoanSerializer, filterset_class=None)
    def loans(self, request, reference):
        return self._part(self.get_object().loans.visible_to(request.user).select_related("product"))

    @action(detail=True, serializer_class=TransactionSerializer, filterset_class=None)
    def transactions(self, request, reference):
        self.keyset_order = ["-booked_on", "-id"]
        rows = self.get_object().transactions.visible_to(request.user).select_related("account")
        asked = TransactionFilter(request.query_params, queryset=rows, request=request)
        if not asked.is_valid():
            raise serializers.ValidationError(asked.errors)
        return self._part(asked.qs)

    def _part(self, rows):
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
