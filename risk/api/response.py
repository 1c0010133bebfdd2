from rest_framework import mixins, serializers, viewsets

from risk.filters.response import ControlFilter, TreatmentFilter
from risk.models import Control, Treatment, TreatmentTask


class ControlSerializer(serializers.ModelSerializer):
    conclusion = serializers.CharField(source="last_test.conclusion", default="")
    tested_at = serializers.DateTimeField(source="last_test.finished_at", default=None)

    class Meta:
        model = Control
        fields = [
            "code", "name", "description", "kind", "frequency", "is_automated", "is_key", "line", "owner", "conclusion",
            "tested_at",
        ]  # fmt: skip
        read_only_fields = fields


class TreatmentTaskSerializer(serializers.ModelSerializer):
    class Meta:
        model = TreatmentTask
        fields = ["title", "owner", "due_on", "done_at", "evidence"]
        read_only_fields = fields


class TreatmentSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    risk = serializers.CharField(source="risk.reference")
    tasks = TreatmentTaskSerializer(many=True, read_only=True)

    class Meta:
        model = Treatment
        fields = [
            "id", "risk", "strategy", "title", "description", "owner", "state", "starts_on", "due_on", "cost", "currency",
            "ended_on", "outcome", "tasks",
        ]  # fmt: skip
        read_only_fields = fields


class ControlViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The control library, with what the last finished test of each concluded."""

    queryset = Control.objects.none()
    serializer_class = ControlSerializer
    filterset_class = ControlFilter
    lookup_field = "code"
    keyset_order = ["code"]

    def get_queryset(self):
        return Control.objects.visible_to(self.request.user).for_list()


class TreatmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """How risks are answered, by the day until which."""

    queryset = Treatment.objects.none()
    serializer_class = TreatmentSerializer
    filterset_class = TreatmentFilter
    keyset_order = ["due_on", "id"]

    def get_queryset(self):
        return Treatment.objects.visible_to(self.request.user).for_list().prefetch_related("tasks")
