from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets

from assurance.models import AuditSample, AuditUnit, Engagement
from assurance.services.engagements import record_unit
from risk.api.asking import Asking, SeenField
from risk.models import Risk


class AuditAreaSerializer(serializers.ModelSerializer):
    audited_at = serializers.DateTimeField()
    gravest = serializers.IntegerField(allow_null=True)

    class Meta:
        model = AuditUnit
        fields = ["code", "name", "description", "line", "owners", "every_months", "audited_at", "gravest"]
        read_only_fields = fields


class RecordAreaSerializer(serializers.ModelSerializer):
    risks = SeenField("reference", queryset=Risk.objects.all(), many=True, default=list)

    class Meta:
        model = AuditUnit
        fields = ["code", "name", "description", "line", "owners", "risks", "every_months"]


class AuditSampleSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    audit = serializers.CharField(source="engagement.reference")

    class Meta:
        model = AuditSample
        fields = ["id", "audit", "population", "seed", "size", "counted", "sha256", "keys", "drawn_by", "drawn_at"]
        read_only_fields = fields


class AuditAreaViewSet(Asking):
    """What can be audited, who owns it, when it was last audited and how grave its gravest open risk is."""

    queryset = AuditUnit.objects.none()
    serializer_class = AuditAreaSerializer
    lookup_field = "code"
    keyset_order = ["code"]
    permission_map = {"create": "assurance.add_auditunit"}

    @extend_schema(request=RecordAreaSerializer, responses={201: AuditAreaSerializer})
    def create(self, request):
        """Add an area to the audit universe."""
        made = record_unit(actor=request.user, **self.asked(RecordAreaSerializer))
        return self.shown(made.code, status.HTTP_201_CREATED)


class AuditSampleViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Samples of audits with what it takes to draw each again; none is ever changed."""

    queryset = AuditSample.objects.none()
    serializer_class = AuditSampleSerializer
    filterset_fields = {"engagement__reference": ["exact"], "population": ["exact"]}
    keyset_order = ["-drawn_at", "-id"]
    permission_map = {"list": "assurance.view_engagement", "retrieve": "assurance.view_engagement"}

    def get_queryset(self):
        seen = Engagement.objects.visible_to(self.request.user)
        return AuditSample.objects.filter(engagement__in=seen).select_related("engagement")
