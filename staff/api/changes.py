from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from staff.checkers import checkable_commands
from staff.filters.changes import ChangeFilter
from staff.models import Approval, ChangeRequest, Verdict
from staff.reauth import RecentlyAuthenticated
from staff.services.changes import approve, propose, refuse, review_break_glass, withdraw

PROVEN = [*viewsets.GenericViewSet.permission_classes, RecentlyAuthenticated]


class ApprovalSerializer(serializers.ModelSerializer):
    class Meta:
        model = Approval
        fields = ["checker", "authority", "verdict", "comment", "at"]
        read_only_fields = fields


class ChangeSerializer(serializers.ModelSerializer):
    """`arguments` and `writes` are canonical JSON as text: with `command` they give `hash`."""

    id = serializers.CharField()
    title = serializers.CharField()
    differences = serializers.SerializerMethodField()
    approvals = ApprovalSerializer(many=True, read_only=True)

    class Meta:
        model = ChangeRequest
        fields = [
            "id", "command", "title", "arguments", "writes", "hash", "differences", "target_table", "target_pk", "amount",
            "reason", "maker", "approvals_needed", "approvals", "break_glass", "state", "created_at", "expires_at",
            "decided_at", "executed_at", "result", "error", "reviewed_by", "reviewed_at", "review_verdict",
            "review_comment",
        ]  # fmt: skip
        read_only_fields = fields

    def get_differences(self, change: ChangeRequest) -> list[list[str]]:
        return [list(row) for row in change.differences]


class ProposalSerializer(serializers.Serializer):
    command = serializers.CharField(max_length=60)
    arguments = serializers.JSONField()
    reason = serializers.CharField(max_length=2000)
    break_glass = serializers.BooleanField(default=False)

    def validate_arguments(self, arguments):
        if not isinstance(arguments, dict):
            raise serializers.ValidationError("An object is expected.")
        return arguments


class CommentSerializer(serializers.Serializer):
    comment = serializers.CharField(max_length=2000, allow_blank=True, default="")


class ReviewSerializer(serializers.Serializer):
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    comment = serializers.CharField(max_length=2000)


class ChangeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Change requests: one's own, and those one may judge. Judged and proposed as on the pages."""

    queryset = ChangeRequest.objects.none()
    serializer_class = ChangeSerializer
    filterset_class = ChangeFilter
    keyset_order = ["-created_at", "-id"]
    permission_map = {
        "create": "staff.add_changerequest",
        "approve": "staff.view_changerequest",
        "refuse": "staff.view_changerequest",
        "withdraw": "staff.view_changerequest",
        "review": "staff.view_changerequest",
    }

    def get_queryset(self):
        commands = checkable_commands(self.request.user, timezone.now())
        return ChangeRequest.objects.visible_to(self.request.user, commands).for_list()

    @extend_schema(request=ProposalSerializer, responses={201: ChangeSerializer})
    def create(self, request: Request) -> Response:
        """Ask for a command to be carried out. 400 says what is wrong with it."""
        said = ProposalSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        made = propose(actor=request.user, at=timezone.now(), **said.validated_data)
        return Response(self._shown(made), status=status.HTTP_201_CREATED)

    @extend_schema(request=CommentSerializer, responses=ChangeSerializer)
    @action(detail=True, methods=["post"], permission_classes=PROVEN)
    def approve(self, request: Request, pk: str) -> Response:
        """Agree to somebody else's request. 403 for one's own."""
        return self._judged(request, approve)

    @extend_schema(request=CommentSerializer, responses=ChangeSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str) -> Response:
        """Refuse somebody else's request, with a comment."""
        return self._judged(request, refuse)

    def _judged(self, request: Request, service) -> Response:
        change, said = self.get_object(), CommentSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        done = service(actor=request.user, request_id=change.pk, at=timezone.now(), **said.validated_data)
        return Response(self._shown(done))

    @extend_schema(request=None, responses=ChangeSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back one's own request."""
        done = withdraw(actor=request.user, request_id=self.get_object().pk, at=timezone.now())
        return Response(self._shown(done))

    @extend_schema(request=ReviewSerializer, responses=ChangeSerializer)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, pk: str) -> Response:
        """Close what somebody else did at once."""
        change, said = self.get_object(), ReviewSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        done = review_break_glass(actor=request.user, request_id=change.pk, at=timezone.now(), **said.validated_data)
        return Response(self._shown(done))

    def _shown(self, change: ChangeRequest) -> dict:
        return ChangeSerializer(ChangeRequest.objects.for_list().get(pk=change.pk)).data
