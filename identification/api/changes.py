from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from identification.filters.changes import ChangeFilter
from identification.models import ChangeEntry, ChangeState, RegulatoryChange
from identification.people import change_owners
from identification.services.changes import move_change, note_change, record_change
from products.models import BusinessLine, Jurisdiction


class ChangeEntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = ChangeEntry
        fields = ["at", "by", "text", "state"]
        read_only_fields = fields


class RegulatoryChangeSerializer(serializers.ModelSerializer):
    class Meta:
        model = RegulatoryChange
        fields = [
            "reference", "title", "authority", "jurisdictions", "summary", "link", "published_on", "in_force_on", "lines", "gap",
            "owner", "due_on", "state", "reason", "recorded_by", "recorded_at",
        ]  # fmt: skip
        read_only_fields = fields


class RecordChangeSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=200)
    authority = serializers.CharField(max_length=120)
    jurisdictions = serializers.ListField(child=serializers.ChoiceField(choices=Jurisdiction.choices), min_length=1)
    summary = serializers.CharField(max_length=10_000)
    link = serializers.URLField(allow_blank=True, default="", max_length=500)
    published_on = serializers.DateField(allow_null=True, default=None)
    in_force_on = serializers.DateField(allow_null=True, default=None)
    lines = serializers.PrimaryKeyRelatedField(queryset=BusinessLine.objects.all(), many=True, default=list)
    gap = serializers.CharField(allow_blank=True, default="", max_length=10_000)
    owner = serializers.PrimaryKeyRelatedField(queryset=change_owners(), allow_null=True, default=None)
    due_on = serializers.DateField(allow_null=True, default=None)


class ChangeNoteSerializer(serializers.Serializer):
    text = serializers.CharField(min_length=10, max_length=10_000)


class MoveChangeSerializer(ChangeNoteSerializer):
    state = serializers.ChoiceField(choices=ChangeState.choices)


class RegulatoryChangeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Changes of rules, by the day until which their gap is closed."""

    queryset = RegulatoryChange.objects.none()
    serializer_class = RegulatoryChangeSerializer
    filterset_class = ChangeFilter
    lookup_field = "reference"
    keyset_order = ["due_on", "id"]
    permission_map = {
        "create": "identification.add_regulatorychange",
        "move": "identification.change_regulatorychange",
        "note": "identification.change_regulatorychange",
    }

    def get_queryset(self):
        return RegulatoryChange.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=RecordChangeSerializer, responses={201: RegulatoryChangeSerializer})
    def create(self, request):
        """Record a change of rules, as new."""
        command = RecordChangeSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        change = record_change(actor=request.user, at=timezone.now(), **command.validated_data)
        return Response(RegulatoryChangeSerializer(change).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=MoveChangeSerializer, responses=RegulatoryChangeSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request, reference):
        """Take it to another state and say why."""
        change = self._act(MoveChangeSerializer, move_change)
        return Response(RegulatoryChangeSerializer(self.get_queryset().get(pk=change.pk)).data)

    @extend_schema(request=ChangeNoteSerializer, responses=ChangeEntrySerializer)
    @action(detail=True, methods=["post"])
    def note(self, request, reference):
        """Write an entry, which stays."""
        return Response(ChangeEntrySerializer(self._act(ChangeNoteSerializer, note_change)).data)

    def _act(self, serializer, service):
        command = serializer(data=self.request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        return service(actor=self.request.user, change_id=pk, at=timezone.now(), **command.validated_data)
