from rest_framework import mixins, serializers, viewsets

from incidents.filters.plans import PlanFilter
from incidents.models import Activation, ActivationEntry, ActivationStep, Plan, PlanVersion


class PlanVersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = PlanVersion
        fields = ["number", "triggers", "calls", "steps", "written_by", "written_at"]
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
    entries = ActivationEntrySerializer(many=True, read_only=True)

    class Meta:
        model = Activation
        fields = [
            "id", "plan", "case", "is_drill", "reason", "activated_by", "activated_at", "ended_at", "outcome", "lessons",
            "score", "steps", "entries",
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
    permission_map = {"list": "incidents.view_plan", "retrieve": "incidents.view_plan"}

    def get_queryset(self):
        return Activation.objects.visible_to(self.request.user).for_list().prefetch_related("steps", "entries")
