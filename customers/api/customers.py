from decimal import Decimal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from customers.api.suitability import SuitabilityActions
from customers.filters.customers import CustomerFilter
from customers.filters.transactions import TransactionFilter
from customers.masking import Masked
from customers.middleware import CustomerMoved
from customers.models import (
    Account,
    Customer,
    CustomerTag,
    Loan,
    Portrait,
    RevealField,
    RevealReason,
    Tag,
    TagSource,
    Transaction,
)
from customers.services.consents import words_of
from customers.services.reading import open_customer, record_search
from customers.services.reveals import OverQuota, reveal_field, tell_of_quota
from customers.services.tags import tag_customer
from customers.views.frame import refuse_or_lead
from staff.authentication import TokenAuthentication
from staff.rate_limits import searches, throttle
from staff.reauth import RecentlyAuthenticated


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


class CustomerTagSerializer(serializers.ModelSerializer):
    tag = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = CustomerTag
        fields = ["tag", "source", "confidence", "at", "expires_on"]


class SayableTagField(serializers.SlugRelatedField):
    """A tag that the caller may say; another is none that they hear of."""

    def get_queryset(self):
        return Tag.objects.sayable_by(self.context["request"].user)


class SayTagSerializer(serializers.Serializer):
    tag = SayableTagField("code", queryset=Tag.objects.none())
    grounds = serializers.CharField(max_length=300)
    confidence = serializers.DecimalField(max_digits=3, decimal_places=2, min_value=0, max_value=1, default=Decimal(1))
    expires_on = serializers.DateField(required=False)


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


class StandingSerializer(serializers.Serializer):
    purpose = serializers.CharField()
    channel = serializers.CharField()
    given = serializers.BooleanField()
    at = serializers.DateTimeField()


class RevealFieldSerializer(serializers.Serializer):
    field = serializers.ChoiceField(choices=RevealField.choices)
    holding_id = serializers.IntegerField(required=False, help_text="Of whose card, where the field is card_number.")
    reason_kind = serializers.ChoiceField(choices=RevealReason.choices)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class RevealedSerializer(serializers.Serializer):
    value = serializers.CharField()
    expires_at = serializers.DateTimeField()


class Merged(APIException):
    """410: this number was merged; `merged_into` is the one that it leads to."""

    status_code = 410
    default_code = "merged"

    def __init__(self, to: str):
        super().__init__(_("This number was merged into %(other)s: use that one.") % {"other": to})
        self.members = {"merged_into": to}


class CustomerViewSet(SuitabilityActions, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Customers in the reader's scope, masked as on the pages. Reading one is logged."""

    queryset = Customer.objects.none()
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilter
    lookup_field = "reference"
    permission_map = {
        "transactions": "customers.view_transaction",
        "consents": "customers.view_consent",
        "tags": "customers.view_tag",
        "say_tag": "customers.add_customertag",
        "reveal": "customers.reveal_field",
        "suitability": "customers.view_suitabilityresult",
        "make_suitability_link": "surveys.fill_response",
        "may_buy": "customers.view_suitabilityresult",
        "record_suitability_check": "customers.record_suitabilitycheck",
    }
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
        customer = self._standing()
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
        rows = self.get_object().movements.visible_to(request.user).select_related("account")
        asked = TransactionFilter(request.query_params, queryset=rows, request=request)
        if not asked.is_valid():
            raise serializers.ValidationError(asked.errors)
        return self._part(asked.qs)

    @extend_schema(responses=StandingSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def consents(self, request, reference):
        """What the customer agrees to now, by purpose and channel; what is not listed they never agreed to."""
        words = words_of(self.get_object(), timezone.now())
        standing = [
            {"purpose": purpose, "channel": channel, "given": word.given, "at": word.at}
            for (purpose, channel), word in sorted(words.items())
        ]
        return Response(StandingSerializer(standing, many=True).data)

    @action(detail=True, serializer_class=CustomerTagSerializer, filterset_class=None)
    def tags(self, request, reference):
        """What is said of the customer now, as far as the reader may know."""
        self.keyset_order = ["-at", "-id"]
        return self._part(self.get_object().tags.standing().visible_to(request.user).select_related("tag"))

    @extend_schema(request=SayTagSerializer, responses={201: CustomerTagSerializer})
    @tags.mapping.post
    def say_tag(self, request, reference):
        """Say something of the customer; with a token it is said by a program, in the name of the token's owner."""
        customer, command = (
            self.get_object(),
            SayTagSerializer(data=request.data, context=self.get_serializer_context()),
        )
        command.is_valid(raise_exception=True)
        by_token = isinstance(request.successful_authenticator, TokenAuthentication)
        source = TagSource.PROGRAM if by_token else TagSource.PERSON
        said = tag_customer(
            actor=request.user, customer_id=customer.pk, at=timezone.now(), source=source, **command.validated_data
        )
        return Response(CustomerTagSerializer(said).data, status=201)

    @extend_schema(request=RevealFieldSerializer, responses=RevealedSerializer)
    @action(
        detail=True,
        methods=["post"],
        filterset_class=None,
        pagination_class=None,
        permission_classes=[*viewsets.GenericViewSet.permission_classes, RecentlyAuthenticated],
        throttle_classes=[*viewsets.GenericViewSet.throttle_classes, throttle("reveal")],
    )
    def reveal(self, request, reference):
        """Be told one personal value, for a reason, within a quota; it is logged. Forget it at `expires_at`."""
        customer, now = self._standing(), timezone.now()
        command = RevealFieldSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        try:
            shown = reveal_field(actor=request.user, customer_id=customer.pk, at=now, **command.validated_data)
        except OverQuota as error:
            # Answered and not raised: what is raised is rolled back, and compliance would not be told.
            tell_of_quota(actor=request.user, customer=customer, field=command.validated_data["field"], at=now)
            return Response({"detail": " ".join(error.messages)}, status=429)
        return Response({"value": shown.value, "expires_at": shown.expires_at})

    def _standing(self):
        """The customer; a number that was merged is gone, and the answer says where it leads."""
        try:
            return super().get_object()
        except Http404:
            try:
                refuse_or_lead(self.request.user, self.kwargs["reference"])
            except CustomerMoved as moved:
                raise Merged(moved.to) from moved

    def _part(self, rows):
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
