from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from audit.filters import EventFilter
from audit.models import Event
from audit.proof_words import inclusion_shown


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


class InclusionSerializer(serializers.Serializer):
    """A proof that an event stands in the log. Hashes are hexadecimal, the lowest first."""

    format = serializers.CharField()
    event = serializers.IntegerField()
    index = serializers.IntegerField(help_text="Its place among the entries, from 0.")
    size = serializers.IntegerField(help_text="Entries under the checkpoint.")
    leaf = serializers.CharField(
        allow_null=True, help_text="The text that was hashed; null where its month was dropped."
    )
    leaf_hash = serializers.CharField()
    hashes = serializers.ListField(child=serializers.CharField())
    checkpoint = serializers.CharField(help_text="A C2SP signed note.")
    key = serializers.CharField(help_text="The verifier key of the note.")


class EventViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The log, newest first. Read only: events are written by the database alone."""

    queryset = Event.objects.none()
    serializer_class = EventSerializer
    filterset_class = EventFilter
    keyset_order = ["-at", "-id"]

    def get_queryset(self):
        return Event.objects.visible_to(self.request.user).for_list()

    @extend_schema(responses=InclusionSerializer)
    @action(detail=True, filterset_class=None)
    def proof(self, request, pk):
        """That the event stands in the log: hashes from its leaf to the root of a signed checkpoint."""
        return Response(inclusion_shown(self.get_object().pk).proof)
