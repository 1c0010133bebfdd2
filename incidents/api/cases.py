from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from incidents.filters.cases import CaseFilter
from incidents.models import Case, CaseEntry
from incidents.people import case_people
from incidents.services.cases import close_case, note_in_case, open_case
from risk.api.asking import SeenField
from risk.models import Alert, Risk, RiskLevel


class CaseSerializer(serializers.ModelSerializer):
    risk = serializers.CharField(source="risk.reference", default=None)

    class Meta:
        model = Case
        fields = [
            "reference", "title", "severity", "state", "line", "risk", "alert", "owner", "opened_by", "opened_at", "text",
            "root_cause", "conclusion", "closed_at",
        ]  # fmt: skip
        read_only_fields = fields


class CaseEntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = CaseEntry
        fields = ["at", "by", "text"]
        read_only_fields = fields


class OpenCaseSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=160)
    severity = serializers.ChoiceField(choices=RiskLevel.choices)
    owner = serializers.PrimaryKeyRelatedField(queryset=case_people())
    risk = SeenField("reference", queryset=Risk.objects.all(), allow_null=True, default=None)
    alert = SeenField("id", queryset=Alert.objects.all(), allow_null=True, default=None)
    text = serializers.CharField(allow_blank=True, default="", max_length=10_000)


class CaseNoteSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=10_000)


class CloseCaseSerializer(serializers.Serializer):
    root_cause = serializers.CharField(min_length=10, max_length=10_000)
    conclusion = serializers.CharField(min_length=10, max_length=10_000)


class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Cases, newest first. A case is named by its reference, such as CA-1004."""

    queryset = Case.objects.none()
    serializer_class = CaseSerializer
    filterset_class = CaseFilter
    lookup_field = "reference"
    keyset_order = ["-opened_at", "-id"]
    permission_map = {
        "create": "incidents.add_case",
        "note": "incidents.change_case",
        "close": "incidents.change_case",
    }

    def get_queryset(self):
        return Case.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=OpenCaseSerializer, responses={201: CaseSerializer})
    def create(self, request):
        """Open a case, by hand or on an alert; its owner hears of it."""
        command = OpenCaseSerializer(data=request.data, context={"request": request})
        command.is_valid(raise_exception=True)
        case = open_case(actor=request.user, at=timezone.now(), **command.validated_data)
        return Response(CaseSerializer(case).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=CaseNoteSerializer, responses=CaseEntrySerializer)
    @action(detail=True, methods=["post"])
    def note(self, request, reference):
        """Add an entry to an open case."""
        command = CaseNoteSerializer(data=request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        entry = note_in_case(actor=request.user, case_id=pk, at=timezone.now(), **command.validated_data)
        return Response(CaseEntrySerializer(entry).data)

    @extend_schema(request=CloseCaseSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request, reference):
        """Close a case with its root cause. Its owner does, once no plan runs on it."""
        command = CloseCaseSerializer(data=request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        case = close_case(actor=request.user, case_id=pk, at=timezone.now(), **command.validated_data)
        return Response(CaseSerializer(case).data)
