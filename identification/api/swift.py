from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from identification.filters.swift import SwiftSessionFilter
from identification.models import GuideWord, SwiftRow, SwiftSession
from identification.people import session_people
from identification.services.swift import add_row, close_session, hold_session
from products.models import BusinessLine
from risk.api.asking import Asking


class SwiftRowSerializer(serializers.ModelSerializer):
    guide_word = serializers.SlugRelatedField(
        "code", queryset=GuideWord.objects.all(), required=False, allow_null=True, default=None
    )
    action_owner = serializers.PrimaryKeyRelatedField(
        queryset=session_people(), required=False, allow_null=True, default=None
    )
    level = serializers.CharField(read_only=True)

    class Meta:
        model = SwiftRow
        fields = [
            "id", "guide_word", "what_if", "causes", "consequences", "likelihood", "impact", "score", "level",
            "recommendation", "action_owner", "due_on", "written_by", "written_at",
        ]  # fmt: skip
        read_only_fields = ["id", "score", "written_by", "written_at"]


class SwiftSessionSerializer(serializers.ModelSerializer):
    guide_words = serializers.SlugRelatedField("code", many=True, queryset=GuideWord.objects.all())
    participants = serializers.PrimaryKeyRelatedField(many=True, queryset=session_people())
    facilitator = serializers.PrimaryKeyRelatedField(queryset=session_people())
    line = serializers.PrimaryKeyRelatedField(queryset=BusinessLine.objects.all(), required=False, allow_null=True)
    rows = SwiftRowSerializer(many=True, read_only=True)

    class Meta:
        model = SwiftSession
        fields = [
            "reference", "subject", "scope", "line", "facilitator", "participants", "guide_words", "held_on", "closed_at",
            "closed_by", "conclusion", "rows",
        ]  # fmt: skip
        read_only_fields = ["reference", "closed_at", "closed_by", "conclusion"]


class CloseSessionSerializer(serializers.Serializer):
    conclusion = serializers.CharField(min_length=10, max_length=10_000)


class SwiftSessionViewSet(Asking):
    """Structured what-if sessions with their rows, the last first; POST begins one."""

    queryset = SwiftSession.objects.none()
    serializer_class = SwiftSessionSerializer
    filterset_class = SwiftSessionFilter
    record_key = "session_id"
    keyset_order = ["-held_on", "-id"]
    permission_map = {
        "create": "identification.add_swiftsession",
        "add": "identification.change_swiftsession",
        "close": "identification.change_swiftsession",
    }

    def get_queryset(self):
        return super().get_queryset().prefetch_related("participants", "guide_words", "rows__guide_word")

    def create(self, request):
        """Hold a session."""
        command = self.get_serializer(data=request.data)
        command.is_valid(raise_exception=True)
        session = hold_session(actor=request.user, **command.validated_data)
        return Response(self.get_serializer(session).data, status=201)

    @extend_schema(request=SwiftRowSerializer, responses=SwiftSessionSerializer)
    @action(detail=True, methods=["post"])
    def add(self, request, reference):
        """Add a row; with likelihood and impact it is judged under the matrix in force."""
        return self.act(add_row, SwiftRowSerializer)

    @extend_schema(request=CloseSessionSerializer, responses=SwiftSessionSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request, reference):
        """Close a session whose rows are all judged."""
        return self.act(close_session, CloseSessionSerializer)
