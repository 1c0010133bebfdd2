from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from identification.filters.radar import EmergingRiskFilter
from identification.forms.radar import LOOK
from identification.models import EmergingReading, EmergingRisk
from identification.people import emerging_owners
from identification.services.radar import drop_emerging_risk, look_at_emerging_risk, watch_emerging_risk
from products.models import BusinessLine, Jurisdiction
from risk.api.asking import Asking


class EmergingReadingSerializer(serializers.ModelSerializer):
    class Meta:
        model = EmergingReading
        fields = [*LOOK, "by", "at"]
        read_only_fields = ["by", "at"]


class EmergingRiskSerializer(serializers.ModelSerializer):
    latest = EmergingReadingSerializer(read_only=True)
    risk = serializers.SerializerMethodField()

    class Meta:
        model = EmergingRisk
        fields = [
            "reference", "name", "risk_class", "description", "drivers", "jurisdictions", "line", "owner", "next_look_on",
            "latest", "state", "recorded_by", "recorded_at", "ended_at", "ending_reason", "risk",
        ]  # fmt: skip
        read_only_fields = fields

    def get_risk(self, emerging) -> str | None:
        return emerging.risk.reference if emerging.risk else None


class NewEmergingRiskSerializer(serializers.ModelSerializer):
    look = EmergingReadingSerializer()
    jurisdictions = serializers.MultipleChoiceField(choices=Jurisdiction, required=False, default=list)
    line = serializers.PrimaryKeyRelatedField(queryset=BusinessLine.objects.all(), required=False, allow_null=True)
    owner = serializers.PrimaryKeyRelatedField(queryset=emerging_owners())

    class Meta:
        model = EmergingRisk
        fields = [
            "name",
            "risk_class",
            "description",
            "drivers",
            "jurisdictions",
            "line",
            "owner",
            "next_look_on",
            "look",
        ]


class LookSerializer(EmergingReadingSerializer):
    next_look_on = serializers.DateField()

    class Meta(EmergingReadingSerializer.Meta):
        fields = [*LOOK, "next_look_on"]


class DropSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=10, max_length=10_000)


class EmergingRiskViewSet(Asking):
    """Emerging risks, the next look first; POST puts one on the radar with a first look."""

    queryset = EmergingRisk.objects.none()
    serializer_class = EmergingRiskSerializer
    filterset_class = EmergingRiskFilter
    record_key = "emerging_id"
    keyset_order = ["next_look_on", "id"]
    permission_map = {
        "create": "identification.add_emergingrisk",
        "look": "identification.change_emergingrisk",
        "drop": "identification.change_emergingrisk",
    }

    @extend_schema(request=NewEmergingRiskSerializer, responses={201: EmergingRiskSerializer})
    def create(self, request):
        """Put something on the radar."""
        command = NewEmergingRiskSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        found = dict(command.validated_data)
        line = found.pop("line", None)
        made = watch_emerging_risk(actor=request.user, at=timezone.now(), line_id=line.pk if line else None, **found)
        return Response(self.get_serializer(made).data, status=201)

    @extend_schema(responses=EmergingReadingSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def readings(self, request, reference):
        """All looks, the last first."""
        rows = self.get_object().readings.all()
        return Response(EmergingReadingSerializer(rows, many=True).data)

    @extend_schema(request=LookSerializer, responses=EmergingRiskSerializer)
    @action(detail=True, methods=["post"])
    def look(self, request, reference):
        """Add a look, and say when the next one is due."""
        return self.act(look_at_emerging_risk, LookSerializer)

    @extend_schema(request=DropSerializer, responses=EmergingRiskSerializer)
    @action(detail=True, methods=["post"])
    def drop(self, request, reference):
        """Stop watching it, for a reason."""
        return self.act(drop_emerging_risk, DropSerializer)
