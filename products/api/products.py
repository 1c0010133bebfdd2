from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from products.filters.products import ProductFilter
from products.models import Product, ProductFee, ProductRate, ProductStatus, ProductVersion
from products.services.products import move_product


class RateSerializer(serializers.ModelSerializer):
    class Meta:
        model = ProductRate
        fields = ["kind", "amount_from", "annual_rate", "valid_from", "valid_to"]


class FeeSerializer(serializers.ModelSerializer):
    class Meta:
        model = ProductFee
        fields = ["name", "basis", "value", "valid_from", "valid_to"]


class VersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = ProductVersion
        fields = ["number", "state", "risk_rating", "target_group", "description", "terms", "submitted_at"]


class ProductSerializer(serializers.ModelSerializer):
    version = VersionSerializer(read_only=True)
    rates = RateSerializer(many=True, read_only=True)
    fees = FeeSerializer(many=True, read_only=True)
    holders = serializers.IntegerField(read_only=True)
    balance = serializers.DecimalField(24, 2, read_only=True)

    class Meta:
        model = Product
        fields = [
            "code",
            "name",
            "line",
            "status",
            "currency",
            "jurisdiction",
            "version",
            "rates",
            "fees",
            "holders",
            "balance",
        ]


class MoveSerializer(serializers.Serializer):
    to = serializers.ChoiceField(ProductStatus)
    reason = serializers.CharField(min_length=5)


class ProductViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The catalogue with the version, rates and fees in force."""

    queryset = Product.objects.none()
    serializer_class = ProductSerializer
    filterset_class = ProductFilter
    lookup_field = "code"
    keyset_order = ["code"]
    permission_map = {"move": "products.move_product"}

    def get_queryset(self):
        return Product.objects.visible_to(self.request.user).for_list().prefetch_related("rates", "fees")

    @action(detail=True, methods=["post"], serializer_class=MoveSerializer, filterset_class=None)
    def move(self, request, code):
        command = self.get_serializer(data=request.data)
        pk = self.get_object().pk
        command.is_valid(raise_exception=True)
        product = move_product(actor=request.user, product_id=pk, **command.validated_data)
        return Response(ProductSerializer(self.get_queryset().get(pk=product.pk)).data)
