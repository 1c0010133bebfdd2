"""Suitability of one customer for programs: the class, a link to the questionnaire, may they buy."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from customers.models import CheckUse, ConsentChannel, Match, SuitabilityResult
from customers.services.suitability import may_buy_each
from customers.services.suitability_carrying import standing_result
from customers.services.suitability_checks import goes_ahead, record_check
from customers.services.suitability_links import ask_by_link
from products.models import Product
from surveys.rules.definitions import LANGUAGES
from surveys.services.invitations import LINK_DAYS, MOST_DAYS, link_of

MOST_PRODUCTS = 100


class SuitabilityResultSerializer(serializers.ModelSerializer):
    evidence = serializers.IntegerField(source="response_id")

    class Meta:
        model = SuitabilityResult
        fields = ["investor_class", "score", "decided_at", "valid_until", "review", "evidence"]


class SuitabilitySerializer(serializers.Serializer):
    """The assessment that counts, null where there is none, and all of them."""

    current = SuitabilityResultSerializer(allow_null=True)
    history = SuitabilityResultSerializer(many=True)


class MakeLinkSerializer(serializers.Serializer):
    language = serializers.ChoiceField(choices=LANGUAGES)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=LINK_DAYS)
    by_email = serializers.BooleanField(default=False)


class LinkSerializer(serializers.Serializer):
    link = serializers.URLField()
    expires_at = serializers.DateTimeField()


class ReasonSerializer(serializers.Serializer):
    code = serializers.CharField()
    weight = serializers.ChoiceField(choices=["no", "confirm", "note"])
    text = serializers.CharField()


class MayBuySerializer(serializers.Serializer):
    """`verdict`: yes, confirm (of their own accord, after a written warning) or no."""

    product = serializers.CharField()
    verdict = serializers.ChoiceField(choices=Match.choices)
    reasons = ReasonSerializer(many=True)


class RecordCheckSerializer(serializers.Serializer):
    product = serializers.CharField(max_length=40)
    use = serializers.ChoiceField(choices=CheckUse.choices)
    channel = serializers.ChoiceField(choices=ConsentChannel.choices, required=False, default="")
    amount = serializers.DecimalField(max_digits=20, decimal_places=2, required=False, allow_null=True)
    confirmed = serializers.BooleanField(default=False)
    warning = serializers.CharField(required=False, allow_blank=True, max_length=2000, default="")


class RecordedSerializer(MayBuySerializer):
    id = serializers.CharField(help_text="The evidence that was kept.")
    goes_ahead = serializers.BooleanField()


class SuitabilityActions:
    """Routes of a customer that `CustomerViewSet` has."""

    @extend_schema(responses=SuitabilitySerializer)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def suitability(self, request, reference):
        """The customer's class and every assessment, newest first."""
        customer = self.get_object()
        history = customer.suitability.order_by("-decided_at", "-id")
        said = {"current": standing_result(customer, timezone.now()), "history": history}
        return Response(SuitabilitySerializer(said).data)

    @extend_schema(request=MakeLinkSerializer, responses={201: LinkSerializer})
    @suitability.mapping.post
    def make_suitability_link(self, request, reference):
        """Make a link to the questionnaire in force, good once; with `by_email` it is sent to the customer as well."""
        customer, command = self.get_object(), MakeLinkSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        made = ask_by_link(actor=request.user, customer=customer, at=timezone.now(), **command.validated_data)
        return Response(LinkSerializer({"link": link_of(made), "expires_at": made.expires_at}).data, status=201)

    @extend_schema(
        parameters=[OpenApiParameter("product", str), OpenApiParameter("offer", str)],
        responses=MayBuySerializer(many=True),
    )
    @action(detail=True, url_path="may-buy", filterset_class=None, pagination_class=None)
    def may_buy(self, request, reference):
        """May the customer buy `product`, a code, and why not; without it, whatever is on sale. With `offer`, a channel:
        may it be offered there. Nothing is kept: an order or an offer is posted."""
        customer, code = self.get_object(), request.query_params.get("product", "")
        products = [self._product(code)] if code else list(self._products().on_sale().order_by("code")[:MOST_PRODUCTS])
        answers = may_buy_each(customer, products, timezone.now(), offer=self._channel(request))
        return Response(
            [
                {"product": product.code, "verdict": answer.verdict, "reasons": answer.reasons}
                for product, answer in zip(products, answers, strict=True)
            ]
        )

    @extend_schema(request=RecordCheckSerializer, responses={201: RecordedSerializer})
    @may_buy.mapping.post
    def record_suitability_check(self, request, reference):
        """Ask for an order or an offer; the answer is kept with the facts that it saw."""
        customer, command = self.get_object(), RecordCheckSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        said = dict(command.validated_data)
        product = self._product(said.pop("product"))
        check, answer = record_check(
            actor=request.user, customer_id=customer.pk, product_code=product.code, at=timezone.now(), **said
        )
        kept = {"id": str(check.pk), "goes_ahead": goes_ahead(check), "product": product.code}
        return Response({"verdict": answer.verdict, "reasons": answer.reasons, **kept}, status=201)

    def _product(self, code):
        return serializers.SlugRelatedField("code", queryset=self._products()).run_validation(code)

    def _products(self):
        return Product.objects.visible_to(self.request.user).select_related("line", "version")

    def _channel(self, request):
        channel = request.query_params.get("offer", "")
        return serializers.ChoiceField(choices=ConsentChannel.choices, allow_blank=True).run_validation(channel)
