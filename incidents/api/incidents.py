from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from incidents.filters.crises import CrisisFilter
from incidents.filters.incidents import IncidentFilter, LossFilter
from incidents.models import (
    Case,
    Crisis,
    CrisisDecision,
    Incident,
    IncidentClock,
    IncidentEntry,
    IncidentKind,
    LossEntry,
    LossEvent,
    LossKind,
)
from incidents.people import incident_people
from incidents.services.crises import decide_in_crisis, declare_crisis, end_crisis
from incidents.services.incidents import close_incident, reach_stage, report_incident, write_in_incident
from incidents.services.losses import add_entry, classify_loss, record_loss
from risk.api.asking import Asking, SeenField
from risk.models import BaselType, Risk, RiskLevel


class IncidentNoticeSerializer(serializers.ModelSerializer):
    """A notice that an incident owes."""

    told = serializers.CharField(source="rule.told")
    jurisdiction = serializers.CharField(source="rule.jurisdiction")
    source = serializers.CharField(source="rule.source")

    class Meta:
        model = IncidentClock
        fields = ["told", "jurisdiction", "source", "due_at", "met_at", "note"]
        read_only_fields = fields


class IncidentSerializer(serializers.ModelSerializer):
    risk = serializers.CharField(source="risk.reference", default=None)
    case = serializers.CharField(source="case.reference", default=None)
    notices = IncidentNoticeSerializer(source="clocks", many=True)

    class Meta:
        model = Incident
        fields = [
            "reference", "title", "kind", "severity", "line", "risk", "case", "owner", "jurisdictions", "occurred_at",
            "detected_at", "contained_at", "resolved_at", "closed_at", "text", "root_cause", "post_mortem", "notices",
        ]  # fmt: skip
        read_only_fields = fields


class IncidentEntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = IncidentEntry
        fields = ["at", "by", "told", "text"]
        read_only_fields = fields


class ReportIncidentSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=160)
    kind = serializers.ChoiceField(choices=IncidentKind.choices)
    severity = serializers.ChoiceField(choices=RiskLevel.choices)
    owner = serializers.PrimaryKeyRelatedField(queryset=incident_people())
    occurred_at = serializers.DateTimeField()
    detected_at = serializers.DateTimeField()
    jurisdictions = serializers.ListField(child=serializers.CharField(max_length=2), default=list, max_length=20)
    risk = SeenField("reference", queryset=Risk.objects.all(), allow_null=True, default=None)
    case = SeenField("reference", queryset=Case.objects.all(), allow_null=True, default=None)
    text = serializers.CharField(allow_blank=True, default="", max_length=10_000)


class TimelineSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=10_000)
    told = serializers.CharField(max_length=160, allow_blank=True, default="")
    happened_at = serializers.DateTimeField(allow_null=True, default=None)


class StageSerializer(serializers.Serializer):
    stage = serializers.ChoiceField(choices=["contained", "resolved"])
    reached_at = serializers.DateTimeField()
    text = serializers.CharField(max_length=10_000)


class CloseIncidentSerializer(serializers.Serializer):
    root_cause = serializers.CharField(min_length=10, max_length=10_000)
    post_mortem = serializers.CharField(min_length=10, max_length=20_000)


class IncidentViewSet(Asking):
    """Incidents, the newest first, each with the notices that it owes."""

    queryset = Incident.objects.none()
    serializer_class = IncidentSerializer
    filterset_class = IncidentFilter
    keyset_order = ["-detected_at", "-id"]
    permission_map = {
        "create": "incidents.add_incident",
        "write": "incidents.change_incident",
        "stage": "incidents.change_incident",
        "close": "incidents.change_incident",
    }

    def get_queryset(self):
        return super().get_queryset().prefetch_related("clocks__rule")

    @extend_schema(request=ReportIncidentSerializer, responses={201: IncidentSerializer})
    def create(self, request):
        """Report an incident; the clocks of its kind and places start with its detection."""
        found = report_incident(actor=request.user, at=timezone.now(), **self.asked(ReportIncidentSerializer))
        return self.shown(found.reference, status.HTTP_201_CREATED)

    @extend_schema(request=TimelineSerializer, responses=IncidentEntrySerializer)
    @action(detail=True, methods=["post"])
    def write(self, request, reference):
        """Add a line to the timeline, or what was told to whom."""
        pk = self.get_object().pk
        asked = self.asked(TimelineSerializer)
        entry = write_in_incident(actor=request.user, incident_id=pk, at=timezone.now(), **asked)
        return Response(IncidentEntrySerializer(entry).data)

    @extend_schema(request=StageSerializer, responses=IncidentSerializer)
    @action(detail=True, methods=["post"])
    def stage(self, request, reference):
        """Record when it was contained, then when it was resolved."""
        pk = self.get_object().pk
        found = reach_stage(actor=request.user, incident_id=pk, at=timezone.now(), **self.asked(StageSerializer))
        return self.shown(found.reference)

    @extend_schema(request=CloseIncidentSerializer, responses=IncidentSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request, reference):
        """Close a resolved incident whose notices were given. Its owner does."""
        pk = self.get_object().pk
        found = close_incident(
            actor=request.user, incident_id=pk, at=timezone.now(), **self.asked(CloseIncidentSerializer)
        )
        return self.shown(found.reference)


class LossEntrySerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=LossKind.choices)

    class Meta:
        model = LossEntry
        fields = ["id", "kind", "amount", "booked_on", "note", "reverses", "by", "at"]
        read_only_fields = fields


class LossSerializer(serializers.ModelSerializer):
    risk = serializers.CharField(source="risk.reference", default=None)
    incident = serializers.CharField(source="incident.reference", default=None)
    basel_type = serializers.CharField(source="basel_type.code", default=None)
    gross = serializers.DecimalField(max_digits=24, decimal_places=2)
    recovery = serializers.DecimalField(max_digits=24, decimal_places=2)
    insurance = serializers.DecimalField(max_digits=24, decimal_places=2)
    net = serializers.DecimalField(max_digits=24, decimal_places=2)
    unmatched = serializers.DecimalField(max_digits=24, decimal_places=2)

    class Meta:
        model = LossEvent
        fields = [
            "reference", "title", "text", "currency", "occurred_on", "discovered_on", "accounted_on", "line", "risk",
            "incident", "basel_type", "gross", "recovery", "insurance", "net", "unmatched",
        ]  # fmt: skip
        read_only_fields = fields


class RecordLossSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=160)
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    amount = serializers.DecimalField(max_digits=20, decimal_places=2)
    occurred_on = serializers.DateField()
    discovered_on = serializers.DateField()
    accounted_on = serializers.DateField(allow_null=True, default=None)
    risk = SeenField("reference", queryset=Risk.objects.all(), allow_null=True, default=None)
    incident = SeenField("reference", queryset=Incident.objects.all(), allow_null=True, default=None)
    basel_type = serializers.SlugRelatedField("code", queryset=BaselType.objects.all(), allow_null=True, default=None)
    text = serializers.CharField(allow_blank=True, default="", max_length=10_000)


class ClassifyLossSerializer(serializers.Serializer):
    basel_type = serializers.SlugRelatedField("code", queryset=BaselType.objects.all(), allow_null=True)
    reason = serializers.CharField(min_length=10, max_length=2_000)


class EnterLossSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=LossKind.choices)
    amount = serializers.DecimalField(max_digits=20, decimal_places=2)
    booked_on = serializers.DateField()
    note = serializers.CharField(max_length=200)


class LossViewSet(Asking):
    """The loss ledger: gross, what came back, and what no transaction explains."""

    queryset = LossEvent.objects.none()
    serializer_class = LossSerializer
    filterset_class = LossFilter
    keyset_order = ["-occurred_on", "-id"]
    permission_map = {
        "create": "incidents.add_lossevent",
        "enter": "incidents.change_lossevent",
        "classify": "incidents.change_lossevent",
    }

    @extend_schema(request=RecordLossSerializer, responses={201: LossSerializer})
    def create(self, request):
        """Record a loss with its gross amount."""
        found = record_loss(actor=request.user, at=timezone.now(), **self.asked(RecordLossSerializer))
        return self.shown(found.reference, status.HTTP_201_CREATED)

    @extend_schema(request=ClassifyLossSerializer, responses=LossSerializer)
    @action(detail=True, methods=["post"])
    def classify(self, request, reference):
        """Say of which Basel event type a loss is, by the type's code."""
        pk = self.get_object().pk
        found = classify_loss(actor=request.user, loss_id=pk, **self.asked(ClassifyLossSerializer))
        return self.shown(found.reference)

    @extend_schema(request=EnterLossSerializer, responses=LossEntrySerializer)
    @action(detail=True, methods=["post"])
    def enter(self, request, reference):
        """Add an amount: gross, a recovery, or insurance."""
        pk = self.get_object().pk
        entry = add_entry(actor=request.user, loss_id=pk, at=timezone.now(), **self.asked(EnterLossSerializer))
        return Response(LossEntrySerializer(entry).data)


class DecisionSerializer(serializers.ModelSerializer):
    class Meta:
        model = CrisisDecision
        fields = ["at", "by", "decision", "grounds", "carried_out_by"]
        read_only_fields = fields


class CrisisSerializer(serializers.ModelSerializer):
    decisions = DecisionSerializer(many=True)

    class Meta:
        model = Crisis
        fields = [
            "reference", "title", "message", "authority", "reason", "declared_by", "declared_at", "ended_by", "ended_at",
            "ending_reason", "decisions",
        ]  # fmt: skip
        read_only_fields = fields


class DeclareCrisisSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=120)
    message = serializers.CharField(max_length=300)
    authority = serializers.CharField(max_length=200)
    reason = serializers.CharField(max_length=10_000)
    incident = SeenField("reference", queryset=Incident.objects.all(), allow_null=True, default=None)


class DecideSerializer(serializers.Serializer):
    decision = serializers.CharField(max_length=10_000)
    grounds = serializers.CharField(max_length=10_000)
    carried_out_by = serializers.CharField(max_length=120, allow_blank=True, default="")


class EndCrisisSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=10, max_length=2_000)


class CrisisViewSet(Asking):
    """Crises with their decisions."""

    queryset = Crisis.objects.none()
    serializer_class = CrisisSerializer
    filterset_class = CrisisFilter
    keyset_order = ["-declared_at", "-id"]
    permission_map = {
        "create": "incidents.declare_crisis",
        "decide": "incidents.decide_crisis",
        "end": "incidents.declare_crisis",
    }

    def get_queryset(self):
        return super().get_queryset().prefetch_related("decisions")

    @extend_schema(request=DeclareCrisisSerializer, responses={201: CrisisSerializer})
    def create(self, request):
        """Declare a crisis; there is one at a time."""
        found = declare_crisis(actor=request.user, at=timezone.now(), **self.asked(DeclareCrisisSerializer))
        return self.shown(found.reference, status.HTTP_201_CREATED)

    @extend_schema(request=DecideSerializer, responses=DecisionSerializer)
    @action(detail=True, methods=["post"])
    def decide(self, request, reference):
        """Write down a decision with its grounds."""
        pk = self.get_object().pk
        made = decide_in_crisis(actor=request.user, crisis_id=pk, at=timezone.now(), **self.asked(DecideSerializer))
        return Response(DecisionSerializer(made).data)

    @extend_schema(request=EndCrisisSerializer, responses=CrisisSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request, reference):
        """End a crisis and say why it is over."""
        pk = self.get_object().pk
        found = end_crisis(actor=request.user, crisis_id=pk, at=timezone.now(), **self.asked(EndCrisisSerializer))
        return self.shown(found.reference)
