from django.db.models import F
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from marketing.filters.campaigns import CampaignFilter
from marketing.models import Campaign, CampaignRound, CampaignVariant, Message, Offer, Provider, Segment, SignOff
from marketing.services.audiences import foresee
from marketing.services.campaigns import (
    cancel_campaign,
    change_campaign,
    pause_campaign,
    record_campaign,
    resume_campaign,
    schedule_campaign,
    set_variants,
)
from marketing.services.signoffs import ask_sign_off, decide_sign_off
from products.models import Product
from risk.api.asking import Asking, SeenField
from staff.models import User


class VariantSerializer(serializers.ModelSerializer):
    message = SeenField("code", queryset=Message.objects.all())

    class Meta:
        model = CampaignVariant
        fields = ["code", "message", "share"]
        read_only_fields = ["code"]


class RoundSerializer(serializers.ModelSerializer):
    class Meta:
        model = CampaignRound
        fields = ["number", "planned_at", "drawn_at", "matched", "reached", "held", "excluded", "finished_at"]
        read_only_fields = fields


class CampaignSerializer(serializers.ModelSerializer):
    segment = serializers.CharField(source="segment.code")
    suppress = serializers.SlugRelatedField("code", many=True, read_only=True)
    product = serializers.CharField(source="product.code", default=None)
    offer = serializers.CharField(source="offer.code", default=None)
    provider = serializers.CharField(source="provider.code")
    variants = VariantSerializer(many=True)
    sign_off_sha256 = serializers.CharField(source="sign_off.sha256", default=None)

    class Meta:
        model = Campaign
        fields = [
            "reference", "name", "objective", "kind", "state", "state_why", "owner", "line", "product", "offer", "segment",
            "suppress", "provider", "purpose", "priority", "starts_at", "send_by", "every", "ends_at", "again_after_days",
            "holdout", "conversion", "conversion_days", "tracking", "budget", "currency", "fixed_cost", "variants",
            "sign_off_sha256", "created_by", "created_at", "begun_at", "resumed_at", "ended_at", "lessons",
        ]  # fmt: skip
        read_only_fields = fields


class CampaignWriteSerializer(serializers.ModelSerializer):
    owner = serializers.PrimaryKeyRelatedField(queryset=User.objects.active())
    segment = SeenField("code", queryset=Segment.objects.all())
    suppress = SeenField("code", many=True, queryset=Segment.objects.all(), required=False)
    product = SeenField("code", queryset=Product.objects.all(), required=False, allow_null=True)
    offer = SeenField("code", queryset=Offer.objects.all(), required=False, allow_null=True)
    provider = SeenField("code", queryset=Provider.objects.all())

    class Meta:
        model = Campaign
        fields = [
            "name", "objective", "kind", "owner", "line", "product", "offer", "segment", "suppress", "provider", "purpose",
            "priority", "starts_at", "send_by", "every", "ends_at", "again_after_days", "holdout", "conversion",
            "conversion_days", "tracking", "budget", "currency", "fixed_cost",
        ]  # fmt: skip


class VariantsSerializer(serializers.Serializer):
    variants = VariantSerializer(many=True)

    def validate(self, attrs):
        return {"variants": [(one["message"], one["share"]) for one in attrs["variants"]]}


class ReachSerializer(serializers.Serializer):
    matched = serializers.IntegerField()
    reached = serializers.IntegerField()
    held = serializers.IntegerField()
    left_out = serializers.DictField(child=serializers.IntegerField())
    risk_mix = serializers.DictField(child=serializers.IntegerField())


class CampaignReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=5, max_length=300)


class DecisionSerializer(serializers.Serializer):
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="Hash of what was read.")
    approve = serializers.BooleanField()
    note = serializers.CharField(max_length=2_000, required=False, default="", allow_blank=True)


class SignOffSerializer(serializers.ModelSerializer):
    class Meta:
        model = SignOff
        fields = [
            "number", "body", "sha256", "state", "asked_by", "asked_at", "decided_by", "decided_at", "note", "expires_on",
            "ended_at", "void_because",
        ]  # fmt: skip
        read_only_fields = fields


class CampaignViewSet(Asking):
    """Campaigns of one's lines and of the whole company, newest first. Everything that pages do: plan, have signed off,
    schedule, pause, resume, cancel, and see beforehand whom it would reach."""

    queryset = Campaign.objects.none()
    serializer_class = CampaignSerializer
    filterset_class = CampaignFilter
    keyset_order = ["-created_at", "-id"]
    record_key = "campaign_id"
    permission_map = {
        "create": "marketing.add_campaign",
        "partial_update": "marketing.change_campaign",
        "variants": "marketing.change_campaign",
        "ask_sign_off": "marketing.change_campaign",
        "decide": "marketing.sign_campaign",
        "schedule": "marketing.run_campaign",
        "pause": "marketing.run_campaign",
        "resume": "marketing.run_campaign",
        "cancel": "marketing.run_campaign",
        "forecast": "marketing.view_campaign",
        "rounds": "marketing.view_campaign",
        "sign_offs": "marketing.view_campaign",
    }

    def get_queryset(self):
        return super().get_queryset().prefetch_related("variants__message", "suppress")

    @extend_schema(request=CampaignWriteSerializer, responses={201: CampaignSerializer})
    def create(self, request):
        """Begin a campaign as a draft."""
        made = record_campaign(actor=request.user, at=timezone.now(), **self.asked(CampaignWriteSerializer))
        return self.shown(made.reference, status.HTTP_201_CREATED)

    @extend_schema(request=CampaignWriteSerializer, responses=CampaignSerializer)
    def partial_update(self, request, reference):
        """Change a campaign that does not run; what was signed off is void with it."""
        one = self.get_object()
        command = CampaignWriteSerializer(data=request.data, partial=True, context={"request": request})
        command.is_valid(raise_exception=True)
        change_campaign(actor=request.user, campaign_id=one.pk, at=timezone.now(), **command.validated_data)
        return self.shown(one.reference)

    @extend_schema(request=VariantsSerializer, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def variants(self, request, reference):
        """Say which messages are compared, and how many of 10,000 are sent each."""
        return self.act(set_variants, VariantsSerializer)

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"], url_path="ask-sign-off")
    def ask_sign_off(self, request, reference):
        """Ask for the sign-off of the campaign as it stands."""
        return self.act(ask_sign_off)

    @extend_schema(request=DecisionSerializer, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request, reference):
        """Sign off exactly what was read, by its hash, or refuse it and say why."""
        one = self.get_object()
        said = self.asked(DecisionSerializer)
        waiting = one.sign_offs.waiting().values_list("pk", flat=True).first() or 0
        decide_sign_off(actor=request.user, sign_off_id=waiting, at=timezone.now(), **said)
        return self.shown(one.reference)

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def schedule(self, request, reference):
        """Let what was signed off go out at its time."""
        return self.act(schedule_campaign)

    @extend_schema(request=CampaignReasonSerializer, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request, reference):
        """Let nothing more go out until it is resumed."""
        return self.act(pause_campaign, CampaignReasonSerializer)

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def resume(self, request, reference):
        """Let a paused campaign go on where it stood."""
        return self.act(resume_campaign)

    @extend_schema(request=CampaignReasonSerializer, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request, reference):
        """End a campaign for good."""
        return self.act(cancel_campaign, CampaignReasonSerializer)

    @extend_schema(responses=ReachSerializer, filters=False)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def forecast(self, request, reference):
        """Whom the campaign would reach if it went out now, and why not the others."""
        return Response(ReachSerializer(foresee(self.get_object(), timezone.now())).data)

    @extend_schema(responses=RoundSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def rounds(self, request, reference):
        """Every time that it went out: how many matched, were written to, held out, left out and why."""
        return Response(RoundSerializer(self.get_object().rounds.order_by("-number"), many=True).data)

    @extend_schema(responses=SignOffSerializer(many=True), filters=False)
    @action(detail=True, url_path="sign-offs", pagination_class=None, filterset_class=None)
    def sign_offs(self, request, reference):
        """Every sign-off, with the body that its hash is of, newest first."""
        every = self.get_object().sign_offs.order_by(F("number").desc())
        return Response(SignOffSerializer(every, many=True).data)
