from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from risk.api.asking import Asking, SeenField
from risk.filters.response import ControlFilter, TreatmentFilter
from risk.models import (
    AutomatedRun,
    Control,
    ControlTest,
    ControlTestItem,
    Effectiveness,
    Risk,
    Treatment,
    TreatmentState,
    TreatmentTask,
)
from risk.services.controls import begin_test, finish_test, record_control
from risk.services.treatments import add_task, begin_treatment, end_treatment, finish_task


class ControlSerializer(serializers.ModelSerializer):
    conclusion = serializers.CharField(source="last_test.conclusion", default="")
    tested_at = serializers.DateTimeField(source="last_test.finished_at", default=None)
    passed = serializers.BooleanField(source="last_run.passed", default=None)

    class Meta:
        model = Control
        fields = [
            "code", "name", "description", "kind", "frequency", "is_automated", "is_key", "line", "owner", "conclusion",
            "tested_at", "measure", "tolerance", "passed",
        ]  # fmt: skip
        read_only_fields = fields


class AutomatedRunSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    control = serializers.CharField(source="control.code")

    class Meta:
        model = AutomatedRun
        fields = [
            "id",
            "control",
            "measure",
            "as_of",
            "population",
            "exceptions",
            "tolerance",
            "passed",
            "keys",
            "ran_at",
        ]
        read_only_fields = fields


class AutomatedRunViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Tests of controls that the nightly run made by SQL, newest first; `keys` are the first hundred exceptions."""

    queryset = AutomatedRun.objects.none()
    serializer_class = AutomatedRunSerializer
    filterset_fields = {"control__code": ["exact"], "passed": ["exact"]}
    keyset_order = ["-as_of", "-id"]
    permission_map = {"list": "risk.view_control", "retrieve": "risk.view_control"}

    def get_queryset(self):
        seen = Control.objects.visible_to(self.request.user)
        return AutomatedRun.objects.filter(control__in=seen).select_related("control")


class RecordControlSerializer(serializers.ModelSerializer):
    risks = SeenField("reference", queryset=Risk.objects.all(), many=True, default=list)

    class Meta:
        model = Control
        fields = [
            "code", "name", "description", "kind", "frequency", "is_automated", "is_key", "line", "owner", "risks",
        ]  # fmt: skip


class ControlTestItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = ControlTestItem
        fields = ["position", "key", "passed"]
        read_only_fields = fields


class ControlTestSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    control = serializers.CharField(source="control.code")
    items = ControlTestItemSerializer(many=True, read_only=True)

    class Meta:
        model = ControlTest
        fields = [
            "id", "control", "tester", "begun_at", "seed", "counted", "sha256", "required", "items", "finished_at",
            "conclusion", "reason",
        ]  # fmt: skip
        read_only_fields = fields


class BeginTestSerializer(serializers.Serializer):
    items = serializers.ListField(child=serializers.CharField(max_length=120), max_length=20_000)
    seed = serializers.CharField(max_length=60)


class FinishTestSerializer(serializers.Serializer):
    """`passed` says for each position of the sample whether the control worked."""

    passed = serializers.DictField(child=serializers.BooleanField())
    conclusion = serializers.ChoiceField(choices=Effectiveness.choices)
    reason = serializers.CharField(min_length=10, max_length=10_000)

    def validate_passed(self, value):
        if not all(position.isdecimal() for position in value):
            raise serializers.ValidationError("Name items by their position, such as 1.")
        return {int(position): worked for position, worked in value.items()}


class TreatmentTaskSerializer(serializers.ModelSerializer):
    id = serializers.CharField()

    class Meta:
        model = TreatmentTask
        fields = ["id", "title", "owner", "due_on", "done_at", "evidence"]
        read_only_fields = fields


class TreatmentSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    risk = serializers.CharField(source="risk.reference")
    tasks = TreatmentTaskSerializer(many=True, read_only=True)

    class Meta:
        model = Treatment
        fields = [
            "id", "risk", "strategy", "title", "description", "owner", "state", "starts_on", "due_on", "cost", "currency",
            "ended_on", "outcome", "tasks",
        ]  # fmt: skip
        read_only_fields = fields


class BeginTreatmentSerializer(serializers.ModelSerializer):
    risk = SeenField("reference", queryset=Risk.objects.all())

    class Meta:
        model = Treatment
        fields = [
            "risk", "strategy", "title", "description", "owner", "starts_on", "due_on", "cost", "currency", "indicator",
        ]  # fmt: skip


class AddTaskSerializer(serializers.ModelSerializer):
    class Meta:
        model = TreatmentTask
        fields = ["title", "owner", "due_on"]


class FinishTaskSerializer(serializers.Serializer):
    task = serializers.IntegerField(min_value=1)
    evidence = serializers.CharField(max_length=10_000)


class EndTreatmentSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=[TreatmentState.DONE, TreatmentState.DROPPED])
    outcome = serializers.CharField(min_length=10, max_length=10_000)


class ControlViewSet(Asking):
    """The control library, with what the last finished test of each concluded."""

    queryset = Control.objects.none()
    serializer_class = ControlSerializer
    filterset_class = ControlFilter
    lookup_field = "code"
    keyset_order = ["code"]
    permission_map = {"create": "risk.add_control", "test": "risk.test_control"}

    @extend_schema(request=RecordControlSerializer, responses={201: ControlSerializer})
    def create(self, request):
        """Record a control, with the risks that it is for."""
        made = record_control(actor=request.user, **self.asked(RecordControlSerializer))
        return self.shown(made.code, status.HTTP_201_CREATED)

    @extend_schema(request=BeginTestSerializer, responses={201: ControlTestSerializer})
    @action(detail=True, methods=["post"])
    def test(self, request, code):
        """Begin a test: a sample is drawn from what the control did. Its owner does not test it."""
        pk, asked = self.get_object().pk, self.asked(BeginTestSerializer)
        made = begin_test(
            actor=request.user, control_id=pk, items="\n".join(asked["items"]), seed=asked["seed"], at=timezone.now()
        )
        return Response(ControlTestSerializer(made).data, status=status.HTTP_201_CREATED)


class ControlTestViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Tests of controls with their samples, the newest first; a finished one never changes."""

    queryset = ControlTest.objects.none()
    serializer_class = ControlTestSerializer
    filterset_fields = {"control__code": ["exact"], "conclusion": ["exact"]}
    keyset_order = ["-begun_at", "-id"]
    permission_map = {"list": "risk.view_control", "retrieve": "risk.view_control", "finish": "risk.test_control"}

    def get_queryset(self):
        seen = ControlTest.objects.filter(control__in=Control.objects.visible_to(self.request.user))
        return seen.select_related("control").prefetch_related("items")

    @extend_schema(request=FinishTestSerializer, responses=ControlTestSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request, pk):
        """Finish a test that one has begun: each item worked or failed, and what follows."""
        command, found = FinishTestSerializer(data=request.data), self.get_object()
        command.is_valid(raise_exception=True)
        finish_test(actor=request.user, test_id=found.pk, at=timezone.now(), **command.validated_data)
        return Response(ControlTestSerializer(self.get_queryset().get(pk=found.pk)).data)


class TreatmentViewSet(Asking):
    """How risks are answered, by the day until which."""

    queryset = Treatment.objects.none()
    serializer_class = TreatmentSerializer
    filterset_class = TreatmentFilter
    lookup_field = "pk"
    keyset_order = ["due_on", "id"]
    permission_map = {
        "create": "risk.add_treatment",
        "task": "risk.change_treatment",
        "done": "risk.change_treatment",
        "end": "risk.change_treatment",
    }

    def get_queryset(self):
        return super().get_queryset().prefetch_related("tasks")

    @extend_schema(request=BeginTreatmentSerializer, responses={201: TreatmentSerializer})
    def create(self, request):
        """Begin to answer a risk. Who accepts one says why."""
        asked = self.asked(BeginTreatmentSerializer)
        made = begin_treatment(actor=request.user, risk_id=asked.pop("risk").pk, at=timezone.now(), **asked)
        return self.shown(made.pk, status.HTTP_201_CREATED)

    @extend_schema(request=AddTaskSerializer, responses=TreatmentSerializer)
    @action(detail=True, methods=["post"])
    def task(self, request, pk):
        """Add a task."""
        found = self.get_object()
        add_task(actor=request.user, treatment_id=found.pk, **self.asked(AddTaskSerializer))
        return self.shown(found.pk)

    @extend_schema(request=FinishTaskSerializer, responses=TreatmentSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request, pk):
        """Say that a task is done, and by what one sees it."""
        found, asked = self.get_object(), self.asked(FinishTaskSerializer)
        if not found.tasks.filter(pk=asked["task"]).exists():
            raise serializers.ValidationError({"task": "This treatment has no such task."})
        finish_task(actor=request.user, task_id=asked["task"], evidence=asked["evidence"], at=timezone.now())
        return self.shown(found.pk)

    @extend_schema(request=EndTreatmentSerializer, responses=TreatmentSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request, pk):
        """End a treatment as done or dropped, with what came of it."""
        found = self.get_object()
        end_treatment(
            actor=request.user, treatment_id=found.pk, at=timezone.now(), **self.asked(EndTreatmentSerializer)
        )
        return self.shown(found.pk)
