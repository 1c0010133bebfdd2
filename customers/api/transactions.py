from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from customers.models import TransactionKind
from customers.services.batches import MOST_ROWS, KeyReused, digest, take_batch_once

LONGEST_KEY = 120


class TransactionRowSerializer(serializers.Serializer):
    """A transaction as its source knows it. `account` and `customer` are the source's own numbers; one of them is
    needed.
    """

    external_id = serializers.CharField(max_length=64)
    account = serializers.CharField(required=False)
    customer = serializers.CharField(required=False)
    booked_on = serializers.DateField()
    booked_at = serializers.DateTimeField(required=False)
    kind = serializers.ChoiceField(choices=TransactionKind.choices)
    amount = serializers.CharField(help_text="Text, such as “-12.50”; what leaves the customer is negative.")
    currency = serializers.CharField(required=False, help_text="The account's, where it is left out.")
    balance_after = serializers.CharField(required=False)
    channel = serializers.CharField(required=False, max_length=20)
    counterparty = serializers.CharField(required=False, max_length=80)
    purpose = serializers.CharField(required=False, max_length=60)


class BatchSerializer(serializers.Serializer):
    source = serializers.CharField(help_text="The code of the source that numbers the rows.")
    rows = TransactionRowSerializer(many=True, help_text=f"From 1 to {MOST_ROWS:,} rows.")


class RejectSerializer(serializers.Serializer):
    row = serializers.IntegerField(help_text="Counted from 1, as sent.")
    external_id = serializers.CharField()
    field = serializers.CharField()
    reason = serializers.CharField()


class BatchAnswerSerializer(serializers.Serializer):
    new = serializers.IntegerField()
    known = serializers.IntegerField(help_text="Rows that were taken before, with the same content.")
    read = serializers.IntegerField()
    rejected = serializers.IntegerField()
    rejects = RejectSerializer(many=True)

    def get_fields(self):
        return {"import": serializers.IntegerField(help_text="The import's number."), **super().get_fields()}


class UnprocessableKey(exceptions.APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


class TransactionBatchView(APIView):
    """Takes up to 10,000 transactions: each (source, external_id) once, each request once by its Idempotency-Key."""

    action = "create"
    permission_map = {"create": "customers.add_transaction"}

    @extend_schema(
        operation_id="transactions_batch",
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
        request=BatchSerializer,
        responses=BatchAnswerSerializer,
    )
    def post(self, request):
        content = request.body
        key = request.headers.get("Idempotency-Key", "").strip()
        if not key or len(key) > LONGEST_KEY:
            raise exceptions.ValidationError(
                {"Idempotency-Key": [_("Send this header with up to 120 signs, new for each request.")]}
            )
        sent = _well_formed(request.data)
        try:
            answer = take_batch_once(
                actor=request.user,
                key=key,
                request_sha256=digest(content),
                source_code=sent["source"],
                rows=sent["rows"],
                at=timezone.now(),
            )
        except KeyReused as error:
            raise UnprocessableKey(" ".join(error.messages)) from error
        return Response(
            answer.body, status=answer.status, headers={"Idempotent-Replayed": "true"} if answer.is_replay else None
        )


def _well_formed(sent):
    """Only the frame is looked at here: rows are checked all together, in the database, and answered one by one."""
    if not isinstance(sent, dict) or not isinstance(sent.get("source"), str) or not isinstance(sent.get("rows"), list):
        raise exceptions.ValidationError({"rows": [_("Send an object with a source and a list of rows.")]})
    return sent


# Outside the request's transaction: the work has one of its own, and partitions are made before it.
transaction_batch = transaction.non_atomic_requests(TransactionBatchView.as_view())
