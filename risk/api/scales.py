from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.response import Response

from risk.api.asking import Asking
from risk.filters.appetite import AppetiteFilter, BreachFilter
from risk.models import AppetiteBreach, AppetiteStatement, RiskMatrix, RiskMatrixCell
from risk.services.appetite import propose_statement
from staff.api.changes import ChangeSerializer


class AppetiteSerializer(serializers.ModelSerializer):
    id = serializers.CharField()

    class Meta:
        model = AppetiteStatement
        fields = [
            "id", "risk_class", "line", "team", "statement", "tolerance", "lead_after_days", "management_after_days",
            "valid_from",
        ]  # fmt: skip
        read_only_fields = fields


class ReviseAppetiteSerializer(serializers.ModelSerializer):
    reason = serializers.CharField(min_length=10, max_length=2_000)

    class Meta:
        model = AppetiteStatement
        fields = [
            "risk_class", "line", "team", "statement", "tolerance", "lead_after_days", "management_after_days", "valid_from",
            "reason",
        ]  # fmt: skip
        # A second statement of one day is refused by the service, with its sentence.
        validators: list = []


class BreachSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    risk = serializers.CharField(source="risk.reference")
    statement = serializers.CharField(source="statement_id")

    class Meta:
        model = AppetiteBreach
        fields = ["id", "risk", "statement", "opened_on", "closed_on"]
        read_only_fields = fields


class MatrixCellSerializer(serializers.ModelSerializer):
    class Meta:
        model = RiskMatrixCell
        fields = ["likelihood", "impact", "score", "level"]
        read_only_fields = fields


class MatrixSerializer(serializers.ModelSerializer):
    cells = MatrixCellSerializer(many=True, read_only=True)

    class Meta:
        model = RiskMatrix
        fields = ["version", "in_force_from", "likelihood_labels", "impact_labels", "cells"]
        read_only_fields = fields


class AppetiteViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """How much risk is taken of each class, line and unit, in revisions. POST asks for one; somebody else agrees."""

    queryset = AppetiteStatement.objects.none()
    serializer_class = AppetiteSerializer
    filterset_class = AppetiteFilter
    keyset_order = ["-valid_from", "-id"]
    permission_map = {"create": "risk.add_appetitestatement"}

    def get_queryset(self):
        return AppetiteStatement.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=ReviseAppetiteSerializer, responses={202: ChangeSerializer})
    def create(self, request):
        """Ask for a revision; it is in force from its day once somebody else has agreed."""
        command = ReviseAppetiteSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        found = dict(command.validated_data)
        for name in ("line", "team"):
            one = found.pop(name, None)
            found[f"{name}_id"] = one.pk if one else None
        found.setdefault("lead_after_days", 7)
        found.setdefault("management_after_days", 30)
        made = propose_statement(actor=request.user, at=timezone.now(), **found)
        return Response(ChangeSerializer(made).data, status=status.HTTP_202_ACCEPTED)


class BreachViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Risks above the appetite in force, since when and until when."""

    queryset = AppetiteBreach.objects.none()
    serializer_class = BreachSerializer
    filterset_class = BreachFilter
    keyset_order = ["-opened_on", "-id"]
    permission_map = {"list": "risk.view_appetitestatement", "retrieve": "risk.view_appetitestatement"}

    def get_queryset(self):
        return AppetiteBreach.objects.visible_to(self.request.user).select_related("risk")


class MatrixViewSet(Asking):
    """Matrices in versions, with the score and level of each place; drafts have no day yet."""

    queryset = RiskMatrix.objects.none()
    serializer_class = MatrixSerializer
    lookup_field = "version"
    keyset_order = ["-version"]
    permission_map = {"list": "risk.view_risk", "retrieve": "risk.view_risk"}

    def get_queryset(self):
        return RiskMatrix.objects.prefetch_related("cells")
