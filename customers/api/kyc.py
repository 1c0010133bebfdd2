"""Knowing customers, for programs: identity documents, tasks, rules, watch lists and hits. The same services as the pages."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from audit.services import emit
from customers.filters.kyc import KycTaskFilter
from customers.filters.screening import HitFilter, ListVersionFilter
from customers.masking import Masked, mask_field
from customers.models import (
    ClearedAs,
    Customer,
    DocumentKind,
    IdentityDocument,
    KycRule,
    KycTask,
    ListVersion,
    ScreeningHit,
    VerifiedBy,
)
from customers.services import documents, screening_hits
from customers.services.reading import open_customer
from customers.views.screening_hits import ask_to_clear


class IdentityDocumentSerializer(serializers.ModelSerializer):
    """A document with its number as the mask shows it; copies are opened on its page alone."""

    id = serializers.CharField()
    customer = serializers.CharField(source="customer.reference")
    kind = serializers.CharField()
    number = serializers.SerializerMethodField()
    status = serializers.CharField()
    verified_how = serializers.CharField()
    findings = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = IdentityDocument
        fields = [
            "id", "customer", "kind", "number", "country", "issued_on", "expires_on", "status", "findings",
            "verified_how", "verified_by", "verified_at", "added_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_number(self, row) -> str:
        return mask_field("document_number", row.number)


class AddDocumentSerializer(serializers.Serializer):
    customer = serializers.SlugRelatedField("reference", queryset=Customer.objects.none())
    kind_of_document = serializers.ChoiceField(choices=DocumentKind.choices)
    number = serializers.CharField(max_length=40)
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    issuer = serializers.CharField(max_length=120, required=False, allow_blank=True)
    issued_on = serializers.DateField(required=False, allow_null=True)
    expires_on = serializers.DateField(required=False, allow_null=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        reader = self.context.get("request")
        if reader:
            self.fields["customer"].queryset = Customer.objects.visible_to(reader.user).only("pk")


class VerifySerializer(serializers.Serializer):
    verified_how = serializers.ChoiceField(choices=VerifiedBy.choices)


class RefuseSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=5, max_length=200)


class IdentityDocumentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Identity documents, newest first."""

    queryset = IdentityDocument.objects.none()
    serializer_class = IdentityDocumentSerializer
    keyset_order = ["-id"]
    permission_map = {
        "create": "customers.add_identitydocument", "verify": documents.VERIFY, "refuse": documents.VERIFY,
    }  # fmt: skip

    def get_queryset(self):
        return IdentityDocument.objects.visible_to(self.request.user).for_list()

    def retrieve(self, request, *args, **kwargs):
        """One document; that it was read stands in the log."""
        row = self.get_object()
        open_customer(row.customer, "document", row.pk)
        return Response(self.get_serializer(row).data)

    @extend_schema(request=AddDocumentSerializer, responses=IdentityDocumentSerializer)
    def create(self, request):
        """Record a document without copies; the answer says what is wrong with it."""
        command = AddDocumentSerializer(data=request.data, context=self.get_serializer_context())
        command.is_valid(raise_exception=True)
        sent = dict(command.validated_data)
        customer, kind = sent.pop("customer"), sent.pop("kind_of_document")
        row = documents.add_document(
            actor=request.user, customer_id=customer.pk, kind=kind, at=timezone.now(), **sent
        )  # fmt: skip
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(request=VerifySerializer, responses=IdentityDocumentSerializer)
    @action(detail=True, methods=["post"])
    def verify(self, request, pk):
        """Say that a document is real and the customer's."""
        row = self.get_object()
        command = VerifySerializer(data=request.data)
        command.is_valid(raise_exception=True)
        how = command.validated_data["verified_how"]
        done = documents.verify_document(actor=request.user, document_id=row.pk, how=how, at=timezone.now())
        return Response(self.get_serializer(done).data)

    @extend_schema(request=RefuseSerializer, responses=IdentityDocumentSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request, pk):
        """Say that a document is not accepted, and why."""
        row = self.get_object()
        command = RefuseSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        done = documents.refuse_document(
            actor=request.user, document_id=row.pk, at=timezone.now(), **command.validated_data
        )
        return Response(self.get_serializer(done).data)


class KycTaskSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    customer = serializers.CharField(source="customer.reference")
    kind = serializers.CharField()

    class Meta:
        model = KycTask
        fields = ["id", "customer", "kind", "document", "due_on", "opened_at", "closed_at", "closed_by"]


class KycTaskViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """What is to be done so that customers stay known, and what was, the next deadline first."""

    queryset = KycTask.objects.none()
    serializer_class = KycTaskSerializer
    filterset_class = KycTaskFilter
    keyset_order = ["due_on", "id"]

    def get_queryset(self):
        return KycTask.objects.visible_to(self.request.user).for_list()


class KycRuleSerializer(serializers.ModelSerializer):
    code = serializers.CharField()
    unit = serializers.CharField()

    class Meta:
        model = KycRule
        fields = [
            "code", "jurisdiction", "applies_from", "value", "unit", "valid_from", "valid_to", "source",
            "needs_confirmation",
        ]  # fmt: skip


class KycRuleViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """By which numbers customers are known, by jurisdiction and day."""

    queryset = KycRule.objects.all()
    serializer_class = KycRuleSerializer
    keyset_order = ["id"]


class HitSerializer(serializers.ModelSerializer):
    """A hit with both sides; the customer's name as the reader may see it."""

    id = serializers.CharField()
    customer = serializers.CharField(source="customer.reference")
    customer_name = serializers.SerializerMethodField()
    watch_list = serializers.CharField(source="entry.watch_list.code")
    entry = serializers.CharField(source="entry.external_id")
    names = serializers.ListField(source="entry.names", child=serializers.CharField())
    state = serializers.CharField()
    matched = serializers.JSONField()
    cleared_as = serializers.CharField()

    class Meta:
        model = ScreeningHit
        fields = [
            "id", "customer", "customer_name", "watch_list", "entry", "names", "score", "matched", "state", "opened_at",
            "cleared_as", "cleared_at", "confirmed_at", "decided_by",
        ]  # fmt: skip
        read_only_fields = fields

    def get_customer_name(self, row) -> str:
        return Masked(self.context["request"].user).name(row.customer)


class ConfirmHitSerializer(serializers.Serializer):
    reason = serializers.CharField(min_length=10, max_length=4_000)


class ClearHitSerializer(ConfirmHitSerializer):
    grounds = serializers.ChoiceField(choices=ClearedAs.choices)


class AskedSerializer(serializers.Serializer):
    change = serializers.CharField(help_text="The number of the change request that waits for somebody else.")


class ScreeningHitViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Customers who may be somebody on a list, the newest hit first."""

    queryset = ScreeningHit.objects.none()
    serializer_class = HitSerializer
    filterset_class = HitFilter
    keyset_order = ["-id"]
    permission_map = {"confirm": screening_hits.HANDLE, "clear": screening_hits.HANDLE}

    def get_queryset(self):
        return ScreeningHit.objects.visible_to(self.request.user).for_list()

    def retrieve(self, request, *args, **kwargs):
        """One hit; that it was read stands in the log, under the hit."""
        row = self.get_object()
        emit("read", table="customers_screeninghit", pk=row.pk, action="customers.screening.opened")
        return Response(self.get_serializer(row).data)

    @extend_schema(request=ConfirmHitSerializer, responses=HitSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk):
        """Say that a customer is who stands on the list; their data is restricted at once."""
        row = self.get_object()
        command = ConfirmHitSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        screening_hits.confirm_hit(actor=request.user, hit_id=row.pk, at=timezone.now(), **command.validated_data)
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data)

    @extend_schema(request=ClearHitSerializer, responses=AskedSerializer)
    @action(detail=True, methods=["post"])
    def clear(self, request, pk):
        """Ask to clear a hit; somebody else of compliance approves it."""
        row = self.get_object()
        command = ClearHitSerializer(data=request.data)
        command.is_valid(raise_exception=True)
        sent = command.validated_data
        asked = ask_to_clear(
            actor=request.user, hit_id=row.pk, cleared_as=sent["grounds"], reason=sent["reason"], at=timezone.now()
        )
        return Response({"change": str(asked.pk)}, status=202)


class ListVersionSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    watch_list = serializers.CharField(source="watch_list.code")
    state = serializers.CharField()

    class Meta:
        model = ListVersion
        fields = [
            "id", "watch_list", "number", "state", "file_name", "sha256", "rows_read", "rows_taken", "rows_rejected",
            "rows_new", "rows_gone", "error", "created_at", "in_force_at", "screened_at",
        ]  # fmt: skip


class ListVersionViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Versions of watch lists, the newest first."""

    queryset = ListVersion.objects.none()
    serializer_class = ListVersionSerializer
    filterset_class = ListVersionFilter
    keyset_order = ["-id"]
    permission_map = {"list": "customers.view_watchlist"}

    def get_queryset(self):
        return ListVersion.objects.visible_to(self.request.user).for_list()
