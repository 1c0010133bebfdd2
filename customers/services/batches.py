"""Transactions sent by a program: up to 10,000 rows at a time, through the same checks as a file, and each request
once.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from audit.services import name_act, record_batch
from customers.ingest.compile import Checked, Compiler
from customers.ingest.loading import TABLES, check_staged, keep_rejects, until_it_passes
from customers.ingest.mapping import FileMapping
from customers.ingest.movements import Staged, move, settle_balances, survey
from customers.ingest.readers import Refused
from customers.ingest.reasons import write_reason
from customers.ingest.staging import make_raw, session_settings, temporary
from customers.ingest.targets import TRANSACTIONS
from customers.ingest.values import read_value
from customers.models import IdempotencyKey, ImportFile, ImportReject, ImportRun, ImportState, Source

MOST_ROWS = 10_000
KEPT_HOURS = 24 * 7
FIELDS = [spec.name for spec in TRANSACTIONS.fields]
STYLE = FileMapping(
    "request",
    TRANSACTIONS,
    {spec.name: read_value(spec.name, kind=spec.kind, defaults={}) for spec in TRANSACTIONS.fields},
)


class KeyReused(ValidationError):
    """The key came before with another request."""


@dataclass(frozen=True)
class Answer:
    """What a request is answered; `is_replay` where it was answered before and nothing was done now."""

    status: int
    body: dict[str, Any]
    is_replay: bool = False


def take_batch_once(
    *, actor: Any, key: str, request_sha256: str, source_code: str, rows: Sequence[Any], at: datetime
) -> Answer:
    """Take a batch of transactions under a key: the same request again is given the same answer, and nothing is done
    twice.

    Two at once: one works, the other waits for its answer. KeyReused where the key came with another request;
    ValidationError where the batch as a whole cannot be taken. Call it outside a transaction.
    """
    earlier = _answered(actor, key, request_sha256)
    if earlier:
        return earlier
    source = _source(source_code)
    if not 1 <= len(rows) <= MOST_ROWS:
        raise ValidationError(
            _("Send from 1 to %(most)s rows; these are %(n)s.") % {"most": f"{MOST_ROWS:,}", "n": f"{len(rows):,}"}
        )
    with session_settings(), temporary(*TABLES):
        refused = _stage(rows)
        checked = _checked(source)
        check_staged(STYLE, checked, source_id=source.pk)
        staged = survey(set(), make_months=True)
        return until_it_passes(lambda: _commit(actor, key, request_sha256, source, rows, refused, staged, at))


def _answered(actor: Any, key: str, request_sha256: str) -> Answer | None:
    stored = IdempotencyKey.objects.filter(user=actor, key=key).first()
    if stored is None:
        return None
    if stored.request_sha256 != request_sha256:
        raise KeyReused(_("This Idempotency-Key came before with another request: send a new key with a new request."))
    return Answer(stored.status or 200, stored.answer or {}, is_replay=True)


def _source(code: str) -> Source:
    source = Source.objects.filter(code=code).first()
    if source is None:
        known = ", ".join(Source.objects.values_list("code", flat=True)[:20])
        raise ValidationError(
            _("There is no source “%(code)s”; there are %(known)s.") % {"code": code[:40], "known": known or "–"}
        )
    return source


def _stage(rows: Sequence[Any]) -> list[Refused]:
    """Put the rows into `ingest_raw`, numbered from 1, and return those that are no rows."""
    make_raw(len(FIELDS))
    refused: list[Refused] = []
    named = sql.SQL(", ").join(sql.Identifier(f"c{n + 1}") for n in range(len(FIELDS)))
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("COPY pg_temp.ingest_raw (row_no, {}) FROM STDIN").format(named)) as copy,
    ):
        for number, row in enumerate(rows, start=1):
            problem = _problem_of(number, row)
            if problem:
                refused.append(problem)
            else:
                copy.write_row((number, *(_text(row.get(name)) for name in FIELDS)))
    return refused


def _problem_of(number: int, row: Any) -> Refused | None:
    shown = json.dumps(row, ensure_ascii=False)[:500].replace("\0", "␀")
    if not isinstance(row, dict):
        return Refused(number, write_reason("not_text"), shown)
    for name, value in row.items():
        if name not in FIELDS:
            return Refused(number, write_reason("unknown_field", value=name), shown)
        if not isinstance(value, (str, int, type(None))) or isinstance(value, bool):
            return Refused(number, write_reason("not_text"), shown, column=name)
        if isinstance(value, str) and ("\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
            return Refused(number, write_reason("nul"), shown, column=name)
    return None


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)


def _checked(source: Source) -> Checked:
    tomorrow = timezone.localdate() + timedelta(days=1)
    return Compiler(STYLE, FIELDS, source_id=source.pk, lookups={}, today=tomorrow.isoformat()).checked()


@transaction.atomic
def _commit(
    actor: Any,
    key: str,
    request_sha256: str,
    source: Source,
    rows: Sequence[Any],
    refused: list[Refused],
    staged: Staged,
    at: datetime,
) -> Answer:
    name_act("customers.import.batch_taken")
    if not _claim(actor, key, request_sha256, at):
        # Another request with the key was at work; it is done now, because the claim waited for it.
        return _answered(actor, key, request_sha256) or Answer(
            409, {"detail": _("The first request was undone: send it again.")}
        )
    run = ImportRun.objects.create(
        source=source, mapping="REST", state=ImportState.DONE, asked_by=actor, created_at=at, started_at=at, ended_at=at
    )
    file = ImportFile.objects.create(
        run=run, position=1, target="transactions", name="request", sha256=request_sha256, state=ImportState.DONE
    )
    counts = move(staged, run_id=run.pk, source_id=source.pk, dry=False)
    if counts.new:
        record_batch("customers_transaction", counts.new, request_sha256, pk=run.pk)
        settle_balances(run.pk)
    counts.read, counts.rejected = len(rows), keep_rejects(file, refused, ",")
    for name in ("read", "new", "known", "rejected"):
        setattr(file, f"rows_{name}", getattr(counts, name))
    file.save()
    body = {
        "import": run.pk,
        "read": counts.read,
        "new": counts.new,
        "known": counts.known,
        "rejected": counts.rejected,
        "rejects": _rejects(file, rows),
    }
    IdempotencyKey.objects.filter(user=actor, key=key).update(status=200, answer=body)
    return Answer(200, body)


def _claim(actor: Any, key: str, request_sha256: str, at: datetime) -> bool:
    """Take the key; waits while another request holds it. Keys older than a week are forgotten on the way."""
    IdempotencyKey.objects.filter(user=actor, created_at__lt=at - timedelta(hours=KEPT_HOURS)).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_idempotencykey (user_id, key, request_sha256, created_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [actor.pk, key, request_sha256, at],
        )
        return bool(cursor.rowcount)


def _rejects(file: ImportFile, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """`row` counts from 1, as the rows were sent."""
    return [
        {"row": one.line, "external_id": _external_id(rows[one.line - 1]), "field": one.column, "reason": one.sentence}
        for one in ImportReject.objects.filter(file=file).order_by("line", "id")
    ]


def _external_id(row: Any) -> str:
    value = row.get("external_id") if isinstance(row, dict) else None
    return str(value)[:64] if isinstance(value, (str, int)) else ""


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
