from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from risk.filters.indicators import IndicatorFilter, ReadingFilter
from risk.formats import is_indicator_stale
from risk.models import Indicator, IndicatorReading
from risk.services.indicators import propose_bounds
from risk.services.readings import record_reading
from staff.api.changes import ChangeSerializer


class ReadingSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    indicator = serializers.CharField(source="indicator.code")
    run = serializers.CharField(allow_null=True)

    class Meta:
        model = IndicatorReading
        fields = [
            "id",
            "indicator",
            "day",
            "value",
            "numerator",
            "denominator",
            "currency",
            "left_out",
            "band",
            "amber",
            "red",
            "note",
            "read_by",
            "run",
            "taken_at",
        ]
        read_only_fields = fields


class LatestSerializer(serializers.ModelSerializer):
    class Meta:
        model = IndicatorReading
        fields = ["day", "value", "band", "currency", "left_out", "taken_at"]
        read_only_fields = fields


class IndicatorSerializer(serializers.ModelSerializer):
    latest = LatestSerializer(read_only=True)
    stale = serializers.SerializerMethodField()

    class Meta:
        model = Indicator
        fields = [
            "code",
            "name",
            "description",
            "risk_class",
            "line",
            "unit",
            "direction",
            "amber",
            "red",
            "source",
            "measure",
            "owner",
            "stale_after_days",
            "is_active",
            "latest",
            "stale",
            "failure",
            "failed_on",
        ]
        read_only_fields = fields

    def get_stale(self, indicator) -> bool:
        return is_indicator_stale(indicator)


class BoundsSerializer(serializers.Serializer):
    amber = serializers.DecimalField(max_digits=20, decimal_places=6)
    red = serializers.DecimalField(max_digits=20, decimal_places=6)
    reason = serializers.CharField(min_length=10, max_length=2_000)


class RecordReadingSerializer(serializers.Serializer):
    """A share is a fraction: 0.05 is five per cent."""

    indicator = serializers.SlugField()
    day = serializers.DateField()
    value = serializers.DecimalField(max_digits=20, decimal_places=6)
    note = serializers.CharField(allow_blank=True, default="", max_length=2_000)


class IndicatorViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Key risk indicators with their latest readings, by code. Shares are fractions."""

    queryset = Indicator.objects.none()
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilter
    lookup_field = "code"
    keyset_order = ["code"]
    permission_map = {"bounds": "risk.change_indicator"}

    def get_queryset(self):
        return Indicator.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=BoundsSerializer, responses={202: ChangeSerializer})
    @action(detail=True, methods=["post"])
    def bounds(self, request, code):
        """Ask for other bounds, for a reason; they hold from the first reading after somebody else has approved them."""
        command = BoundsSerializer(data=request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        made = propose_bounds(actor=request.user, indicator_id=pk, at=timezone.now(), **command.validated_data)
        return Response(ChangeSerializer(made).data, status=status.HTTP_202_ACCEPTED)


class ReadingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Readings of indicators, newest first, with the bounds that they were taken under. POST adds one taken by hand."""

    queryset = IndicatorReading.objects.none()
    serializer_class = ReadingSerializer
    filterset_class = ReadingFilter
    keyset_order = ["-day", "-id"]
    permission_map = {
        "list": "risk.view_indicator",
        "retrieve": "risk.view_indicator",
        "create": "risk.add_indicatorreading",
    }

    def get_queryset(self):
        return IndicatorReading.objects.visible_to(self.request.user).select_related("indicator")

    @extend_schema(request=RecordReadingSerializer, responses={201: ReadingSerializer})
    def create(self, request):
        command = RecordReadingSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        found = dict(command.validated_data)
        indicator = get_object_or_404(Indicator.objects.visible_to(request.user), code=found.pop("indicator"))
        reading = record_reading(actor=request.user, indicator_id=indicator.pk, at=timezone.now(), **found)
        return Response(ReadingSerializer(reading).data, status=status.HTTP_201_CREATED)
