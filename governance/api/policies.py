from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from governance.filters.policies import AttestationFilter, PolicyFilter
from governance.models import Attestation, Policy, PolicyVersion
from governance.services.attestations import confirm_attestation


class PolicyVersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = PolicyVersion
        fields = ["number", "texts", "summary", "sha256", "written_by", "written_at", "effective_from"]
        read_only_fields = fields


class PolicySerializer(serializers.ModelSerializer):
    parent = serializers.CharField(source="parent.code", default=None)
    audience_teams = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)
    version = serializers.SerializerMethodField()

    class Meta:
        model = Policy
        fields = [
            "code", "name", "kind", "owner", "line", "parent", "source", "audience_roles", "audience_teams", "confirm_days",
            "review_months", "review_on", "version",
        ]  # fmt: skip
        read_only_fields = fields

    def get_version(self, policy) -> int | None:
        """The number of the version in force today."""
        return policy.in_force


class AttestationSerializer(serializers.ModelSerializer):
    policy = serializers.CharField(source="version.policy.code")
    version = serializers.IntegerField(source="version.number")
    text_sha256 = serializers.CharField(source="version.sha256", help_text="To be sent back when confirming.")

    class Meta:
        model = Attestation
        fields = [
            "id", "policy", "version", "text_sha256", "person", "asked_at", "due_on", "confirmed_at", "sha256", "left_on",
        ]  # fmt: skip
        read_only_fields = fields


class ConfirmSerializer(serializers.Serializer):
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", help_text="Hash of the version that was read.")


class PolicyViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Policies of one's lines and of the whole company, by code."""

    queryset = Policy.objects.none()
    serializer_class = PolicySerializer
    filterset_class = PolicyFilter
    lookup_field = "code"
    keyset_order = ["code"]

    def get_queryset(self):
        seen = Policy.objects.visible_to(self.request.user).for_list(timezone.localdate())
        return seen.prefetch_related("audience_teams")

    @extend_schema(responses=PolicyVersionSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def versions(self, request, code):
        """Every version that was ever in force or will be, newest first, with its texts in Markdown."""
        versions = self.get_object().versions.filter(effective_from__isnull=False)
        return Response(PolicyVersionSerializer(versions, many=True).data)


class AttestationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What people are asked to confirm: one's own, or everybody's for whoever oversees them."""

    queryset = Attestation.objects.none()
    serializer_class = AttestationSerializer
    filterset_class = AttestationFilter
    keyset_order = ["-due_on", "-id"]
    permission_map = {"confirm": "governance.view_attestation"}

    def get_queryset(self):
        return Attestation.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=ConfirmSerializer, responses=AttestationSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk):
        """Confirm that one has read a version, by the hash of its text; only for oneself."""
        attestation = self.get_object()
        command = ConfirmSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        confirm_attestation(
            actor=request.user, attestation_id=attestation.pk, at=timezone.now(), **command.validated_data
        )
        return Response(self.get_serializer(self.get_queryset().get(pk=attestation.pk)).data)
