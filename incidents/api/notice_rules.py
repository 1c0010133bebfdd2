from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.response import Response

from incidents.models import IncidentKind, NoticeRule, NoticeTo
from incidents.services.notice_rules import propose_rule
from staff.api.changes import ChangeSerializer


class NoticeRuleSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    told = serializers.ChoiceField(choices=NoticeTo.choices)

    class Meta:
        model = NoticeRule
        fields = [
            "id", "kind", "jurisdiction", "told", "hours", "valid_from", "valid_to", "source", "needs_confirmation",
        ]  # fmt: skip
        read_only_fields = fields


class AddNoticeRuleSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=IncidentKind.choices, allow_blank=True, default="")
    jurisdiction = serializers.RegexField(r"^[A-Z]{2}$", allow_blank=True, default="")
    told = serializers.ChoiceField(choices=NoticeTo.choices)
    hours = serializers.IntegerField(min_value=1, max_value=100_000)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, default=None)
    source = serializers.CharField(max_length=200)
    needs_confirmation = serializers.BooleanField(default=False)
    reason = serializers.CharField(min_length=10, max_length=2_000)


class NoticeRuleViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Within how many hours of its detection an incident is told to whom; the newest that has begun is in force."""

    queryset = NoticeRule.objects.all()
    serializer_class = NoticeRuleSerializer
    filterset_fields = {"kind": ["exact"], "jurisdiction": ["exact"], "told": ["exact"]}
    keyset_order = ["-valid_from", "-id"]
    permission_map = {"create": "incidents.add_noticerule"}

    @extend_schema(request=AddNoticeRuleSerializer, responses={202: ChangeSerializer})
    def create(self, request):
        """Ask for a rule of notice; somebody else agrees."""
        command = AddNoticeRuleSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        asked = propose_rule(actor=request.user, at=timezone.now(), **command.validated_data)
        return Response(ChangeSerializer(asked).data, status=status.HTTP_202_ACCEPTED)
