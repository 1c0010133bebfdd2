from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from assurance.api.areas import AuditSampleSerializer
from assurance.filters.findings import EngagementFilter, FindingFilter
from assurance.models import AuditUnit, Engagement, Finding
from assurance.services.engagements import (
    LARGEST_SAMPLE,
    begin_engagement,
    close_engagement,
    draw_sample,
    plan_engagement,
)
from assurance.services.findings import answer_finding, finish_finding, raise_finding, return_finding, verify_finding
from risk.api.asking import Asking, SeenField
from risk.models import Risk


class EngagementSerializer(serializers.ModelSerializer):
    unit = serializers.CharField(source="unit.code")

    class Meta:
        model = Engagement
        fields = [
            "reference",
            "unit",
            "title",
            "scope",
            "programme",
            "lead",
            "state",
            "starts_on",
            "conclusion",
            "closed_at",
        ]
        read_only_fields = fields


class FindingSerializer(serializers.ModelSerializer):
    engagement = serializers.CharField(source="engagement.reference")
    risk = serializers.SerializerMethodField()

    class Meta:
        model = Finding
        fields = [
            "reference", "engagement", "title", "severity", "condition", "criteria", "cause", "effect", "recommendation",
            "risk", "owner", "due_on", "state", "raised_by", "raised_at", "response", "evidence", "done_by", "done_at",
            "verification", "verified_by", "verified_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_risk(self, finding) -> str | None:
        """Whoever owns a finding need not see the register."""
        sees = self.context["request"].user.has_perm("risk.view_risk")
        return finding.risk.reference if finding.risk and sees else None


def _text(name):
    field = serializers.CharField(min_length=10, max_length=10_000)
    return type(f"Finding{name.title()}Serializer", (serializers.Serializer,), {name: field})


ResponseText, EvidenceText, VerificationText = _text("response"), _text("evidence"), _text("verification")
CloseAuditSerializer = _text("conclusion")


class PlanAuditSerializer(serializers.ModelSerializer):
    unit = SeenField("code", queryset=AuditUnit.objects.all())

    class Meta:
        model = Engagement
        fields = ["unit", "title", "scope", "programme", "lead", "starts_on"]


class DrawSampleSerializer(serializers.Serializer):
    population = serializers.CharField(max_length=40)
    size = serializers.IntegerField(min_value=1, max_value=LARGEST_SAMPLE)
    seed = serializers.CharField(max_length=60)


class RaiseFindingSerializer(serializers.ModelSerializer):
    audit = SeenField("reference", queryset=Engagement.objects.all(), source="engagement")
    risk = SeenField("reference", queryset=Risk.objects.all(), allow_null=True, default=None)

    class Meta:
        model = Finding
        fields = [
            "audit", "title", "severity", "condition", "criteria", "cause", "effect", "recommendation", "risk", "owner",
            "due_on",
        ]  # fmt: skip


class EngagementViewSet(Asking):
    """Audits, the last to start first."""

    queryset = Engagement.objects.none()
    serializer_class = EngagementSerializer
    filterset_class = EngagementFilter
    keyset_order = ["-starts_on", "-id"]
    permission_map = {
        "create": "assurance.add_engagement",
        "begin": "assurance.change_engagement",
        "sample": "assurance.change_engagement",
        "close": "assurance.change_engagement",
    }

    @extend_schema(request=PlanAuditSerializer, responses={201: EngagementSerializer})
    def create(self, request):
        """Plan an audit of an area, led by somebody independent of it."""
        made = plan_engagement(actor=request.user, **self.asked(PlanAuditSerializer))
        return self.shown(made.reference, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=EngagementSerializer)
    @action(detail=True, methods=["post"])
    def begin(self, request, reference):
        """Begin the fieldwork."""
        begin_engagement(actor=request.user, engagement_id=self.get_object().pk)
        return self.shown(reference)

    @extend_schema(request=DrawSampleSerializer, responses={201: AuditSampleSerializer})
    @action(detail=True, methods=["post"])
    def sample(self, request, reference):
        """Draw a sample from a list as one sees it."""
        found, asked = self.get_object(), self.asked(DrawSampleSerializer)
        made = draw_sample(actor=request.user, engagement_id=found.pk, at=timezone.now(), **asked)
        return Response(AuditSampleSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=CloseAuditSerializer, responses=EngagementSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request, reference):
        """Close an audit with what it concluded."""
        found = self.get_object()
        close_engagement(
            actor=request.user, engagement_id=found.pk, at=timezone.now(), **self.asked(CloseAuditSerializer)
        )
        return self.shown(reference)


class FindingViewSet(Asking):
    """Findings of audits, as far as one sees them: by due date."""

    queryset = Finding.objects.none()
    serializer_class = FindingSerializer
    filterset_class = FindingFilter
    keyset_order = ["due_on", "id"]
    record_key = "finding_id"
    permission_map = {
        "create": "assurance.add_finding",
        "give_back": "assurance.verify_finding",
        "answer": "assurance.answer_finding",
        "done": "assurance.answer_finding",
        "verify": "assurance.verify_finding",
    }

    @extend_schema(request=RaiseFindingSerializer, responses={201: FindingSerializer})
    def create(self, request):
        """Raise a finding in an open audit; its owner hears of it, its risk is assessed anew."""
        made = raise_finding(actor=request.user, at=timezone.now(), **self.asked(RaiseFindingSerializer))
        return self.shown(made.reference, status.HTTP_201_CREATED)

    @extend_schema(request=ResponseText, responses=FindingSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request, reference):
        """Say what will be done; the owner does."""
        return self.act(answer_finding, ResponseText)

    @extend_schema(request=EvidenceText, responses=FindingSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request, reference):
        """Say that it is mended, and by what one sees it; the owner does."""
        return self.act(finish_finding, EvidenceText)

    @extend_schema(request=VerificationText, responses=FindingSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request, reference):
        """Verify that it is mended; somebody independent of the area and of the work does."""
        return self.act(verify_finding, VerificationText)

    @extend_schema(request=VerificationText, responses=FindingSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def give_back(self, request, reference):
        """Give it back to its owner: something is still wanting."""
        return self.act(return_finding, VerificationText)
