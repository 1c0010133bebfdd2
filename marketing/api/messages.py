from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from marketing.filters.messages import ClaimFilter, MessageFilter
from marketing.models import Claim, Language, Message, MessageText
from marketing.services.claims import add_claim, approve_claim
from marketing.services.content_checks import findings_of
from marketing.services.contents import record_message, write_text
from products.models import Product
from risk.api.asking import Asking, SeenField


class MessageTextSerializer(serializers.ModelSerializer):
    class Meta:
        model = MessageText
        fields = ["language", "subject", "preheader", "body"]
        read_only_fields = fields


class MessageSerializer(serializers.ModelSerializer):
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


class FindingSerializer(serializers.Serializer):
    severity = serializers.ChoiceField([("refuse", "refuse"), ("warn", "warn")])
    where = serializers.CharField()
    text = serializers.CharField()


class MessageViewSet(Asking):
    """Messages by code: written a language at a time, checked against what may not be said and what must."""

    queryset = Message.objects.none()
    serializer_class = MessageSerializer
    filterset_class = MessageFilter
    lookup_field = "code"
    keyset_order = ["-created_at", "-id"]
    record_key = "message_id"
    permission_map = {
        "create": "marketing.add_message", "write": "marketing.change_message", "checks": "marketing.view_message",
    }  # fmt: skip

    @extend_schema(request=NewMessageSerializer, responses={201: MessageSerializer})
    def create(self, request):
        """Begin a message."""
        made = record_message(actor=request.user, at=timezone.now(), **self.asked(NewMessageSerializer))
        return self.shown(made.code, status.HTTP_201_CREATED)

    @extend_schema(request=WriteTextSerializer, responses=MessageSerializer)
    @action(detail=True, methods=["post"])
    def write(self, request, code):
        """Write what a message says in a language; what was signed off with other words is void."""
        return self.act(write_text, WriteTextSerializer)

    @extend_schema(responses=FindingSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def checks(self, request, code):
        """What the checks say, the gravest first."""
        found = findings_of(self.get_object(), at=timezone.now())
        return Response(FindingSerializer(found, many=True).data)


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
