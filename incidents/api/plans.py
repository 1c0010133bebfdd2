from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from incidents.filters.plans import PlanFilter
from incidents.models import Activation, ActivationCall, ActivationEntry, ActivationStep, Case, Plan, PlanVersion
from incidents.people import called_people
from incidents.services.activations import activate, end_activation, finish_step, take_step, write_on_board
from incidents.services.calls import mark_reached
from incidents.services.plans import record_plan, write_version
from risk.api.asking import Asking, SeenField
from risk.models import Risk
from staff.api.changes import ChangeSerializer
from staff.services.changes import propose


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


class RecordPlanSerializer(serializers.ModelSerializer):
    risks = SeenField("reference", queryset=Risk.objects.all(), many=True, default=list)

    class Meta:
        model = Plan
        fields = ["code", "name", "line", "owner", "indicator", "band", "risks"]


class WriteVersionSerializer(serializers.Serializer):
    """`steps` has one a line: minutes after the start, the role that does it (or none), what to do. `tree` has one a line,
    indented under who calls them: minutes, the person's address, and after a stroke the deputy's."""

    triggers = serializers.CharField(max_length=10_000)
    steps = serializers.CharField(max_length=20_000)
    calls = serializers.PrimaryKeyRelatedField(queryset=called_people(), many=True, default=list)
    tree = serializers.CharField(max_length=10_000, allow_blank=True, trim_whitespace=False, default="")
    reason = serializers.CharField(min_length=10, max_length=2_000)


class ActivateSerializer(serializers.Serializer):
    is_drill = serializers.BooleanField(default=False)
    case = SeenField("reference", queryset=Case.objects.all(), allow_null=True, default=None)
    reason = serializers.CharField(min_length=10, max_length=2_000)


class BoardTextSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=10_000)


class StepSerializer(serializers.Serializer):
    position = serializers.IntegerField(min_value=1)
    done = serializers.BooleanField(default=False)


class EndActivationSerializer(serializers.Serializer):
    outcome = serializers.CharField(max_length=10_000)
    lessons = serializers.CharField(max_length=10_000, allow_blank=True, default="")
    score = serializers.IntegerField(min_value=1, max_value=5, allow_null=True, default=None)


class PlanViewSet(Asking):
    """Contingency plans with the version in force of each."""

    queryset = Plan.objects.none()
    serializer_class = PlanSerializer
    filterset_class = PlanFilter
    lookup_field = "code"
    keyset_order = ["code"]
    permission_map = {
        "create": "incidents.add_plan",
        "version": "incidents.change_plan",
        "activate": "incidents.activate_plan",
    }

    @extend_schema(request=RecordPlanSerializer, responses={201: PlanSerializer})
    def create(self, request):
        """Add a plan without a version yet."""
        made = record_plan(actor=request.user, **self.asked(RecordPlanSerializer))
        return self.shown(made.code, status.HTTP_201_CREATED)

    @extend_schema(request=WriteVersionSerializer, responses={202: ChangeSerializer})
    @action(detail=True, methods=["post"])
    def version(self, request, code):
        """Write the next version; it is in force once somebody else has approved it."""
        found, asked, at = self.get_object(), dict(self.asked(WriteVersionSerializer)), timezone.now()
        reason = asked.pop("reason")
        made = write_version(actor=request.user, plan_id=found.pk, at=at, **asked)
        arguments = {"plan_id": found.pk, "version_id": made.pk}
        change = propose(
            actor=request.user, command="incidents.plan.in_force", arguments=arguments, reason=reason, at=at
        )
        return Response(ChangeSerializer(change).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=ActivateSerializer, responses={201: ActivationSerializer})
    @action(detail=True, methods=["post"])
    def activate(self, request, code):
        """Turn the version in force into a live board, in earnest or as a drill."""
        found = self.get_object()
        made = activate(actor=request.user, plan_id=found.pk, at=timezone.now(), **self.asked(ActivateSerializer))
        shown = ActivationSerializer(made, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_201_CREATED)


class ActivationViewSet(Asking):
    """Plans as they were carried out, in earnest or as drills, with their steps and what was written; newest first."""

    queryset = Activation.objects.none()
    serializer_class = ActivationSerializer
    filterset_fields = {"plan__code": ["exact"], "is_drill": ["exact"]}
    lookup_field = "pk"
    keyset_order = ["-activated_at", "-id"]
    permission_map = {
        "list": "incidents.view_plan",
        "retrieve": "incidents.view_plan",
        "reach": "incidents.work_activation",
        "write": "incidents.work_activation",
        "step": "incidents.work_activation",
        "end": "incidents.activate_plan",
    }

    def get_queryset(self):
        return super().get_queryset().prefetch_related("steps", "calls", "entries")

    @extend_schema(request=BoardTextSerializer, responses=ActivationSerializer)
    @action(detail=True, methods=["post"])
    def write(self, request, pk):
        """Write on the board what was decided or seen."""
        found, asked = self.get_object(), self.asked(BoardTextSerializer)
        write_on_board(actor=request.user, activation_id=found.pk, at=timezone.now(), **asked)
        return self.shown(found.pk)

    @extend_schema(request=StepSerializer, responses=ActivationSerializer)
    @action(detail=True, methods=["post"])
    def step(self, request, pk):
        """Take a step, or say that it is done."""
        found, asked = self.get_object(), self.asked(StepSerializer)
        step = found.steps.filter(position=asked["position"]).first()
        if step is None:
            raise serializers.ValidationError({"position": "This board has no such step."})
        service = finish_step if asked["done"] else take_step
        service(actor=request.user, step_id=step.pk, at=timezone.now())
        return self.shown(found.pk)

    @extend_schema(request=EndActivationSerializer, responses=ActivationSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request, pk):
        """End it with how it ended; a drill with a score."""
        found, asked = self.get_object(), self.asked(EndActivationSerializer)
        end_activation(actor=request.user, activation_id=found.pk, at=timezone.now(), **asked)
        return self.shown(found.pk)

    @extend_schema(request=ReachedSerializer, responses=ActivationSerializer)
    @action(detail=True, methods=["post"])
    def reach(self, request, pk):
        """Note that somebody of the call tree, or their deputy, was reached."""
        found, asked = self.get_object(), self.asked(ReachedSerializer)
        call = found.calls.filter(position=asked["position"]).first()
        if call is None:
            raise serializers.ValidationError({"position": "This board has no such call."})
        mark_reached(actor=request.user, call_id=call.pk, by_deputy=asked["by_deputy"], at=timezone.now())
        return self.shown(found.pk)
