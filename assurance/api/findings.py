from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from assurance.filters.findings import EngagementFilter, FindingFilter
from assurance.models import Engagement, Finding
from assurance.services.findings import answer_finding, finish_finding, verify_finding


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


class EngagementViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Audits, the last to start first."""

    queryset = Engagement.objects.none()
    serializer_class = EngagementSerializer
    filterset_class = EngagementFilter
    lookup_field = "reference"
    keyset_order = ["-starts_on", "-id"]

    def get_queryset(self):
        return Engagement.objects.visible_to(self.request.user).for_list()


class FindingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Findings of audits, as far as one sees them: by due date."""

    queryset = Finding.objects.none()
    serializer_class = FindingSerializer
    filterset_class = FindingFilter
    lookup_field = "reference"
    keyset_order = ["due_on", "id"]
    permission_map = {
        "answer": "assurance.answer_finding",
        "done": "assurance.answer_finding",
        "verify": "assurance.verify_finding",
    }

    def get_queryset(self):
        return Finding.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=ResponseText, responses=FindingSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request, reference):
        """Say what will be done; the owner does."""
        return self._act(ResponseText, answer_finding)

    @extend_schema(request=EvidenceText, responses=FindingSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request, reference):
        """Say that it is mended, and by what one sees it; the owner does."""
        return self._act(EvidenceText, finish_finding)

    @extend_schema(request=VerificationText, responses=FindingSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request, reference):
        """Verify that it is mended; somebody independent of the area and of the work does."""
        return self._act(VerificationText, verify_finding)

    def _act(self, serializer, service):
        command = serializer(data=self.request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        service(actor=self.request.user, finding_id=pk, at=timezone.now(), **command.validated_data)
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)
