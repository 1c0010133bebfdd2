from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from assurance.models import AuditPlan, AuditPlanLine
from assurance.services.plans import propose_lines, propose_plan
from staff.api.changes import ChangeSerializer


class AuditPlanLineSerializer(serializers.ModelSerializer):
    unit = serializers.CharField(source="unit.code")
    audit = serializers.CharField(source="audit_reference", allow_null=True)

    class Meta:
        model = AuditPlanLine
        fields = ["unit", "quarter", "person_days", "lead", "priority", "parts", "note", "audit"]
        read_only_fields = fields


class AuditPlanSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    lines = AuditPlanLineSerializer(many=True, read_only=True)

    class Meta:
        model = AuditPlan
        fields = ["id", "year", "version", "agreed", "agreed_at", "drafted_by", "drafted_at", "lines"]
        read_only_fields = fields


class PlanReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=10, max_length=2_000)


class AuditPlanViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What is audited in a year, in versions, with the lines that one sees; the newest first."""

    queryset = AuditPlan.objects.none()
    serializer_class = AuditPlanSerializer
    filterset_fields = {"year": ["exact"], "agreed": ["exact"]}
    keyset_order = ["-year", "-version"]
    permission_map = {
        "propose_lines": "assurance.change_auditplan",
        "put_in_force": "assurance.change_auditplan",
    }

    def get_queryset(self):
        lines = AuditPlanLine.objects.visible_to(self.request.user).for_list()
        return AuditPlan.objects.visible_to(self.request.user).prefetch_related(Prefetch("lines", lines))

    @extend_schema(request=None, responses=AuditPlanSerializer)
    @action(detail=True, methods=["post"], url_path="propose-lines")
    def propose_lines(self, request, pk):
        """Add a line for every area that is due in the plan's year and not in the plan."""
        plan = self.get_object()
        propose_lines(actor=request.user, plan_id=plan.pk, at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=PlanReasonSerializer, responses={202: ChangeSerializer})
    @action(detail=True, methods=["post"], url_path="put-in-force")
    def put_in_force(self, request, pk):
        """Ask that a draft comes into force; somebody else agrees."""
        plan = self.get_object()
        command = PlanReasonSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        asked = propose_plan(actor=request.user, plan_id=plan.pk, at=timezone.now(), **command.validated_data)
        return Response(ChangeSerializer(asked).data, status=status.HTTP_202_ACCEPTED)
