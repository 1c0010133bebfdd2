from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from assessment.filters.panels import ForecastFilter
from assessment.models import Outcome, PanelItem
from assessment.services.calibration import record_outcome


class ForecastSerializer(serializers.ModelSerializer):
    """What a panel forecast, and since when its outcome is due."""

    id = serializers.CharField()
    panel = serializers.CharField(source="panel.reference")
    risk = serializers.CharField(source="risk.reference", default=None)
    due_at = serializers.DateTimeField()

    class Meta:
        model = PanelItem
        fields = ["id", "panel", "risk", "kind", "question", "estimate", "currency", "due_at"]
        read_only_fields = fields


class OutcomeSerializer(serializers.ModelSerializer):
    item = serializers.CharField(source="item_id")

    class Meta:
        model = Outcome
        fields = ["item", "came_true", "observed", "evidence", "recorded_by", "recorded_at"]
        read_only_fields = fields


class NewOutcomeSerializer(serializers.Serializer):
    came_true = serializers.BooleanField()
    observed = serializers.DecimalField(
        max_digits=18, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )
    evidence = serializers.CharField(min_length=10, max_length=10_000)


class ForecastViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Forecasts whose year is over and whose outcome nobody has recorded."""

    queryset = PanelItem.objects.none()
    serializer_class = ForecastSerializer
    filterset_class = ForecastFilter
    keyset_order = ["id"]
    permission_map = {
        "list": "assessment.record_outcome",
        "retrieve": "assessment.record_outcome",
        "outcome": "assessment.record_outcome",
    }

    def get_queryset(self):
        return PanelItem.objects.visible_to(self.request.user).due(timezone.now()).for_list()

    @extend_schema(request=NewOutcomeSerializer, responses={201: OutcomeSerializer})
    @action(detail=True, methods=["post"])
    def outcome(self, request, pk):
        """Record what came of a forecast, once; not by whoever sat on its panel or ran it."""
        item = self.get_object()
        command = NewOutcomeSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        made = record_outcome(actor=request.user, item_id=item.pk, at=timezone.now(), **command.validated_data)
        return Response(OutcomeSerializer(made).data, status=201)
