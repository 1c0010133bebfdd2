from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from identification.filters.scenarios import BowTieFilter, ScenarioFilter
from identification.models import (
    BowTie,
    RiskFactor,
    Scenario,
    ScenarioKind,
    ScenarioOutcome,
    ScenarioRevision,
    ScenarioShock,
)
from identification.models.scenarios import LONGEST_HORIZON
from identification.services.outcomes import record_outcome
from identification.services.scenarios import retire_scenario, revise_scenario, use_scenario, write_scenario
from products.models import BusinessLine
from risk.api.register import ReasonSerializer
from risk.models import Control, Risk
from risk.querysets.people import risk_people


class ShockSerializer(serializers.ModelSerializer):
    factor = serializers.CharField(source="factor.code")
    unit = serializers.CharField(source="factor.unit")

    class Meta:
        model = ScenarioShock
        fields = ["factor", "unit", "size"]
        read_only_fields = fields


class ScenarioRevisionSerializer(serializers.ModelSerializer):
    shocks = ShockSerializer(many=True, read_only=True)

    class Meta:
        model = ScenarioRevision
        fields = [
            "number", "narrative", "severity", "plausibility", "horizon_months", "shocks", "written_by", "written_at",
        ]  # fmt: skip
        read_only_fields = fields


class ScenarioOutcomeSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    revision = serializers.IntegerField(source="revision.number")
    risk = serializers.CharField(source="risk.reference", default=None)
    matrix = serializers.IntegerField(source="matrix.version")

    class Meta:
        model = ScenarioOutcome
        fields = [
            "id", "revision", "risk", "held_on", "participants", "expected", "currency", "loss_low", "loss_likely",
            "loss_high", "matrix", "likelihood", "impact", "score", "level", "response", "recorded_by", "recorded_at",
        ]  # fmt: skip
        read_only_fields = fields


class ScenarioSerializer(serializers.ModelSerializer):
    revision = ScenarioRevisionSerializer(read_only=True)

    class Meta:
        model = Scenario
        fields = ["reference", "name", "kind", "line", "owner", "state", "revision", "created_at"]
        read_only_fields = fields


class ShockOfSerializer(serializers.Serializer):
    factor = serializers.SlugRelatedField(slug_field="code", queryset=RiskFactor.objects.all())
    size = serializers.DecimalField(max_digits=12, decimal_places=4)


class ReviseScenarioSerializer(serializers.Serializer):
    narrative = serializers.CharField(min_length=10, max_length=10_000)
    severity = serializers.CharField(max_length=200)
    plausibility = serializers.CharField(max_length=200)
    horizon_months = serializers.IntegerField(min_value=1, max_value=LONGEST_HORIZON)
    shocks = ShockOfSerializer(many=True, default=list)

    def validate_shocks(self, rows):
        """What the service takes: sizes by the codes of their factors; of two for one factor the last would hide one."""
        sizes = {row["factor"].code: row["size"] for row in rows}
        if len(sizes) < len(rows):
            raise serializers.ValidationError("Name each factor once.")
        return sizes


class WriteScenarioSerializer(ReviseScenarioSerializer):
    name = serializers.CharField(max_length=160)
    kind = serializers.ChoiceField(choices=ScenarioKind.choices)
    line = serializers.PrimaryKeyRelatedField(queryset=BusinessLine.objects.all(), allow_null=True, default=None)
    owner = serializers.PrimaryKeyRelatedField(queryset=risk_people())


class RecordOutcomeSerializer(serializers.Serializer):
    risk = serializers.SlugRelatedField(
        slug_field="reference", queryset=Risk.objects.all(), allow_null=True, default=None
    )
    held_on = serializers.DateField()
    participants = serializers.PrimaryKeyRelatedField(queryset=risk_people(), many=True, allow_empty=False)
    expected = serializers.CharField(min_length=10, max_length=10_000)
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    loss_low = serializers.DecimalField(max_digits=24, decimal_places=2, min_value=0)
    loss_likely = serializers.DecimalField(max_digits=24, decimal_places=2, min_value=0)
    loss_high = serializers.DecimalField(max_digits=24, decimal_places=2, min_value=0)
    likelihood = serializers.IntegerField(min_value=1)
    impact = serializers.IntegerField(min_value=1)
    response = serializers.CharField(min_length=10, max_length=10_000)


class ScenarioViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Scenarios with the newest revision of what they say; the newest scenario first."""

    queryset = Scenario.objects.none()
    serializer_class = ScenarioSerializer
    filterset_class = ScenarioFilter
    lookup_field = "reference"
    keyset_order = ["-created_at", "-id"]
    permission_map = {
        "create": "identification.add_scenario",
        "revise": "identification.change_scenario",
        "use": "identification.change_scenario",
        "retire": "identification.change_scenario",
        "record_outcome": "identification.add_scenariooutcome",
    }

    def get_queryset(self):
        return Scenario.objects.visible_to(self.request.user).for_list().prefetch_related("revision__shocks__factor")

    @extend_schema(request=WriteScenarioSerializer, responses={201: ScenarioSerializer})
    def create(self, request):
        """Write a scenario as a draft, with its first revision."""
        command = WriteScenarioSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        found = dict(command.validated_data)
        line = found.pop("line")
        made = write_scenario(actor=request.user, at=timezone.now(), line_id=line.pk if line else None, **found)
        return Response(self._shown(made.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=ReviseScenarioSerializer, responses=ScenarioSerializer)
    @action(detail=True, methods=["post"])
    def revise(self, request, reference):
        """Say anew what happens: the next revision. Outcomes keep the one that was discussed."""
        return self._act(ReviseScenarioSerializer, revise_scenario, at=timezone.now())

    @extend_schema(request=None, responses=ScenarioSerializer)
    @action(detail=True, methods=["post"])
    def use(self, request, reference):
        """Put a draft in use."""
        return self._act(serializers.Serializer, use_scenario)

    @extend_schema(request=ReasonSerializer, responses=ScenarioSerializer)
    @action(detail=True, methods=["post"])
    def retire(self, request, reference):
        """Retire a scenario for a reason."""
        return self._act(ReasonSerializer, retire_scenario)

    @extend_schema(responses=ScenarioOutcomeSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def outcomes(self, request, reference):
        """What people who discussed the scenario expect, the last discussion first."""
        seen = ScenarioOutcome.objects.visible_to(request.user).filter(revision__scenario=self.get_object())
        return Response(ScenarioOutcomeSerializer(seen.for_list(), many=True).data)

    @extend_schema(request=RecordOutcomeSerializer, responses={201: ScenarioOutcomeSerializer})
    @outcomes.mapping.post
    def record_outcome(self, request, reference):
        """Record what is expected for one risk."""
        command = RecordOutcomeSerializer(data=request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        made = record_outcome(actor=request.user, scenario_id=pk, at=timezone.now(), **command.validated_data)
        return Response(ScenarioOutcomeSerializer(made).data, status=status.HTTP_201_CREATED)

    def _act(self, serializer, service, **more):
        command = serializer(data=self.request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        service(actor=self.request.user, scenario_id=pk, **command.validated_data, **more)
        return Response(self._shown(pk))

    def _shown(self, pk):
        return self.get_serializer(self.get_queryset().get(pk=pk)).data


class BarrierSerializer(serializers.Serializer):
    control = serializers.SerializerMethodField()
    text = serializers.CharField()
    conclusion = serializers.CharField()

    def get_control(self, barrier) -> str | None:
        """Its code, for whoever sees the control."""
        return barrier.control.code if barrier.control_id in self.context["seen"] else None


class ThreatSerializer(serializers.Serializer):
    text = serializers.CharField()
    kind = serializers.CharField(source="cause.code", default=None)
    barriers = BarrierSerializer(many=True)


class ConsequenceSerializer(serializers.Serializer):
    text = serializers.CharField()
    kind = serializers.CharField(source="consequence.code", default=None)
    barriers = BarrierSerializer(many=True)


class BowTieSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    risk = serializers.CharField(source="risk.reference")
    scenario = serializers.CharField(source="scenario.reference", default=None)
    threats = ThreatSerializer(many=True)
    consequences = ConsequenceSerializer(many=True, source="results")

    class Meta:
        model = BowTie
        fields = ["id", "risk", "scenario", "event", "threats", "consequences", "drawn_by", "drawn_at"]
        read_only_fields = fields


class BowTieViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Bow-ties of risks: causes and consequences, each with its barriers and what their last tests say."""

    queryset = BowTie.objects.none()
    serializer_class = BowTieSerializer
    filterset_class = BowTieFilter
    keyset_order = ["-drawn_at", "-id"]

    def get_queryset(self):
        return BowTie.objects.visible_to(self.request.user).with_paths()

    def get_serializer_context(self):
        seen = Control.objects.visible_to(self.request.user).filter(barriers__isnull=False)
        return super().get_serializer_context() | {"seen": set(seen.values_list("pk", flat=True))}
