from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from identification.filters.cause_trees import CauseTreeFilter
from identification.models import CauseKind, CauseNode, CauseTree, Gate
from identification.services.cause_trees import begin_tree, write_node
from products.models import BusinessLine
from risk.models import Cause


class CauseNodeSerializer(serializers.ModelSerializer):
    cause = serializers.SlugRelatedField("code", queryset=Cause.objects.all(), required=False, allow_null=True)
    kind = serializers.ChoiceField(choices=CauseKind.choices, default=CauseKind.CAUSE)
    gate = serializers.ChoiceField(choices=Gate.choices, default=Gate.OR)

    class Meta:
        model = CauseNode
        fields = ["id", "parent", "text", "kind", "gate", "evidence", "cause"]


class CauseTreeSerializer(serializers.ModelSerializer):
    line = serializers.PrimaryKeyRelatedField(queryset=BusinessLine.objects.all(), required=False, allow_null=True)
    risk = serializers.SerializerMethodField()
    nodes = CauseNodeSerializer(many=True, read_only=True)

    class Meta:
        model = CauseTree
        fields = ["reference", "top_event", "line", "risk", "subject_key", "begun_by", "begun_at", "nodes"]
        read_only_fields = ["reference", "subject_key", "begun_by", "begun_at"]

    def get_risk(self, tree) -> str | None:
        return tree.risk.reference if tree.risk else None


class CauseTreeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Cause trees with their causes, the last first; POST begins one."""

    queryset = CauseTree.objects.none()
    serializer_class = CauseTreeSerializer
    filterset_class = CauseTreeFilter
    lookup_field = "reference"
    keyset_order = ["-begun_at", "-id"]
    permission_map = {"create": "identification.add_causetree", "add": "identification.change_causetree"}

    def get_queryset(self):
        return CauseTree.objects.visible_to(self.request.user).for_list().prefetch_related("nodes__cause")

    def create(self, request):
        """Begin a cause tree of an event."""
        command = self.get_serializer(data=request.data)
        command.is_valid(raise_exception=True)
        line = command.validated_data.get("line")
        tree = begin_tree(
            actor=request.user,
            top_event=command.validated_data["top_event"],
            line_id=line.pk if line else None,
            at=timezone.now(),
        )
        return Response(self.get_serializer(tree).data, status=201)

    @extend_schema(request=CauseNodeSerializer, responses=CauseTreeSerializer)
    @action(detail=True, methods=["post"])
    def add(self, request, reference):
        """Add a cause."""
        command = CauseNodeSerializer(data=request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        write_node(actor=request.user, tree_id=pk, **command.validated_data)
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)
