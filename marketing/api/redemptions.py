from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from customers.models import Customer
from marketing.filters.redemptions import RedemptionFilter
from marketing.models import Redemption, State
from marketing.services.eligibility import ASKED_OF_CUSTOMER
from marketing.services.red_packets import claim_share
from marketing.services.redemptions import Asked, quote, redeem, reserve
from marketing.services.settlement import commit, decide_held, release, reverse
from marketing.services.signals import Signals


class RedemptionSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    offer = serializers.CharField(source="offer.code")
    customer = serializers.CharField(source="customer.reference")
    state = serializers.ChoiceField(source="now.state", choices=State.choices)
    due_at = serializers.DateTimeField(source="now.due_at")

    class Meta:
        model = Redemption
        fields = [
            "id", "key", "offer", "customer", "order", "order_amount", "amount", "currency", "state", "at", "due_at",
        ]  # fmt: skip
        read_only_fields = fields


class QuoteSerializer(serializers.Serializer):
    """Either `offer`, its code, or `coupon`, as it was typed."""

    customer = serializers.CharField(max_length=16)
    amount = serializers.DecimalField(20, 2)
    offer = serializers.CharField(max_length=40, default="", allow_blank=True)
    coupon = serializers.CharField(max_length=200, default="", allow_blank=True)
    order = serializers.CharField(max_length=64, default="", allow_blank=True)
    product = serializers.CharField(max_length=40, default="", allow_blank=True)

    def validate(self, said):
        if bool(said["offer"]) == bool(said["coupon"]):
            raise serializers.ValidationError({"coupon": _("Name an offer or type a coupon: one of them.")})
        return said


class SignalsSerializer(serializers.Serializer):
    """What the platform knows of where it comes from; kept as keyed hashes alone."""

    device = serializers.CharField(max_length=200, default="", allow_blank=True)
    network = serializers.CharField(max_length=45, default="", allow_blank=True)
    payee = serializers.CharField(max_length=200, default="", allow_blank=True)
    address = serializers.CharField(max_length=500, default="", allow_blank=True)


class TakeSerializer(QuoteSerializer):
    key = serializers.CharField(max_length=120)
    commit = serializers.BooleanField(default=False)
    signals = SignalsSerializer(default=dict)


class ClaimSerializer(serializers.Serializer):
    packet = serializers.CharField(max_length=120)
    customer = serializers.CharField(max_length=16)
    key = serializers.CharField(max_length=120)
    signals = SignalsSerializer(default=dict)


class QuotedSerializer(serializers.Serializer):
    offer = serializers.CharField()
    version = serializers.IntegerField()
    amount = serializers.DecimalField(20, 2)
    currency = serializers.CharField()


class WhyReleasedSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=500, default="", allow_blank=True)


class WhySerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=5, max_length=500)


class DecideHeldSerializer(WhySerializer):
    pay = serializers.BooleanField()


class RedemptionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What customers took up, and what became of it. A key that comes again is the same redemption."""

    queryset = Redemption.objects.none()
    serializer_class = RedemptionSerializer
    filterset_class = RedemptionFilter
    keyset_order = ["-at", "-id"]
    permission_map = {
        "create": "marketing.redeem_offer",
        "quote": "marketing.redeem_offer",
        "claim": "marketing.redeem_offer",
        "commit": "marketing.redeem_offer",
        "release": "marketing.redeem_offer",
        "reverse": "marketing.redeem_offer",
        "decide": "marketing.hold_redemption",
    }

    def get_queryset(self):
        user = self.request.user
        if self.action in {"commit", "release", "reverse"}:
            return Redemption.objects.redeemable_by(user).for_list()
        return Redemption.objects.visible_to(user).for_list()

    def _said(self, serializer):
        command = serializer(data=self.request.data)
        command.is_valid(raise_exception=True)
        return dict(command.validated_data)

    def _customer(self, reference):
        customers = Customer.objects.only(*ASKED_OF_CUSTOMER)
        found = customers.filter(reference=reference.strip().upper()).first()
        if found is None:
            raise serializers.ValidationError({"customer": _("There is no customer of this number.")})
        return customers.get(pk=found.merged_into_id) if found.merged_into_id else found

    def _shown(self, made, code=status.HTTP_200_OK):
        found = Redemption.objects.for_list().get(pk=made.pk)
        return Response(RedemptionSerializer(found).data, status=code)

    @extend_schema(request=QuoteSerializer, responses=QuotedSerializer)
    @action(detail=False, methods=["post"], filterset_class=None)
    def quote(self, request):
        """Say what an offer or a coupon would give now, or why it gives nothing; nothing is changed."""
        said = self._said(QuoteSerializer)
        found = quote(Asked(**said | {"customer": self._customer(said["customer"])}), at=timezone.now())
        offer = found.version.offer
        shown = {
            "offer": offer.code,
            "version": found.version.number,
            "amount": found.amount,
            "currency": offer.currency,
        }
        return Response(QuotedSerializer(shown).data)

    @extend_schema(request=TakeSerializer, responses={201: RedemptionSerializer})
    def create(self, request):
        """Reserve what an offer or a coupon gives; with `commit`, redeem it at once."""
        said = self._said(TakeSerializer)
        signals, key, at_once = Signals(**said.pop("signals")), said.pop("key"), said.pop("commit")
        asked = Asked(**said | {"customer": self._customer(said["customer"])})
        service = redeem if at_once else reserve
        made = service(actor=request.user, asked=asked, key=key, at=timezone.now(), signals=signals)
        return self._shown(made, status.HTTP_201_CREATED)

    @extend_schema(request=ClaimSerializer, responses={201: RedemptionSerializer})
    @action(detail=False, methods=["post"], filterset_class=None)
    def claim(self, request):
        """Give a customer the next share of a red packet."""
        said = self._said(ClaimSerializer)
        made = claim_share(
            actor=request.user, packet_key=said["packet"], customer=self._customer(said["customer"]), key=said["key"],
            at=timezone.now(), signals=Signals(**said["signals"]),
        )  # fmt: skip
        return self._shown(made, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=RedemptionSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def commit(self, request, pk):
        """Redeem what is reserved: paid now, waiting for its payout, or held; the state says which."""
        return self._shown(commit(actor=request.user, redemption_id=self.get_object().pk, at=timezone.now()))

    @extend_schema(request=WhyReleasedSerializer, responses=RedemptionSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def release(self, request, pk):
        """Give a reservation back."""
        key, said = self.get_object().pk, self._said(WhyReleasedSerializer)
        return self._shown(release(actor=request.user, redemption_id=key, at=timezone.now(), **said))

    @extend_schema(request=WhySerializer, responses=RedemptionSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def reverse(self, request, pk):
        """Take a redemption back because its order was."""
        key, said = self.get_object().pk, self._said(WhySerializer)
        return self._shown(reverse(actor=request.user, redemption_id=key, at=timezone.now(), **said))

    @extend_schema(request=DecideHeldSerializer, responses=RedemptionSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def decide(self, request, pk):
        """Pay or refuse what is held for signs of abuse."""
        key, said = self.get_object().pk, self._said(DecideHeldSerializer)
        return self._shown(decide_held(actor=request.user, redemption_id=key, at=timezone.now(), **said))
