from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from customers.models import Customer
from marketing.filters.offers import OfferFilter
from marketing.models import Offer, OfferVersion
from marketing.services.coupons import issue_many
from marketing.services.offers import propose_publication, stop_offer
from risk.api.asking import Asking
from staff.api.changes import ChangeSerializer

MOST_AT_ONCE = 10_000


class OfferVersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = OfferVersion
        fields = [
            "number", "terms", "valid_from", "valid_until", "time_zone", "products", "lines", "new_customer_days",
            "segment_code", "per_customer_count", "per_customer_amount", "total_count", "coupon_days", "reserve_minutes",
            "payout_hours", "stack_with", "stack_group", "stack_base", "stack_place", "stack_most", "published_at",
        ]  # fmt: skip
        read_only_fields = fields


class OfferSerializer(serializers.ModelSerializer):
    version = OfferVersionSerializer(read_only=True)
    reserved = serializers.DecimalField(24, 2, read_only=True)
    committed = serializers.DecimalField(24, 2, read_only=True)
    uses = serializers.IntegerField(read_only=True)

    class Meta:
        model = Offer
        fields = [
            "code", "name", "kind", "line", "currency", "budget", "reserved", "committed", "uses", "owner", "stopped_at",
            "version",
        ]  # fmt: skip
        read_only_fields = fields


class OfferReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=10, max_length=2_000)


class PublishOfferSerializer(OfferReasonSerializer):
    budget = serializers.DecimalField(20, 2, min_value=0)


class IssueSerializer(serializers.Serializer):
    """Customers by their numbers; the same key gives the same codes."""

    customers = serializers.ListField(child=serializers.CharField(max_length=16), max_length=MOST_AT_ONCE)
    key = serializers.CharField(max_length=120)


class IssuedSerializer(serializers.Serializer):
    codes = serializers.DictField(child=serializers.CharField())


class OfferViewSet(Asking):
    """Offers with the version in force and what is spent of their budgets."""

    queryset = Offer.objects.none()
    serializer_class = OfferSerializer
    filterset_class = OfferFilter
    lookup_field = "code"
    record_key = "offer_id"
    keyset_order = ["code"]
    permission_map = {
        "stop": "marketing.stop_offer",
        "publish": "marketing.change_offer",
        "issue": "marketing.add_couponbatch",
    }

    @extend_schema(request=OfferReasonSerializer, responses=OfferSerializer)
    @action(detail=True, methods=["post"])
    def stop(self, request, code):
        """Stop an offer at once."""
        return self.act(stop_offer, OfferReasonSerializer)

    @extend_schema(request=PublishOfferSerializer, responses={202: ChangeSerializer})
    @action(detail=True, methods=["post"])
    def publish(self, request, code):
        """Ask for the draft to be put in force with a budget; somebody else agrees."""
        found, asked = self.get_object(), self.asked(PublishOfferSerializer)
        change = propose_publication(actor=request.user, offer_id=found.pk, at=timezone.now(), **asked)
        return Response(ChangeSerializer(change).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=IssueSerializer, responses=IssuedSerializer)
    @action(detail=True, methods=["post"])
    def issue(self, request, code):
        """Issue a coupon to each of these customers, and return the codes by customer."""
        found, asked = self.get_object(), self.asked(IssueSerializer)
        numbers = dict(
            Customer.objects.standing().filter(reference__in=asked["customers"]).values_list("pk", "reference")
        )
        codes = issue_many(
            offer_id=found.pk, customer_ids=numbers, key=asked["key"], at=timezone.now(), actor=request.user
        )
        return Response({"codes": {numbers[pk]: code for pk, code in codes.items()}})
