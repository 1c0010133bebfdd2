from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from assessment.evidence import evidence_lines
from assessment.filters.assessments import AssessmentFilter
from assessment.models import (
    AssessedControl,
    AssessedRating,
    Assessment,
    Figure,
    Method,
    MethodResult,
    Novelty,
    Panel,
)
from assessment.services.assessments import begin_assessment, take_stock, withdraw_assessment
from assessment.services.carrying import changes_since
from assessment.services.decisions import approve_assessment, decide_rating, send_back, submit_assessment
from assessment.services.results import judge_by_data, judge_by_model, judge_by_panel, judge_by_scenario
from risk.api.asking import Asking, SeenField
from risk.models import RatingKind, Risk


class MethodResultSerializer(serializers.ModelSerializer):
    panel = serializers.CharField(source="panel.reference", default=None)
    evidence = serializers.SerializerMethodField()

    class Meta:
        model = MethodResult
        fields = ["kind", "method", "likelihood", "impact", "evidence", "model", "model_version", "panel", "note",
                  "recorded_by", "recorded_at"]  # fmt: skip
        read_only_fields = fields

    def get_evidence(self, one) -> list[str]:
        return evidence_lines(one)


class AssessedControlSerializer(serializers.ModelSerializer):
    control = serializers.CharField(source="control.code")

    class Meta:
        model = AssessedControl
        fields = ["position", "control", "kind", "effectiveness", "steps"]
        read_only_fields = fields


class AssessedRatingSerializer(serializers.ModelSerializer):
    class Meta:
        model = AssessedRating
        fields = ["kind", "likelihood", "impact", "score", "level", "basis", "model_version", "reason", "carried"]
        read_only_fields = fields


class ChangedFactSerializer(serializers.Serializer):
    label = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class AssessmentSerializer(serializers.ModelSerializer):
    risk = serializers.CharField(source="risk.reference")
    matrix = serializers.IntegerField(source="matrix.version")
    previous = serializers.CharField(source="previous.reference", default=None)
    results = MethodResultSerializer(many=True)
    layers = AssessedControlSerializer(many=True)
    decisions = AssessedRatingSerializer(many=True)

    class Meta:
        model = Assessment
        fields = [
            "reference", "risk", "matrix", "state", "novelty", "data", "proposed", "methods", "mix_why", "departure",
            "previous", "results", "layers", "decisions", "begun_by", "begun_at", "decided_by", "decided_at",
            "content_hash", "approved_by", "approved_at", "void_because", "note",
        ]  # fmt: skip
        read_only_fields = fields


class NewAssessmentSerializer(serializers.Serializer):
    risk = SeenField("reference", queryset=Risk.objects.all())
    novelty = serializers.ChoiceField(Novelty.choices)
    methods = serializers.ListField(child=serializers.ChoiceField(Method.choices), required=False)
    departure = serializers.CharField(max_length=2_000, required=False)


class ByModelSerializer(serializers.Serializer):
    kind = serializers.ChoiceField([RatingKind.INHERENT.value, RatingKind.RESIDUAL.value])
    model = serializers.CharField(max_length=120)
    model_version = serializers.CharField(max_length=80)
    figure = serializers.ChoiceField(
        [one for one in Figure.values if one != Figure.LOSS], required=False, help_text="What `value` is."
    )
    value = serializers.DecimalField(max_digits=18, decimal_places=4, required=False)
    loss = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=0, required=False)
    currency = serializers.CharField(max_length=3, required=False)
    note = serializers.CharField(max_length=10_000, required=False)


class ByPanelSerializer(serializers.Serializer):
    panel = SeenField("reference", queryset=Panel.objects.all())

    def validate(self, attrs):
        return {"panel_id": attrs["panel"].pk}


class ByScenarioSerializer(serializers.Serializer):
    outcome = serializers.IntegerField(source="outcome_id")


class DecideRatingSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(RatingKind.choices)
    likelihood = serializers.IntegerField()
    impact = serializers.IntegerField()
    reason = serializers.CharField(min_length=10, max_length=2_000)


class ApprovalSerializer(serializers.Serializer):
    content_hash = serializers.RegexField(r"^[0-9a-f]{64}$")


class AssessmentReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=10, max_length=10_000)


class AssessmentViewSet(Asking):
    """Assessments of risks that one sees, the last begun first."""

    queryset = Assessment.objects.none()
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter
    keyset_order = ["-begun_at", "-id"]
    record_key = "assessment_id"
    permission_map = {
        "create": "assessment.add_assessment",
        "by_data": "assessment.add_assessment",
        "by_model": "assessment.add_assessment",
        "by_panel": "assessment.add_assessment",
        "by_scenario": "assessment.add_assessment",
        "stock": "assessment.add_assessment",
        "withdraw": "assessment.add_assessment",
        "decide": "assessment.decide_assessment",
        "submit": "assessment.decide_assessment",
        "approve": "assessment.approve_assessment",
        "send_back": "assessment.approve_assessment",
    }

    def get_queryset(self):
        more = ("results__panel", "layers__control", "previous")
        return super().get_queryset().select_related("matrix").prefetch_related(*more)

    @extend_schema(request=NewAssessmentSerializer, responses={201: AssessmentSerializer})
    def create(self, request):
        """Begin to judge a risk; without `methods` those are used that the rule proposes."""
        said = self.asked(NewAssessmentSerializer)
        made = begin_assessment(actor=request.user, risk_id=said.pop("risk").pk, at=timezone.now(), **said)
        return self.shown(made.reference, 201)

    @extend_schema(request=None, responses=AssessmentSerializer)
    @action(detail=True, methods=["post"])
    def by_data(self, request, reference):
        """Work out again what readings and losses say."""
        return self.act(judge_by_data)

    @extend_schema(request=ByModelSerializer, responses=AssessmentSerializer)
    @action(detail=True, methods=["post"])
    def by_model(self, request, reference):
        """Record what a model says; figures are mapped by the tables in force."""
        return self.act(judge_by_model, ByModelSerializer)

    @extend_schema(request=ByPanelSerializer, responses=AssessmentSerializer)
    @action(detail=True, methods=["post"])
    def by_panel(self, request, reference):
        """Take over what a finished panel said of the risk."""
        return self.act(judge_by_panel, ByPanelSerializer)

    @extend_schema(request=ByScenarioSerializer, responses=AssessmentSerializer)
    @action(detail=True, methods=["post"])
    def by_scenario(self, request, reference):
        """Take over an outcome of a scenario for the risk."""
        return self.act(judge_by_scenario, ByScenarioSerializer)

    @extend_schema(request=None, responses=AssessmentSerializer)
    @action(detail=True, methods=["post"])
    def stock(self, request, reference):
        """Take stock anew of the risk, its data and its controls."""
        return self.act(take_stock)

    @extend_schema(request=DecideRatingSerializer, responses=AssessmentSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request, reference):
        """Decide a rating as the owner of the risk."""
        return self.act(decide_rating, DecideRatingSerializer)

    @extend_schema(request=None, responses=AssessmentSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request, reference):
        """Send what was decided to be approved."""
        return self.act(submit_assessment)

    @extend_schema(request=ApprovalSerializer, responses=AssessmentSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request, reference):
        """Approve exactly what `content_hash` names."""
        return self.act(approve_assessment, ApprovalSerializer)

    @extend_schema(request=AssessmentReasonSerializer, responses=AssessmentSerializer)
    @action(detail=True, methods=["post"])
    def send_back(self, request, reference):
        """Give it back to be judged further."""
        return self.act(send_back, AssessmentReasonSerializer)

    @extend_schema(request=AssessmentReasonSerializer, responses=AssessmentSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, reference):
        """End an open assessment without a result."""
        return self.act(withdraw_assessment, AssessmentReasonSerializer)

    @extend_schema(responses=ChangedFactSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def changes(self, request, reference):
        """What has changed since the assessment before."""
        return Response(ChangedFactSerializer(changes_since(self.get_object()), many=True).data)
