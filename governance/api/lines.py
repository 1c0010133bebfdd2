from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from governance.filters.duties import AssignmentFilter
from governance.models import Defence, LineAssignment
from governance.services.lines import crossings, propose_assignment
from staff.api.changes import ChangeSerializer


class LineAssignmentSerializer(serializers.ModelSerializer):
    department = serializers.CharField(source="department.key")

    class Meta:
        model = LineAssignment
        fields = ["id", "department", "defence", "from_on"]
        read_only_fields = fields


class AssignLineSerializer(serializers.Serializer):
    department = serializers.CharField(max_length=40, help_text="role:risk or team:3.")
    defence = serializers.ChoiceField(choices=Defence.choices)
    from_on = serializers.DateField()
    reason = serializers.CharField(min_length=10, max_length=2_000)


class CrossingSerializer(serializers.Serializer):
    kind = serializers.CharField()
    person = serializers.CharField()
    text = serializers.CharField()
    record = serializers.CharField()
    url = serializers.CharField()


class LineAssignmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Which line of defence a department belongs to from which day; the newest that has begun counts."""

    queryset = LineAssignment.objects.none()
    serializer_class = LineAssignmentSerializer
    filterset_class = AssignmentFilter
    keyset_order = ["-from_on", "-id"]
    permission_map = {"create": "governance.add_lineassignment"}

    def get_queryset(self):
        return LineAssignment.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=AssignLineSerializer, responses={202: ChangeSerializer})
    def create(self, request):
        """Ask for a department to belong to a line; somebody else agrees."""
        command = AssignLineSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        asked = propose_assignment(actor=request.user, at=timezone.now(), **command.validated_data)
        return Response(ChangeSerializer(asked).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=CrossingSerializer(many=True), filters=False)
    @action(detail=False, pagination_class=None, filterset_class=None)
    def crossings(self, request):
        """Where the lines cross today, over the people who hold roles."""
        found = crossings(reader=request.user, at=timezone.localdate())
        return Response(CrossingSerializer(found, many=True).data)
