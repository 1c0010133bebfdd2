from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from customers.services.suitability_rules import company_day
from marketing.filters.messages import ClaimFilter, MessageFilter
from marketing.models import Claim, Disclosure, ForbiddenWord, Language, Message, MessageText
from marketing.services.claims import add_claim, approve_claim
from marketing.services.content_checks import findings_of
from marketing.services.contents import insert_disclosure, record_message, write_text
from marketing.services.rendering import prepare
from marketing.services.variables import samples
from products.models import Product
from risk.api.asking import Asking, SeenField


class MessageTextSerializer(serializers.ModelSerializer):
    class Meta:
        model = MessageText
        fields = ["language", "subject", "preheader", "body"]
        read_only_fields = fields


class CampaignMessageSerializer(serializers.ModelSerializer):
    product = serializers.CharField(source="product.code", default=None)
    texts = MessageTextSerializer(many=True)

    class Meta:
        model = Message
        fields = ["code", "name", "channel", "purpose", "line", "product", "owner", "planned_on", "texts", "created_at",
                  "archived_at"]  # fmt: skip
        read_only_fields = fields


class NewMessageSerializer(serializers.ModelSerializer):
    product = SeenField("code", queryset=Product.objects.all(), required=False, allow_null=True)

    class Meta:
        model = Message
        fields = ["code", "name", "channel", "purpose", "line", "product", "owner", "planned_on"]


class WriteTextSerializer(serializers.Serializer):
    language = serializers.ChoiceField(Language.choices)
    subject = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    preheader = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    body = serializers.CharField(max_length=100_000)


class ContentFindingSerializer(serializers.Serializer):
    severity = serializers.ChoiceField([("refuse", "refuse"), ("warn", "warn")])
    where = serializers.CharField()
    text = serializers.CharField()
    kind = serializers.CharField()
    language = serializers.CharField()
    field = serializers.CharField(help_text="subject, preheader or body; empty where it is about the whole.")
    line = serializers.IntegerField(help_text="Counted from 1; 0 where it is about the whole.")
    disclosure = serializers.IntegerField(allow_null=True, help_text="The disclosure that is missing.")


class PreviewSerializer(serializers.Serializer):
    language = serializers.CharField()
    subject = serializers.CharField()
    html = serializers.CharField()
    text = serializers.CharField()


class InsertDisclosureSerializer(serializers.Serializer):
    disclosure_id = serializers.IntegerField(min_value=1)


class MessageViewSet(Asking):
    """Messages by code: written a language at a time, checked against what may not be said and what must."""

    queryset = Message.objects.none()
    serializer_class = CampaignMessageSerializer
    filterset_class = MessageFilter
    lookup_field = "code"
    keyset_order = ["-created_at", "-id"]
    record_key = "message_id"
    permission_map = {
        "create": "marketing.add_message", "write": "marketing.change_message", "checks": "marketing.view_message",
        "preview": "marketing.view_message", "insert_disclosure": "marketing.change_message",
    }  # fmt: skip

    @extend_schema(request=NewMessageSerializer, responses={201: CampaignMessageSerializer})
    def create(self, request):
        """Begin a message."""
        made = record_message(actor=request.user, at=timezone.now(), **self.asked(NewMessageSerializer))
        return self.shown(made.code, status.HTTP_201_CREATED)

    @extend_schema(request=WriteTextSerializer, responses=CampaignMessageSerializer)
    @action(detail=True, methods=["post"])
    def write(self, request, code):
        """Write what a message says in a language; what was signed off with other words is void."""
        return self.act(write_text, WriteTextSerializer)

    @extend_schema(responses=ContentFindingSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def checks(self, request, code):
        """What the checks say, the gravest first."""
        found = findings_of(self.get_object(), at=timezone.now())
        return Response(ContentFindingSerializer(found, many=True).data)

    @extend_schema(
        parameters=[OpenApiParameter("language", enum=Language.values, required=True)], responses=PreviewSerializer,
        filters=False,
    )  # fmt: skip
    @action(detail=True, pagination_class=None, filterset_class=None)
    def preview(self, request, code):
        """How a message looks in a language, with samples in the place of what is a customer's."""
        message, language = self.get_object(), request.query_params.get("language", "")
        if not message.texts.filter(language=language).exists():
            raise ValidationError({"language": _("The message is not written in this language.")})
        shown = prepare(message).render(language, samples(), token="0" * 32)
        return Response(PreviewSerializer(shown).data)

    @extend_schema(request=InsertDisclosureSerializer, responses=CampaignMessageSerializer)
    @action(detail=True, methods=["post"], url_path="insert-disclosure")
    def insert_disclosure(self, request, code):
        """Put a disclosure that a check misses into the text of its language."""
        return self.act(insert_disclosure, InsertDisclosureSerializer)


class ForbiddenWordSerializer(serializers.ModelSerializer):
    class Meta:
        model = ForbiddenWord
        fields = ["id", "code", "language", "words", "valid_from", "valid_to", "source", "needs_confirmation"]
        read_only_fields = fields


class DisclosureSerializer(serializers.ModelSerializer):
    class Meta:
        model = Disclosure
        fields = [
            "id", "code", "line", "jurisdiction", "channel", "language", "text", "valid_from", "valid_to", "source",
            "needs_confirmation",
        ]  # fmt: skip
        read_only_fields = fields


class ForbiddenWordViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Words that no message may contain today. They change under four eyes, on their page."""

    queryset = ForbiddenWord.objects.none()
    serializer_class = ForbiddenWordSerializer
    keyset_order = ["code", "id"]

    def get_queryset(self):
        return ForbiddenWord.objects.visible_to(self.request.user).in_force(company_day(timezone.now()))


class DisclosureViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """What messages must say today, by line, place and channel. It changes under four eyes, on its page."""

    queryset = Disclosure.objects.none()
    serializer_class = DisclosureSerializer
    keyset_order = ["code", "id"]

    def get_queryset(self):
        return Disclosure.objects.visible_to(self.request.user).in_force(company_day(timezone.now()))


class ClaimSerializer(serializers.ModelSerializer):
    class Meta:
        model = Claim
        fields = [
            "id",
            "language",
            "words",
            "proof",
            "expires_on",
            "added_by",
            "added_at",
            "approved_by",
            "approved_at",
        ]
        read_only_fields = fields


class NewClaimSerializer(serializers.ModelSerializer):
    class Meta:
        model = Claim
        fields = ["language", "words", "proof", "expires_on"]


class ClaimViewSet(Asking):
    """What messages say of us, each with its proof."""

    queryset = Claim.objects.none()
    serializer_class = ClaimSerializer
    filterset_class = ClaimFilter
    lookup_field = "pk"
    keyset_order = ["-added_at", "-id"]
    record_key = "claim_id"
    permission_map = {"create": "marketing.add_claim", "approve": "marketing.approve_claim"}

    @extend_schema(request=NewClaimSerializer, responses={201: ClaimSerializer})
    def create(self, request):
        """Enter something that can be proved."""
        made = add_claim(actor=request.user, at=timezone.now(), **self.asked(NewClaimSerializer))
        return self.shown(made.pk, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=ClaimSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request, pk):
        """Approve a claim of somebody else's."""
        return self.act(approve_claim)
