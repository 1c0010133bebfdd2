from rest_framework import mixins, serializers, viewsets

from assessment.models import MixRule, ScaleTable


class MixRuleSerializer(serializers.ModelSerializer):
    class Meta:
        model = MixRule
        fields = ["novelty", "data", "methods", "why", "valid_from"]


class MixRuleViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Which methods are proposed, by how much data there is and how new the risk is; all versions. Changed on the page,
    by two people."""

    queryset = MixRule.objects.all()
    serializer_class = MixRuleSerializer
    keyset_order = ["-valid_from", "-id"]
    permission_map = {"list": "assessment.view_assessment"}


class ScaleTableSerializer(serializers.ModelSerializer):
    matrix = serializers.IntegerField(source="matrix.version")

    class Meta:
        model = ScaleTable
        fields = ["matrix", "figure", "currency", "bounds", "valid_from", "source", "needs_confirmation"]


class ScaleTableViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """How figures are mapped to steps of a matrix; all versions. Changed on the page, by two people."""

    queryset = ScaleTable.objects.select_related("matrix")
    serializer_class = ScaleTableSerializer
    keyset_order = ["-valid_from", "-id"]
    permission_map = {"list": "assessment.view_assessment"}
