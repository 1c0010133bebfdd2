from rest_framework import mixins, serializers, viewsets

from audit.filters import EventFilter
from audit.models import Event


class EventSerializer(serializers.ModelSerializer):
    """`id` and `xid` are text, as they may pass 2^53. `body` is the text that sealing hashes, so it is not parsed
    here."""

    id = serializers.CharField()
    xid = serializers.CharField()
    table = serializers.CharField(source="table_name")
    record = serializers.CharField(source="pk_text")

    class Meta:
        model = Event
        fields = [
            "id",
            "at",
            "xid",
            "kind",
            "table",
            "record",
            "action",
            "actor_id",
            "actor_label",
            "unattributed",
            "session",
            "request",
            "address",
            "db_user",
            "reason",
            "approval_id",
            "changed",
            "body",
        ]
        read_only_fields = fields


class EventViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The log, newest first. Read only: events are written by the database alone."""

    queryset = Event.objects.none()
    serializer_class = EventSerializer
    filterset_class = EventFilter
    keyset_order = ["-at", "-id"]

    def get_queryset(self):
        return Event.objects.visible_to(self.request.user).for_list()
