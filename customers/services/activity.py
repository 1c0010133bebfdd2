"""Daily activity: the history in short, kept up with every chunk of transactions that arrives.

It is kept only for lines where it is shorter than the history (`ActivityLine`); the view `customers_activity` has
every line.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import ActivityBatch, ActivityLine, PortraitRound
from customers.sql import statement
from products.models import LineCode

# Chunks that arrive share this lock; whoever must see all of them or none (a portrait round, a rebuild) takes it alone.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('customers.activity'))"
SHARED_LOCK = "SELECT pg_advisory_xact_lock_shared(hashtext('customers.activity'))"
# Below this a roll-up costs more to keep than it saves: see docs/nightly.md for what was measured.
WORTH_KEEPING = Decimal("1.5")


@dataclass(frozen=True)
class LineWorth:
    """What keeping a line rolled up brings: `transactions` over `days` rows of daily activity, and what is kept now."""

    line: str
    transactions: int
    days: int
    is_kept: bool

    @property
    def ratio(self) -> Decimal:
        """Transactions for each row of daily activity."""
        return (Decimal(self.transactions) / self.days).quantize(Decimal("0.01"))

    @property
    def pays(self) -> bool:
        return self.ratio >= WORTH_KEEPING


def add_batch(*, batch_id: int | None, first_id: int, last_id: int) -> int:
    """Add the transactions of an import whose ids lie between `first_id` and `last_id` to the daily activity.

    Called in the transaction that inserted them, once for each chunk; returns how many there are. Chunks of one
    import that
    are written at the same time are told apart by their ids only if these do not interleave: one writer an import.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SHARED_LOCK)
        cursor.execute(statement("activity_of_batch"), {"batch": batch_id, "first": first_id, "last": last_id})
        row = cursor.fetchone()
    return row[0] if row else 0


@transaction.atomic
def reconcile_activity() -> int:
    """Roll up what arrived without `add_batch`, check the days that moved since the last round, and make wrong ones
    again.

    Returns how many transactions arrived since the last portrait round.
    """
    lock_activity()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")  # compiling takes longer than what it is for
    add_strays()
    untaken = ActivityBatch.objects.filter(taken_by=None)
    span = untaken.aggregate(first=Min("first_day"), last=Max("last_day"))
    if span["first"]:
        for day in _rows("activity_wrong_days", span):
            _rebuild_days(day[0], day[0])
    return sum(untaken.values_list("rows", flat=True))


def add_strays() -> int:
    """Roll up transactions that no chunk accounts for, and return how many there were."""
    added = 0
    for batch_id, first_id, last_id in _rows("activity_strays", {"since": _last_round_began()}):
        added += add_batch(batch_id=batch_id, first_id=first_id, last_id=last_id)
    return added


@transaction.atomic
def rebuild_activity(*, first: date | None = None, last: date | None = None) -> int:
    """Make the daily activity again from the transactions, whole or for the days given; returns the rows written.

    The next portrait round starts from scratch, because what it stood on has changed.
    """
    lock_activity()
    name_act("customers.activity.rebuilt")
    add_strays()
    return _rebuild_days(first or date.min, last or date.max)


@transaction.atomic
def keep_lines(*, lines: Collection[str]) -> int:
    """Keep exactly these lines rolled up, and make the daily activity again; returns the rows written."""
    unknown = sorted(set(lines) - set(LineCode.values) - {""})
    if unknown:
        raise ValidationError(
            _("There is no line %(lines)s: choose among %(known)s.")
            % {"lines": ", ".join(unknown), "known": ", ".join(LineCode.values)}
        )
    lock_activity()
    name_act("customers.activity.lines_chosen", reason=", ".join(lines))
    ActivityLine.objects.exclude(line__in=lines).delete()
    ActivityLine.objects.bulk_create([ActivityLine(line=line) for line in lines], ignore_conflicts=True)
    _run("DELETE FROM customers_dailyactivity")
    return rebuild_activity()


def worth_of_lines() -> list[LineWorth]:
    """Return for each line what a roll-up of it weighs against its history. Reads every transaction."""
    kept = set(ActivityLine.objects.values_list("line", flat=True))
    return [LineWorth(line, n, days, line in kept) for line, n, days in _rows("activity_worth", {})]


def lock_activity() -> None:
    """Wait until no chunk is on its way, and let none in before this transaction ends."""
    _run(LOCK)


def _rebuild_days(first: date, last: date) -> int:
    _run("DELETE FROM customers_dailyactivity WHERE day BETWEEN %(first)s AND %(last)s", {"first": first, "last": last})
    PortraitRound.objects.filter(is_void=False).update(is_void=True)
    return _run(statement("activity_rebuild"), {"first": first, "last": last})


def _last_round_began() -> datetime:
    began = PortraitRound.objects.values_list("started_at", flat=True).first()
    return (began or timezone.now()) - timedelta(days=1)


def _run(sql: str, parameters: dict[str, Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def _rows(name: str, parameters: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters)
        return cursor.fetchall()
