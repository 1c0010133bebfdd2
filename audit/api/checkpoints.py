from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from audit.models import Checkpoint
from audit.proof_words import consistency_shown


class CheckpointSerializer(serializers.ModelSerializer):
    """`root` is hexadecimal; `note` is the C2SP signed note, to be checked with `key`."""

    root = serializers.SerializerMethodField()

    class Meta:
        model = Checkpoint
        fields = ["size", "root", "note", "key", "at"]
        read_only_fields = fields

    def get_root(self, row) -> str:
        return bytes(row.root).hex()


class ConsistencySerializer(serializers.Serializer):
    """A proof that the log only grew from the earlier checkpoint to the later one."""

    format = serializers.CharField()
    old_size = serializers.IntegerField()
    new_size = serializers.IntegerField()
    hashes = serializers.ListField(child=serializers.CharField())
    old_checkpoint = serializers.CharField()
    new_checkpoint = serializers.CharField()
    keys = serializers.ListField(child=serializers.CharField())


class CheckpointViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Signed states of the log, by how many entries they hold; the newest first."""

    queryset = Checkpoint.objects.none()
    serializer_class = CheckpointSerializer
    lookup_value_regex = "[0-9]{1,18}"
    keyset_order = ["-size"]
    permission_map = dict.fromkeys(["list", "retrieve", "consistency"], "audit.view_event")

    def get_queryset(self):
        return Checkpoint.objects.newest_first()

    @extend_schema(parameters=[OpenApiParameter("since", int, required=True)], responses=ConsistencySerializer)
    @action(detail=True)
    def consistency(self, request, pk):
        """That the log of this checkpoint continues the one of size `since`."""
        since = request.query_params.get("since", "")
        if not (since.isascii() and since.isdecimal() and len(since) < 19):
            raise serializers.ValidationError({"since": [_("Write the size of an earlier checkpoint.")]})
        return Response(consistency_shown(int(since), self.get_object().size).proof)
