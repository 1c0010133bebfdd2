from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from governance.filters.duties import AreaFilter
from governance.models import DutyArea, DutyMatrix, Part
from governance.services.duties import draft_of, propose_matrix, write_matrix
from staff.api.changes import ChangeSerializer


class DutyAreaSerializer(serializers.ModelSerializer):
    process = serializers.CharField(source="process.reference", default=None)
    version = serializers.IntegerField(source="in_force", allow_null=True)

    class Meta:
        model = DutyArea
        fields = ["code", "name", "line", "owner", "process", "version", "since"]
        read_only_fields = fields

    since = serializers.DateField(allow_null=True)


class ActivitySerializer(serializers.Serializer):
    """An activity, and the part of each department by its key: `role:risk` or `team:3`."""

    activity = serializers.CharField(max_length=200)
    parts = serializers.DictField(child=serializers.ChoiceField(choices=Part.choices), allow_empty=True)


class DutyMatrixSerializer(serializers.ModelSerializer):
    departments = serializers.SerializerMethodField()
    activities = serializers.SerializerMethodField()

    class Meta:
        model = DutyMatrix
        fields = ["number", "summary", "written_by", "written_at", "effective_from", "departments", "activities"]
        read_only_fields = fields

    def get_departments(self, matrix) -> dict[str, str]:
        return {one.key: str(one) for one in matrix.departments.all()}

    @extend_schema(responses=ActivitySerializer(many=True))
    def get_activities(self, matrix) -> list[dict]:
        return [
            {"activity": duty.activity, "parts": {cell.department.key: cell.part for cell in duty.cells.all()}}
            for duty in matrix.duties.all()
        ]


class WriteMatrixSerializer(serializers.Serializer):
    summary = serializers.CharField(min_length=10, max_length=2_000)
    activities = ActivitySerializer(many=True, max_length=100)


class DutiesInForceSerializer(serializers.Serializer):
    effective_from = serializers.DateField()
    reason = serializers.CharField(min_length=10, max_length=2_000)


class DutyAreaViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Areas of duties of one's lines and of the whole company, by code."""

    queryset = DutyArea.objects.none()
    serializer_class = DutyAreaSerializer
    filterset_class = AreaFilter
    lookup_field = "code"
    keyset_order = ["code"]
    permission_map = {"draft": "governance.change_dutymatrix", "put_in_force": "governance.change_dutymatrix"}

    def get_queryset(self):
        return DutyArea.objects.visible_to(self.request.user).for_list(timezone.localdate())

    @extend_schema(responses=DutyMatrixSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def matrices(self, request, code):
        """Every matrix that the reader sees, newest first: who did what, and from which day."""
        seen = self.get_object().matrices.visible_to(request.user)
        found = seen.order_by("-number").prefetch_related("departments__team", "duties__cells__department")
        return Response(DutyMatrixSerializer(found, many=True).data)

    @extend_schema(request=WriteMatrixSerializer, responses=DutyMatrixSerializer)
    @action(detail=True, methods=["post"])
    def draft(self, request, code):
        """Write the draft of an area whole: its activities with the part of each department."""
        area = self.get_object()
        command = WriteMatrixSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        matrix = write_matrix(actor=request.user, area_id=area.pk, at=timezone.now(), **command.validated_data)
        return Response(DutyMatrixSerializer(matrix).data)

    @extend_schema(request=DutiesInForceSerializer, responses={202: ChangeSerializer})
    @action(detail=True, methods=["post"], url_path="put-in-force")
    def put_in_force(self, request, code):
        """Ask that the draft comes into force on a day; somebody else agrees."""
        command = DutiesInForceSerializer(data=request.data)
        area = self.get_object()
        command.is_valid(raise_exception=True)
        draft = draft_of(area)
        asked = propose_matrix(actor=request.user, matrix_id=draft.pk, at=timezone.now(), **command.validated_data)
        return Response(ChangeSerializer(asked).data, status=status.HTTP_202_ACCEPTED)
