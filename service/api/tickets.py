from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from customers.models import Customer
from customers.services.reading import open_customer
from service.columns import Words
from service.filters.tickets import TicketFilter
from service.models import Channel, Direction, Priority, Queue, Ticket, TicketKind, TicketMessage, TicketStatus
from service.services.answers import answer_ticket
from service.services.messages import LONGEST
from service.services.opening import open_ticket_with_words
from service.services.tickets import set_status
from staff.rate_limits import searches, throttle

MOST_MESSAGES = 200


class _Worded(serializers.ModelSerializer):
    """What people wrote, as the reader may see it."""

    @property
    def words(self) -> Words:
        return self.context.setdefault("words", Words(self.context["request"].user))


class TicketSerializer(_Worded):
    subject = serializers.SerializerMethodField()
    customer = serializers.CharField(source="customer.reference", default=None)
    queue = serializers.CharField(source="queue.code", default=None)
    assignee = serializers.CharField(source="assignee.full_name", default=None)
    merged_into = serializers.CharField(source="merged_into.reference", default=None)

    class Meta:
        model = Ticket
        fields = [
            "reference", "kind", "channel", "subject", "customer", "line", "queue", "assignee", "status", "priority",
            "language", "tags", "opened_at", "first_answered_at", "last_message_at", "resolved_at", "closed_at",
            "due_at", "reopened", "rating", "merged_into",
        ]  # fmt: skip

    def get_subject(self, ticket) -> str:
        return self.words.subject(ticket)


class MessageSerializer(_Worded):
    id = serializers.CharField()
    text = serializers.SerializerMethodField()
    author = serializers.CharField(source="author.full_name", default=None)

    class Meta:
        model = TicketMessage
        fields = ["id", "direction", "channel", "text", "author", "at"]

    def get_text(self, message) -> str:
        return self.words.text(message.ticket, message.text)


class OpenTicketSerializer(serializers.Serializer):
    """A number at the source, once given, makes opening safe to repeat: the same one gives the ticket that is there."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    subject = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=LONGEST, required=False, default="")
    kind = serializers.ChoiceField(choices=TicketKind.choices, default=TicketKind.QUESTION)
    customer = serializers.CharField(max_length=16, required=False, default="")
    priority = serializers.ChoiceField(choices=Priority.choices, default=Priority.NORMAL)
    queue = serializers.SlugRelatedField(
        "code", queryset=Queue.objects.filter(is_active=True), required=False, default=None
    )
    language = serializers.CharField(max_length=10, required=False, default="")
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=20, required=False, default=list
    )
    source = serializers.CharField(max_length=40, required=False, default="")
    external_id = serializers.CharField(max_length=128, required=False, default="")

    def validate_customer(self, text):
        if not text:
            return None
        found = Customer.objects.visible_to(self.context["request"].user).filter(reference=text.upper()).first()
        if found is None:
            raise serializers.ValidationError("No customer of this number is in your lines and regions.")
        return found


class TicketAnswerSerializer(serializers.Serializer):
    """`seen` is the id of the newest message that the answer takes account of; one that crossed a newer is refused."""

    direction = serializers.ChoiceField(choices=[Direction.OUT, Direction.NOTE], default=Direction.OUT)
    text = serializers.CharField(trim_whitespace=False)
    seen = serializers.IntegerField(min_value=0)
    status = serializers.ChoiceField(choices=TicketStatus.choices, required=False, default="")


class StatusSerializer(serializers.Serializer):
    status = serializers.ChoiceField(choices=TicketStatus.choices)


class TicketViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Tickets, newest first."""

    queryset = Ticket.objects.none()
    serializer_class = TicketSerializer
    filterset_class = TicketFilter
    lookup_field = "reference"
    keyset_order = ["-opened_at", "-id"]
    permission_map = {
        "create": "service.add_ticket",
        "answer": "service.answer_ticket",
        "set_status": "service.answer_ticket",
    }

    def get_queryset(self):
        return Ticket.objects.visible_to(self.request.user).for_list().select_related("merged_into")

    def get_throttles(self):
        return [*super().get_throttles(), throttle("search", when=searches)()]

    def retrieve(self, request, *args, **kwargs):
        ticket = self._opened()
        return Response(self.get_serializer(ticket).data)

    @extend_schema(request=OpenTicketSerializer, responses={201: TicketSerializer})
    def create(self, request):
        """Open a ticket, with what the customer said as its first message."""
        asked = OpenTicketSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        ticket = open_ticket_with_words(actor=request.user, at=timezone.now(), **asked.validated_data)
        return Response(self.get_serializer(ticket).data, status=201)

    @extend_schema(responses=MessageSerializer(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def messages(self, request, reference):
        """The newest two hundred messages of a ticket, oldest first."""
        ticket = self._opened()
        newest = ticket.messages.select_related("author", "ticket__customer").order_by("-at", "-id")[:MOST_MESSAGES]
        shown = MessageSerializer(reversed(newest), many=True, context=self.get_serializer_context())
        return Response(shown.data)

    @extend_schema(request=TicketAnswerSerializer, responses={201: MessageSerializer})
    @action(detail=True, methods=["post"])
    def answer(self, request, reference):
        """Write an answer to the customer, or an internal note."""
        ticket = self.get_object()
        asked = TicketAnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        message = answer_ticket(actor=request.user, ticket_id=ticket.pk, at=timezone.now(), **asked.validated_data)
        return Response(MessageSerializer(message, context=self.get_serializer_context()).data, status=201)

    @extend_schema(request=StatusSerializer, responses=TicketSerializer)
    @action(detail=True, methods=["post"], url_path="status")
    def set_status(self, request, reference):
        """Bring a ticket into another state."""
        ticket = self.get_object()
        asked = StatusSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        set_status(actor=request.user, ticket_id=ticket.pk, at=timezone.now(), **asked.validated_data)
        return Response(self.get_serializer(self.get_object()).data)

    def _opened(self):
        """The ticket; that a customer's words were read is in the log."""
        ticket = self.get_object()
        if ticket.customer:
            open_customer(ticket.customer, "ticket", ticket.pk)
        return ticket
