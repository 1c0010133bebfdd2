from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from identification.filters.maps import MapFilter
from identification.map_reading import attached_to
from identification.models import ElementControl, ElementRisk, ProcessMap, ProcessMapVersion
from identification.people import drawers
from identification.rules.bpmn import graph_of, problems
from identification.services.map_attachments import attach_control, attach_risk, take_off
from identification.services.maps import create_map, put_in_force, retire_map, save_version
from products.models import BusinessLine
from risk.models import Control, Risk

ATTACHABLE = [("risk", "risk"), ("control", "control")]
ATTACHED = {"risk": ElementRisk, "control": ElementControl}


class MapVersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = ProcessMapVersion
        fields = ["number", "sha256", "note", "saved_by", "saved_at"]
        read_only_fields = fields


class MapSerializer(serializers.ModelSerializer):
    newest = MapVersionSerializer(read_only=True)
    in_force = serializers.IntegerField(source="in_force.number", default=None, read_only=True)

    class Meta:
        model = ProcessMap
        fields = [
            "reference", "name", "description", "line", "owner", "state", "newest", "in_force", "in_force_at",
            "retiring_reason", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class MapProblemSerializer(serializers.Serializer):
    element = serializers.CharField()
    sentence = serializers.CharField()
    is_grave = serializers.BooleanField()


class MapAttachedSerializer(serializers.Serializer):
    """A risk or control on a step; `thing` is the risk's reference or the control's code."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=ATTACHABLE)
    element = serializers.CharField(source="element_id")
    thing = serializers.SerializerMethodField()
    attached_by = serializers.IntegerField(source="attached_by_id")
    attached_at = serializers.DateTimeField()

    def get_thing(self, attached) -> str:
        return attached.risk.reference if attached.kind == "risk" else attached.control.code


class MapDrawingSerializer(MapSerializer):
    """A map with its newest drawing, what is wrong with it, and what stands on its steps as far as the reader sees it."""

    bpmn_xml = serializers.CharField(source="newest.bpmn_xml", read_only=True)
    problems = serializers.SerializerMethodField()
    attached = serializers.SerializerMethodField()

    class Meta(MapSerializer.Meta):
        fields = [*MapSerializer.Meta.fields, "bpmn_xml", "problems", "attached"]
        read_only_fields = fields

    @extend_schema_field(MapProblemSerializer(many=True))
    def get_problems(self, found):
        return MapProblemSerializer(problems(graph_of(found.newest.bpmn_xml)), many=True).data

    @extend_schema_field(MapAttachedSerializer(many=True))
    def get_attached(self, found):
        return MapAttachedSerializer(attached_to(self.context["request"].user, found), many=True).data


class NewMapSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=160)
    line = serializers.PrimaryKeyRelatedField(queryset=BusinessLine.objects.all(), allow_null=True, default=None)
    owner = serializers.PrimaryKeyRelatedField(queryset=drawers())
    description = serializers.CharField(allow_blank=True, default="", max_length=10_000)
    bpmn_xml = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)


class NewMapVersionSerializer(serializers.Serializer):
    """A drawing begun from version `base`; refused where a newer one was saved since."""

    base = serializers.IntegerField(min_value=1)
    bpmn_xml = serializers.CharField(trim_whitespace=False)
    note = serializers.CharField(allow_blank=True, default="", max_length=300)


class MapNumberSerializer(serializers.Serializer):
    number = serializers.IntegerField(min_value=1)


class AttachToMapSerializer(serializers.Serializer):
    """A step by its id in the drawing, and a risk by its reference or a control by its code."""

    element = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=ATTACHABLE)
    thing = serializers.CharField(max_length=40)


class TakeOffMapSerializer(serializers.Serializer):
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    kind = serializers.ChoiceField(choices=ATTACHABLE)
    reason = serializers.CharField(min_length=10, max_length=2_000)


class RetireMapSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=10, max_length=2_000)


class MapViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Process maps by name. One is named by its reference, such as PM-1001."""

    queryset = ProcessMap.objects.none()
    serializer_class = MapSerializer
    filterset_class = MapFilter
    lookup_field = "reference"
    keyset_order = ["name", "id"]
    permission_map = {
        "create": "identification.add_processmap",
        "draw": "identification.change_processmap",
        "attach": "identification.change_processmap",
        "take_off": "identification.change_processmap",
        "force": "identification.enforce_processmap",
        "retire": "identification.enforce_processmap",
    }

    def get_queryset(self):
        return ProcessMap.objects.visible_to(self.request.user).for_list()

    @extend_schema(responses=MapDrawingSerializer)
    def retrieve(self, request, reference):
        return Response(self._drawing(self.get_object().pk))

    @extend_schema(request=NewMapSerializer, responses={201: MapDrawingSerializer})
    def create(self, request):
        """Begin a map, from a drawing or from an empty one in lanes."""
        command = NewMapSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        found = dict(command.validated_data)
        xml = found.pop("bpmn_xml")
        made = create_map(actor=request.user, at=timezone.now(), xml=xml, **found)
        return Response(self._drawing(made.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=NewMapVersionSerializer, responses=MapDrawingSerializer)
    @action(detail=True, methods=["post"])
    def draw(self, request, reference):
        """Save the next version of a map."""
        pk, found = self._command(NewMapVersionSerializer)
        save_version(actor=request.user, map_id=pk, xml=found.pop("bpmn_xml"), at=timezone.now(), **found)
        return Response(self._drawing(pk))

    @extend_schema(request=AttachToMapSerializer, responses=MapDrawingSerializer)
    @action(detail=True, methods=["post"])
    def attach(self, request, reference):
        """Put a risk or a control on a step; what stands there already stays as it is."""
        pk, found = self._command(AttachToMapSerializer)
        common = {"actor": request.user, "map_id": pk, "element": found["element"], "at": timezone.now()}
        if found["kind"] == "risk":
            seen = Risk.objects.visible_to(request.user)
            attach_risk(risk=get_object_or_404(seen, reference=found["thing"]), **common)
        else:
            seen = Control.objects.visible_to(request.user)
            attach_control(control=get_object_or_404(seen, code=found["thing"]), **common)
        return Response(self._drawing(pk))

    @extend_schema(request=TakeOffMapSerializer, responses=MapDrawingSerializer)
    @action(detail=True, methods=["post"], url_path="take-off", url_name="take-off")
    def take_off(self, request, reference):
        """Take a risk or control off a step, for a reason."""
        pk, found = self._command(TakeOffMapSerializer)
        kind = found["kind"]
        seen = ATTACHED[kind].objects.on_maps().seen_by(request.user, kind).filter(process_map=pk)
        attached = get_object_or_404(seen, pk=found["id"])
        take_off(actor=request.user, attached=attached, reason=found["reason"], at=timezone.now())
        return Response(self._drawing(pk))

    @extend_schema(request=MapNumberSerializer, responses=MapDrawingSerializer)
    @action(detail=True, methods=["post"])
    def force(self, request, reference):
        """Put the newest drawing in force, which is the version with this number."""
        pk, found = self._command(MapNumberSerializer)
        put_in_force(actor=request.user, map_id=pk, number=found["number"], at=timezone.now())
        return Response(self._drawing(pk))

    @extend_schema(request=RetireMapSerializer, responses=MapDrawingSerializer)
    @action(detail=True, methods=["post"])
    def retire(self, request, reference):
        pk, found = self._command(RetireMapSerializer)
        retire_map(actor=request.user, map_id=pk, **found)
        return Response(self._drawing(pk))

    def _command(self, serializer):
        command = serializer(data=self.request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        return pk, dict(command.validated_data)

    def _drawing(self, pk):
        return MapDrawingSerializer(self.get_queryset().get(pk=pk), context=self.get_serializer_context()).data
