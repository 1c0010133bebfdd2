from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from risk.filters.alerts import AlertFilter
from risk.models import Alert
from risk.querysets.people import alert_people
from risk.services.alerts import acknowledge_alert, assign_alert, close_alert


class AlertSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    indicator = serializers.CharField(source="indicator.code")

    class Meta:
        model = Alert
        fields = [
            "id",
            "indicator",
            "band",
            "owner",
            "opened_at",
            "acknowledged_at",
            "green_since",
            "closed_at",
            "closed_by",
            "closing_reason",
        ]
        read_only_fields = fields


class CloseAlertSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=10, max_length=2_000)


class AssignAlertSerializer(serializers.Serializer):
    owner = serializers.PrimaryKeyRelatedField(queryset=alert_people())


class AlertViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Alerts, newest first: one for each episode of an indicator outside its green band."""

    queryset = Alert.objects.none()
    serializer_class = AlertSerializer
    filterset_class = AlertFilter
    keyset_order = ["-opened_at", "-id"]
    permission_map = {"close": "risk.close_alert", "acknowledge": "risk.close_alert", "assign": "risk.assign_alert"}

    def get_queryset(self):
        return Alert.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=CloseAlertSerializer, responses=AlertSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request, pk):
        """Close an alert for a reason. Its owner does, once the indicator is green again."""
        command = CloseAlertSerializer(data=request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        alert = close_alert(actor=request.user, alert_id=pk, at=timezone.now(), **command.validated_data)
        return Response(AlertSerializer(alert).data)

    @extend_schema(request=AssignAlertSerializer, responses=AlertSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request, pk):
        """Give an alert an owner, who is told."""
        command = AssignAlertSerializer(data=request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        alert = assign_alert(actor=request.user, alert_id=pk, at=timezone.now(), **command.validated_data)
        return Response(AlertSerializer(alert).data)

    @extend_schema(request=None, responses=AlertSerializer)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request, pk):
        """Say that the owner has seen it and works on it."""
        alert = acknowledge_alert(actor=request.user, alert_id=self.get_object().pk, at=timezone.now())
        return Response(AlertSerializer(alert).data)
