"""Privacy for programs: consents (read, record, take from the platform), requests, reveals, rules."""

from django.db import models
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from customers.filters.privacy import ConsentFilter, PrivacyRequestFilter, RevealFilter
from customers.models import (
    Consent,
    ConsentChannel,
    ConsentSource,
    Customer,
    IdentityCheck,
    Notice,
    PrivacyRequest,
    PrivacyRule,
    Purpose,
    RequestKind,
    RequestOutcome,
    Reveal,
)
from customers.services import privacy_requests as requests
from customers.services.consents import record_consent, take_consents

MOST_ROWS = 1_000


class ConsentSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    customer = serializers.CharField(source="customer.reference")
    notice_sha256 = serializers.CharField(source="notice.sha256", default=None)
    notice_version = serializers.IntegerField(source="notice.version", default=None)
    notice_language = serializers.CharField(source="notice.language", default=None)

    class Meta:
        model = Consent
        fields = [
            "id",
            "customer",
            "purpose",
            "channel",
            "given",
            "at",
            "origin",
            "notice_sha256",
            "notice_version",
            "notice_language",
            "recorded_at",
            "recorded_by",
        ]
        read_only_fields = fields


class RecordConsentSerializer(serializers.Serializer):
    """A yes or a no. A yes names the text that was shown by its number; `notices` lists them."""

    customer = serializers.SlugRelatedField("reference", queryset=Customer.objects.none())
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    channel = serializers.ChoiceField(choices=ConsentChannel.choices)
    given = serializers.BooleanField()
    notice = serializers.PrimaryKeyRelatedField(queryset=Notice.objects.all(), required=False, allow_null=True)
    origin = serializers.ChoiceField(choices=ConsentSource.choices)
    evidence = serializers.CharField(required=False, allow_blank=True, max_length=200)
    at = serializers.DateTimeField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reader = self.context.get("request")
        if reader:
            self.fields["customer"].queryset = Customer.objects.visible_to(reader.user).only("pk")


class ConsentRowSerializer(serializers.Serializer):
    """A consent as the platform knows it: `customer` is its own number, `notice_sha256` the hash of the text shown."""

    external_id = serializers.CharField(max_length=64)
    customer = serializers.CharField(max_length=64)
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    channel = serializers.ChoiceField(choices=ConsentChannel.choices)
    given = serializers.BooleanField()
    notice_sha256 = serializers.CharField(required=False, allow_blank=True, max_length=64)
    origin = serializers.ChoiceField(choices=ConsentSource.choices)
    evidence = serializers.CharField(required=False, allow_blank=True, max_length=200)
    at = serializers.DateTimeField()


class ConsentBatchSerializer(serializers.Serializer):
    source = serializers.CharField(max_length=40)
    rows = ConsentRowSerializer(many=True, max_length=MOST_ROWS)


class ConsentOutcomeSerializer(serializers.Serializer):
    external_id = serializers.CharField()
    outcome = serializers.ChoiceField(choices=["new", "known", "rejected"])
    reason = serializers.CharField()


class ConsentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Every yes and no, newest first. Nothing is changed or removed: a withdrawal is a no of its own."""

    queryset = Consent.objects.none()
    serializer_class = ConsentSerializer
    filterset_class = ConsentFilter
    keyset_order = ["-at", "-id"]
    permission_map = {"create": "customers.record_consent", "take": "customers.add_consent"}

    def get_queryset(self):
        return Consent.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=RecordConsentSerializer, responses=ConsentSerializer)
    def create(self, request):
        """Record what a customer said."""
        command = RecordConsentSerializer(data=request.data, context=self.get_serializer_context())
        command.is_valid(raise_exception=True)
        said = dict(command.validated_data)
        customer = said.pop("customer")
        consent = record_consent(actor=request.user, customer_id=customer.pk, now=timezone.now(), **said)
        shown = Consent.objects.for_list().get(pk=consent.pk)
        return Response(ConsentSerializer(shown).data, status=201)

    @extend_schema(request=ConsentBatchSerializer, responses=ConsentOutcomeSerializer(many=True))
    @action(detail=False, methods=["post"], filterset_class=None)
    def take(self, request):
        """Take up to 1,000 consents from a source, each once by its number there."""
        command = ConsentBatchSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        sent = command.validated_data
        answers = take_consents(actor=request.user, source_code=sent["source"], rows=sent["rows"], now=timezone.now())
        return Response(ConsentOutcomeSerializer(answers, many=True).data)


class NoticeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Notice
        fields = ["id", "purpose", "version", "language", "text", "sha256", "published_at"]


class NoticeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The texts that people are shown, every version of them."""

    queryset = Notice.objects.all()
    serializer_class = NoticeSerializer
    keyset_order = ["-id"]


class RuleSerializer(serializers.ModelSerializer):
    class Meta:
        model = PrivacyRule
        fields = [
            "code", "jurisdiction", "value", "unit", "valid_from", "valid_to", "source", "needs_confirmation",
        ]  # fmt: skip


class PrivacyRuleViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """How long what is kept and by when what is answered, by jurisdiction and day."""

    queryset = PrivacyRule.objects.all()
    serializer_class = RuleSerializer
    keyset_order = ["id"]


class RevealSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    customer = serializers.CharField(source="customer.reference")

    class Meta:
        model = Reveal
        fields = ["id", "customer", "field", "by", "reason_kind", "at", "expires_at"]


class RevealViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Who was shown what in clear, newest first."""

    queryset = Reveal.objects.none()
    serializer_class = RevealSerializer
    filterset_class = RevealFilter
    keyset_order = ["-at", "-id"]

    def get_queryset(self):
        return Reveal.objects.visible_to(self.request.user).for_list()


class PrivacyRequestSerializer(serializers.ModelSerializer):
    """A request without its words: those are read on its page."""

    customer = serializers.CharField(source="customer.reference")

    class Meta:
        model = PrivacyRequest
        fields = [
            "reference",
            "customer",
            "kind",
            "state",
            "outcome",
            "jurisdiction",
            "received_on",
            "due_on",
            "extended_from",
            "identity_check",
            "owner",
            "answered_at",
        ]
        read_only_fields = fields


class ReceiveSerializer(serializers.Serializer):
    customer = serializers.SlugRelatedField("reference", queryset=Customer.objects.none())
    kind = serializers.ChoiceField(choices=RequestKind.choices)
    received_on = serializers.DateField()
    text = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    field = serializers.CharField(required=False, allow_blank=True, max_length=20)
    proposed = serializers.CharField(required=False, allow_blank=True, max_length=500)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reader = self.context.get("request")
        if reader:
            self.fields["customer"].queryset = Customer.objects.visible_to(reader.user).only("pk", "jurisdiction")


class CheckSerializer(serializers.Serializer):
    check_by = serializers.ChoiceField(choices=IdentityCheck.choices)


class AnswerSerializer(serializers.Serializer):
    outcome = serializers.ChoiceField(choices=RequestOutcome.choices)
    answer = serializers.CharField(min_length=10, max_length=4_000)


class ExtendSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=10, max_length=4_000)


HANDLE = requests.HANDLE


class PrivacyRequestViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Requests of people about their own data, the next deadline first."""

    queryset = PrivacyRequest.objects.none()
    serializer_class = PrivacyRequestSerializer
    filterset_class = PrivacyRequestFilter
    lookup_field = "reference"
    keyset_order = ["due_on", "id"]
    permission_map = {
        "create": "customers.add_privacyrequest", "identity": HANDLE, "extend": HANDLE, "answer": HANDLE,
        "restrict": HANDLE, "correct": HANDLE,
    }  # fmt: skip

    def get_queryset(self) -> models.QuerySet:
        return PrivacyRequest.objects.visible_to(self.request.user).for_list()

    def _done(self, row, status=200):
        shown = PrivacyRequest.objects.for_list().get(pk=row.pk)
        return Response(PrivacyRequestSerializer(shown).data, status=status)

    def _act(self, service, shape=None, **names):
        """Look for the request before its body is judged, so that one out of reach is not there whatever is sent.

        `names` gives the service's name for a field of the body that is called otherwise.
        """
        row, sent = self.get_object(), {}
        if shape:
            command = shape(data=self.request.data)
            command.is_valid(raise_exception=True)
            sent = {names.get(name, name): value for name, value in command.validated_data.items()}
        service(actor=self.request.user, request_id=row.pk, at=timezone.now(), **sent)
        return self._done(row)

    @extend_schema(request=ReceiveSerializer, responses=PrivacyRequestSerializer)
    def create(self, request):
        """Record what a customer asks; the deadline follows from their jurisdiction."""
        command = ReceiveSerializer(data=request.data, context=self.get_serializer_context())
        command.is_valid(raise_exception=True)
        sent = dict(command.validated_data)
        customer = sent.pop("customer")
        row = requests.receive_request(actor=request.user, customer_id=customer.pk, at=timezone.now(), **sent)
        return self._done(row, 201)

    @extend_schema(request=CheckSerializer, responses=PrivacyRequestSerializer)
    @action(detail=True, methods=["post"])
    def identity(self, request, reference):
        """Record how it was made sure who is asking."""
        return self._act(requests.check_identity, CheckSerializer, check_by="check")

    @extend_schema(request=ExtendSerializer, responses=PrivacyRequestSerializer)
    @action(detail=True, methods=["post"])
    def extend(self, request, reference):
        """Extend the deadline once, as the jurisdiction allows, with what the person was told."""
        return self._act(requests.extend_request, ExtendSerializer)

    @extend_schema(request=None, responses=PrivacyRequestSerializer)
    @action(detail=True, methods=["post"])
    def restrict(self, request, reference):
        """Restrict the customer's data, as the request asks."""
        return self._act(requests.restrict_customer)

    @extend_schema(request=None, responses=PrivacyRequestSerializer)
    @action(detail=True, methods=["post"])
    def correct(self, request, reference):
        """Write the proposed value to the customer."""
        return self._act(requests.correct_customer)

    @extend_schema(request=AnswerSerializer, responses=PrivacyRequestSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request, reference):
        """Close the request with its outcome and what the person was told."""
        return self._act(requests.answer_request, AnswerSerializer)
