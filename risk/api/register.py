from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from products.models import BusinessLine
from risk.filters.register import RiskFilter
from risk.models import (
    Cause,
    Consequence,
    RatingBasis,
    RatingKind,
    Risk,
    RiskClass,
    RiskRating,
    RiskReview,
    RiskSubclass,
)
from risk.querysets.people import risk_people
from risk.services.moves import moves_between
from risk.services.register import close_risk, rate_risk, record_risk, reopen_risk, review_risk


class RatingSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    risk = serializers.CharField(source="risk.reference")
    matrix = serializers.IntegerField(source="matrix.version")

    class Meta:
        model = RiskRating
        fields = [
            "id",
            "risk",
            "kind",
            "matrix",
            "likelihood",
            "impact",
            "score",
            "level",
            "basis",
            "model_version",
            "reason",
            "rated_by",
            "rated_at",
        ]
        read_only_fields = fields


class PlaceSerializer(serializers.ModelSerializer):
    """A rating in force, short."""

    class Meta:
        model = RiskRating
        fields = ["likelihood", "impact", "score", "level", "rated_at"]
        read_only_fields = fields


class RiskSerializer(serializers.ModelSerializer):
    subclass = serializers.CharField(source="subclass.code", default=None)
    cause_kinds = serializers.SlugRelatedField("code", many=True, read_only=True)
    consequence_kinds = serializers.SlugRelatedField("code", many=True, read_only=True)
    inherent = PlaceSerializer(read_only=True)
    residual = PlaceSerializer(read_only=True)
    target = PlaceSerializer(read_only=True)

    class Meta:
        model = Risk
        fields = [
            "reference",
            "title",
            "risk_class",
            "subclass",
            "cause_kinds",
            "consequence_kinds",
            "line",
            "owner",
            "status",
            "inherent",
            "residual",
            "target",
            "review_on",
            "description",
            "causes",
            "consequences",
            "created_at",
            "closing_reason",
        ]
        read_only_fields = fields


class RecordRiskSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=160)
    risk_class = serializers.ChoiceField(choices=RiskClass.choices)
    subclass = serializers.SlugRelatedField(
        slug_field="code", queryset=RiskSubclass.objects.all(), allow_null=True, default=None
    )
    line = serializers.PrimaryKeyRelatedField(queryset=BusinessLine.objects.all(), allow_null=True, default=None)
    owner = serializers.PrimaryKeyRelatedField(queryset=risk_people(), allow_null=True, default=None)
    review_on = serializers.DateField(allow_null=True, default=None)
    description = serializers.CharField(allow_blank=True, default="", max_length=10_000)
    causes = serializers.CharField(allow_blank=True, default="", max_length=10_000)
    consequences = serializers.CharField(allow_blank=True, default="", max_length=10_000)
    cause_kinds = serializers.SlugRelatedField("code", queryset=Cause.objects.all(), many=True, default=list)
    consequence_kinds = serializers.SlugRelatedField(
        "code", queryset=Consequence.objects.all(), many=True, default=list
    )


class RateRiskSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=RatingKind.choices)
    likelihood = serializers.IntegerField(min_value=1)
    impact = serializers.IntegerField(min_value=1)
    basis = serializers.ChoiceField(choices=RatingBasis.choices, default=RatingBasis.EXPERT)
    model_version = serializers.CharField(max_length=80, allow_blank=True, default="")
    reason = serializers.CharField(min_length=10, max_length=2_000)


class ReviewRiskSerializer(serializers.Serializer):
    conclusion = serializers.CharField(min_length=10, max_length=10_000)
    next_on = serializers.DateField()


class ReviewSerializer(serializers.ModelSerializer):
    class Meta:
        model = RiskReview
        fields = ["reviewed_at", "reviewed_by", "conclusion", "next_on"]
        read_only_fields = fields


class SpanSerializer(serializers.Serializer):
    """Two days and the kind of rating."""

    first = serializers.DateField()
    last = serializers.DateField()
    rating = serializers.ChoiceField(choices=RatingKind.choices, default=RatingKind.RESIDUAL)

    def validate(self, attrs):
        if attrs["first"] >= attrs["last"]:
            raise serializers.ValidationError({"last": "The second day comes after the first."})
        return attrs


class MapMoveSerializer(serializers.Serializer):
    """A risk that stands elsewhere on the map than it stood, and why."""

    reference = serializers.CharField()
    title = serializers.CharField()
    before = PlaceSerializer(allow_null=True)
    after = PlaceSerializer(allow_null=True)
    reason = serializers.CharField()


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=10, max_length=2_000)


class RiskViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The risk register. A risk is named by its reference, such as R-1004."""

    queryset = Risk.objects.none()
    serializer_class = RiskSerializer
    filterset_class = RiskFilter
    lookup_field = "reference"
    keyset_order = ["-id"]
    permission_map = {
        "create": "risk.add_risk",
        "rate": "risk.rate_risk",
        "review": "risk.review_risk",
        "close": "risk.change_risk",
        "reopen": "risk.change_risk",
        "moved": "risk.view_risk",
    }

    def get_queryset(self):
        seen = Risk.objects.visible_to(self.request.user).for_list()
        return seen.prefetch_related("cause_kinds", "consequence_kinds")

    @extend_schema(request=RecordRiskSerializer, responses={201: RiskSerializer})
    def create(self, request):
        """Record a risk, open and unrated."""
        command = RecordRiskSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        found = dict(command.validated_data)
        line = found.pop("line")
        risk = record_risk(actor=request.user, at=timezone.now(), line_id=line.pk if line else None, **found)
        return Response(RiskSerializer(risk).data, status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[SpanSerializer], responses=MapMoveSerializer(many=True))
    @action(detail=False, pagination_class=None, filterset_class=None)
    def moved(self, request):
        """Why the heat map moved between two days, the greatest change first."""
        span = SpanSerializer(data=request.query_params)
        span.is_valid(raise_exception=True)
        days, seen = span.validated_data, Risk.objects.visible_to(request.user)
        moves = moves_between(seen, days["rating"], days["first"], days["last"])
        return Response(MapMoveSerializer(moves, many=True).data)

    @extend_schema(request=RateRiskSerializer, responses=RatingSerializer)
    @action(detail=True, methods=["post"])
    def rate(self, request, reference):
        """Add a rating under the matrix in force; it becomes the risk's rating of its kind."""
        command = RateRiskSerializer(data=request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        rating = rate_risk(actor=request.user, risk_id=pk, at=timezone.now(), **command.validated_data)
        return Response(RatingSerializer(rating).data)

    @extend_schema(request=ReviewRiskSerializer, responses=ReviewSerializer)
    @action(detail=True, methods=["post"])
    def review(self, request, reference):
        """Record what a review concluded and when the next one is due."""
        command = ReviewRiskSerializer(data=request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        review = review_risk(actor=request.user, risk_id=pk, at=timezone.now(), **command.validated_data)
        return Response(ReviewSerializer(review).data)

    @extend_schema(request=ReasonSerializer, responses=RiskSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request, reference):
        return self._with_reason(close_risk, request)

    @extend_schema(request=ReasonSerializer, responses=RiskSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request, reference):
        return self._with_reason(reopen_risk, request)

    def _with_reason(self, service, request):
        command = ReasonSerializer(data=request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        risk = service(actor=request.user, risk_id=pk, **command.validated_data)
        return Response(RiskSerializer(self.get_queryset().get(pk=risk.pk)).data)


class RatingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Every rating ever given, newest first; none is ever changed."""

    queryset = RiskRating.objects.none()
    serializer_class = RatingSerializer
    filterset_fields = {"risk__reference": ["exact"], "kind": ["exact"], "matrix__version": ["exact"]}
    keyset_order = ["-rated_at", "-id"]
    permission_map = {"list": "risk.view_risk", "retrieve": "risk.view_risk"}

    def get_queryset(self):
        seen = Risk.objects.visible_to(self.request.user)
        return RiskRating.objects.filter(risk__in=seen).for_list().select_related("risk")
