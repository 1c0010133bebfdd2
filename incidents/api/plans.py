from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from incidents.filters.plans import PlanFilter
from incidents.models import Activation, ActivationCall, ActivationEntry, ActivationStep, Plan, PlanVersion
from incidents.services.calls import mark_reached


class PlanVersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = PlanVersion
        fields = ["number", "triggers", "calls", "steps", "tree", "written_by", "written_at"]
        read_only_fields = fields


class PlanSerializer(serializers.ModelSerializer):
    version = PlanVersionSerializer(read_only=True)

    class Meta:
        model = Plan
        fields = ["code", "name", "line", "owner", "indicator", "band", "version"]
        read_only_fields = fields


class ActivationStepSerializer(serializers.ModelSerializer):
    class Meta:
        model = ActivationStep
        fields = ["position", "title", "role", "due_at", "taken_by", "taken_at", "done_by", "done_at"]
        read_only_fields = fields


class ActivationCallSerializer(serializers.ModelSerializer):
    class Meta:
        model = ActivationCall
        fields = [
            "position", "level", "person", "deputy", "caller", "due_at", "escalated_at", "reached", "reached_at", "noted_by",
        ]  # fmt: skip
        read_only_fields = fields


class ReachedSerializer(serializers.Serializer):
    position = serializers.IntegerField(min_value=1, max_value=1_000)
    by_deputy = serializers.BooleanField(default=False)


class ActivationEntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = ActivationEntry
        fields = ["at", "by", "text"]
        read_only_fields = fields


class ActivationSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    plan = serializers.CharField(source="plan.code")
    case = serializers.SerializerMethodField()
    steps = ActivationStepSerializer(many=True, read_only=True)
    calls = ActivationCallSerializer(many=True, read_only=True)
    entries = ActivationEntrySerializer(many=True, read_only=True)

    class Meta:
        model = Activation
        fields = [
            "id", "plan", "case", "is_drill", "reason", "activated_by", "activated_at", "ended_at", "outcome", "lessons",
            "score", "steps", "calls", "entries",
        ]  # fmt: skip
        read_only_fields = fields

    def get_case(self, activation) -> str | None:
        """Whoever is called by a plan need not see cases."""
        sees = self.context["request"].user.has_perm("incidents.view_case")
        return activation.case.reference if activation.case and sees else None


class PlanViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Contingency plans with the version in force of each."""

    queryset = Plan.objects.none()
    serializer_class = PlanSerializer
    filterset_class = PlanFilter
    lookup_field = "code"
    keyset_order = ["code"]

    def get_queryset(self):
        return Plan.objects.visible_to(self.request.user).for_list()


class ActivationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Plans as they were carried out, in earnest or as drills, with their steps and what was written; newest first."""

    queryset = Activation.objects.none()
    serializer_class = ActivationSerializer
    filterset_fields = {"plan__code": ["exact"], "is_drill": ["exact"]}
    keyset_order = ["-activated_at", "-id"]
    permission_map = {
        "list": "incidents.view_plan",
        "retrieve": "incidents.view_plan",
        "reach": "incidents.work_activation",
    }

    def get_queryset(self):
        return Activation.objects.visible_to(self.request.user).for_list().prefetch_related("steps", "calls", "entries")

    @extend_schema(request=ReachedSerializer, responses=ActivationSerializer)
    @action(detail=True, methods=["post"])
    def reach(self, request, pk):
        """Note that somebody of the call tree, or their deputy, was reached."""
        activation, command = self.get_object(), ReachedSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        call = get_object_or_404(activation.calls, position=command.validated_data["position"])
        by_deputy = command.validated_data["by_deputy"]
        mark_reached(actor=request.user, call_id=call.pk, by_deputy=by_deputy, at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)
