from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from assurance.models import PaperEvidence, ProgrammeStep, Tick, WorkingPaper
from assurance.services.papers import return_paper, review_paper
from assurance.services.programme import finish_step


class PaperEvidenceSerializer(serializers.ModelSerializer):
    class Meta:
        model = PaperEvidence
        fields = ["name", "sha256", "size", "by", "at"]
        read_only_fields = fields


class TickSerializer(serializers.ModelSerializer):
    sample = serializers.CharField(source="sample_id")

    class Meta:
        model = Tick
        fields = ["sample", "key", "mark", "note"]
        read_only_fields = fields


class WorkingPaperSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    audit = serializers.CharField(source="engagement.reference")
    evidence = PaperEvidenceSerializer(many=True, read_only=True)
    ticks = TickSerializer(many=True, read_only=True)

    class Meta:
        model = WorkingPaper
        fields = [
            "id", "audit", "number", "title", "work", "conclusion", "prepared_by", "prepared_at", "notes", "reviewed_by",
            "reviewed_at", "evidence", "ticks",
        ]  # fmt: skip
        read_only_fields = fields


class ReviewNotesSerializer(serializers.Serializer):
    notes = serializers.CharField(max_length=10_000, required=False, allow_blank=True, default="")


class WorkingPaperViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Working papers of audits with their evidence, by hash, and what they say of the items of samples."""

    queryset = WorkingPaper.objects.none()
    serializer_class = WorkingPaperSerializer
    filterset_fields = {"engagement__reference": ["exact"], "reviewed_at": ["isnull"]}
    keyset_order = ["-prepared_at", "-id"]
    permission_map = {
        "review": "assurance.review_workingpaper",
        "give_back": "assurance.review_workingpaper",
    }

    def get_queryset(self):
        seen = WorkingPaper.objects.visible_to(self.request.user)
        return seen.select_related("engagement").prefetch_related("evidence", "ticks")

    @extend_schema(request=ReviewNotesSerializer, responses=WorkingPaperSerializer)
    @action(detail=True, methods=["post"])
    def review(self, request, pk):
        """Say that a paper holds; somebody else than who prepared it does."""
        return self._act(review_paper)

    @extend_schema(request=ReviewNotesSerializer, responses=WorkingPaperSerializer)
    @action(detail=True, methods=["post"], url_path="give-back")
    def give_back(self, request, pk):
        """Give a paper back with what is still wanting."""
        return self._act(return_paper)

    def _act(self, service):
        paper, command = self.get_object(), ReviewNotesSerializer(data=self.request.data)
        command.is_valid(raise_exception=True)
        service(actor=self.request.user, paper_id=paper.pk, at=timezone.now(), **command.validated_data)
        return Response(self.get_serializer(self.get_object()).data)


class ProgrammeStepSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    audit = serializers.CharField(source="engagement.reference")
    paper = serializers.CharField(source="paper_id", allow_null=True)

    class Meta:
        model = ProgrammeStep
        fields = ["id", "audit", "position", "title", "assignee", "done_by", "done_at", "paper"]
        read_only_fields = fields


class ProgrammeStepViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Steps of the programmes of audits."""

    queryset = ProgrammeStep.objects.none()
    serializer_class = ProgrammeStepSerializer
    filterset_fields = {"engagement__reference": ["exact"], "done_at": ["isnull"]}
    keyset_order = ["engagement_id", "position"]
    permission_map = {
        "list": "assurance.view_engagement",
        "retrieve": "assurance.view_engagement",
        "done": "assurance.change_engagement",
    }

    def get_queryset(self):
        return ProgrammeStep.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=None, responses=ProgrammeStepSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request, pk):
        """Say that a step is done; which paper shows it is said on the page."""
        step = self.get_object()
        finish_step(actor=request.user, step_id=step.pk, at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)
