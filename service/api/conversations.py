"""The app and communities for programs with a token: what webhooks do, asked and answered at once, and what was said."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response

from customers.models import Customer
from service.columns import Words
from service.models import Channel, Direction, MessageFile, Ticket, TicketMessage
from service.outlets import outlet_named
from service.services.inbound import customer_of, mark_deleted, take_words
from service.services.uploads import checked_file
from service.views.files import attachment

MOST_FILES = 5


class ConversationSerializer(serializers.ModelSerializer):
    subject = serializers.SerializerMethodField()
    customer = serializers.SlugRelatedField("reference", read_only=True)
    queue = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = Ticket
        fields = [
            "reference",
            "source",
            "external_id",
            "channel",
            "subject",
            "customer",
            "status",
            "queue",
            "opened_at",
        ]

    def get_subject(self, ticket) -> str:
        return Words(self.context["request"].user).subject(ticket)


class FileSerializer(serializers.ModelSerializer):
    class Meta:
        model = MessageFile
        fields = ["id", "name", "media_type", "size", "sha256"]


class SaidSerializer(serializers.ModelSerializer):
    text = serializers.SerializerMethodField()
    files = FileSerializer(many=True, read_only=True)

    class Meta:
        model = TicketMessage
        fields = ["id", "direction", "text", "at", "external_id", "deleted_at", "files"]

    def get_text(self, message) -> str:
        words = self.context.setdefault("words", Words(self.context["request"].user))
        return words.text(message.ticket, message.text)


class WordsSerializer(serializers.Serializer):
    """A message of the app or a post of a community, by its numbers there."""

    source = serializers.CharField(max_length=40, help_text="The code of the outlet.")
    conversation = serializers.CharField(max_length=100, help_text="The number of the conversation or thread there.")
    external_id = serializers.CharField(max_length=100, help_text="The number of the message or post there.")
    text = serializers.CharField(max_length=100_000, trim_whitespace=False)
    customer = serializers.CharField(required=False, allow_blank=True, max_length=64)
    author = serializers.CharField(required=False, allow_blank=True, max_length=80)
    subject = serializers.CharField(required=False, allow_blank=True, max_length=200)
    language = serializers.CharField(required=False, allow_blank=True, max_length=10)
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), required=False, max_length=MOST_FILES,
        help_text="As multipart/form-data: pictures and PDFs by their first bytes, of the size that CHAT_FILE_BYTES sets.",
    )  # fmt: skip


class DeletedSerializer(serializers.Serializer):
    source = serializers.CharField(max_length=40)
    external_id = serializers.CharField(max_length=100)


class TakenSerializer(serializers.Serializer):
    ticket = serializers.CharField()
    message = serializers.IntegerField()


class ConversationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Conversations of the app and threads of communities, in the reader's scope, masked as on the pages."""

    queryset = Ticket.objects.none()
    serializer_class = ConversationSerializer
    lookup_field = "reference"
    keyset_order = ["-id"]
    parser_classes = [JSONParser, MultiPartParser]
    permission_map = {"create": "service.add_ticket", "deleted": "service.add_ticket"}

    def get_queryset(self):
        channels = (Channel.APP, Channel.COMMUNITY)
        return Ticket.objects.visible_to(self.request.user).filter(channel__in=channels).for_list()

    @extend_schema(request=WordsSerializer, responses={201: TakenSerializer})
    def create(self, request):
        """Take a message or post, once by (source, external_id); the first of a conversation opens it."""
        sent = WordsSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        words = {**sent.validated_data}
        words["files"] = [checked_file(file) for file in words.pop("files", [])]
        outlet, number = _outlet(words.pop("source")), words.pop("external_id")
        customer = customer_of(outlet, words.pop("customer", ""))
        if customer and not Customer.objects.visible_to(request.user).filter(pk=customer.pk).exists():
            raise ValidationError({"customer": _("There is no customer of this number.")})
        message = take_words(
            actor=request.user, outlet=outlet, number=number, customer=customer, at=timezone.now(), **words
        )
        return Response({"ticket": message.ticket.reference, "message": message.pk}, status=201)

    @extend_schema(request=DeletedSerializer, responses=TakenSerializer)
    @action(detail=False, methods=["post"])
    def deleted(self, request):
        """Say that a message or post was deleted where it was written."""
        sent = DeletedSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        outlet = _outlet(sent.validated_data["source"])
        message = mark_deleted(outlet=outlet, number=sent.validated_data["external_id"], at=timezone.now())
        return Response({"ticket": message.ticket.reference, "message": message.pk})

    @extend_schema(responses=SaidSerializer(many=True))
    @action(detail=True, serializer_class=SaidSerializer)
    def messages(self, request, reference):
        """What was said, newest first; internal notes are ours and stay out."""
        said = TicketMessage.objects.filter(ticket=self.get_object()).exclude(direction=Direction.NOTE)
        page = self.paginate_queryset(said.select_related("ticket__customer").prefetch_related("files"))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, url_path=r"files/(?P<file>\d{1,18})")
    def files(self, request, reference, file):
        """A file of a message, as something to keep."""
        said = TicketMessage.objects.filter(ticket=self.get_object()).exclude(direction=Direction.NOTE)
        return attachment(get_object_or_404(MessageFile.objects.exclude(file=""), pk=file, message__in=said))


def _outlet(code):
    outlet = outlet_named(code)
    if outlet is None:
        raise ValidationError({"source": _("There is no outlet of this code.")})
    return outlet
