"""Members of segments, brought up to date by set difference: who stays is not written.

A refresh costs what changed. It looks at customers about whom something changed that the rule asks about: as the log and the
nightly rounds say, as members of the segments that it names came or went, and as a day passed that a relative date counts
from. Everybody is looked at where the rule is new, the portraits were drawn from scratch, the last refresh is too long ago, or
most customers changed anyway. `docs/segments.md` tells it all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from graphlib import TopologicalSorter
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.criteria import compiled, edges, tables_of, validate
from customers.models import PortraitRound
from marketing.models import Segment, SegmentKind, SegmentUse
from marketing.sql import FILES, statement

LONGEST_STEP = timedelta(days=30)
WORTH_LOOKING_AT_ALL = 5  # one in so many customers changed
TICK = timedelta(microseconds=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
SETTINGS = {"work_mem": "128MB", "jit": "off", "random_page_cost": "1.1"}
PROGRESS = ["refreshed_at", "refreshed_on", "refreshed_as", "horizon_xid", "horizon_at", "portrait_round", "seen"]
# Changes of what stands behind many customers at once: a tag that others may see, a product with another line or code.
REWORDED = """
SELECT EXISTS (
    SELECT FROM audit_event
     WHERE at >= %(since)s AND xid >= %(xid)s AND kind = 'update'
       AND ((table_name = 'customers_tag' AND changed && ARRAY['audience', 'code'] AND 'customers_tag' = ANY (%(tables)s))
         OR (table_name = 'products_product' AND changed && ARRAY['line_id', 'code'] AND 'customers_holding' = ANY (%(tables)s))))
"""
# The members of a segment, and those of them who are looked at. The planner takes a segment that is newer than its statistics
# for empty; so these are sought for one by one, in a segment that it does not know beforehand.
ALL = "SELECT m.id, m.customer_id FROM marketing_segmentmember AS m WHERE m.segment_id = %s AND m.left_at IS NULL"
AMONG = """
SELECT m.id, m.customer_id
  FROM (SELECT %s::bigint AS id OFFSET 0) AS own CROSS JOIN segment_due AS d CROSS JOIN LATERAL (
       SELECT m.id, m.customer_id FROM marketing_segmentmember AS m
        WHERE m.segment_id = own.id AND m.customer_id = d.customer_id AND m.left_at IS NULL OFFSET 0) AS m
"""
CHILDREN_MOVED = (
    "SELECT customer_id FROM marketing_segmentmember WHERE segment_id = %(segment_{0})s AND entered_at > %(seen_{0})s"
    " UNION ALL "
    "SELECT customer_id FROM marketing_segmentmember WHERE segment_id = %(segment_{0})s AND left_at > %(seen_{0})s"
)


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: how many came, went and are in now, and whether everybody was looked at."""

    entered: int
    left: int
    count: int
    whole: bool


@transaction.atomic
def refresh_segment(*, segment_id: int, at: datetime, whole: bool = False) -> Refreshed:
    """Bring a segment's members to `at`, after those whom its rule names stand still; again at once it does nothing.

    The segment is locked as long as it takes, so two refreshes follow each other. `whole` looks at everybody."""
    segment = Segment.objects.select_for_update(of=["self"]).get(pk=segment_id)
    if segment.archived_at:
        raise ValidationError(_("This segment is archived: restore it before you refresh it."))
    # Who is named is held still: what came or went there is either seen now or later than what was seen.
    uses = SegmentUse.objects.filter(segment=segment).order_by("used_id").values_list("used_id", flat=True)
    children = list(Segment.objects.raw(
        "SELECT * FROM marketing_segment WHERE id = ANY(%s) ORDER BY id FOR SHARE", [list(uses)]
    ))  # fmt: skip
    name_act("marketing.segment.refreshed")
    moment = later_than_before(segment, at)
    _prepare()
    done = _refresh_rule(segment, children, moment, whole) if segment.is_rule else _refresh_list(segment, moment)
    segment.refreshed_at, segment.trouble, segment.member_count = moment, "", done.count
    segment.save(update_fields=[*PROGRESS, "trouble", "member_count"])
    return done


def later_than_before(segment: Segment, at: datetime) -> datetime:
    """Return `at`, or a moment later than anything written of this segment before, whatever the clock of the caller says: those
    that name it look for what is later than what they saw."""
    return max(at, segment.refreshed_at + TICK) if segment.refreshed_at else at


def refresh_all(*, at: datetime) -> int:
    """Refresh every segment in use, named ones before those that name them; return how many members came or went.

    A rule that can no longer be read, since a field is gone say, leaves its sentence on the segment and its members be."""
    moved = 0
    for segment_id in in_order():
        try:
            done = refresh_segment(segment_id=segment_id, at=at)
            moved += done.entered + done.left
        except ValidationError as error:
            _note_trouble(segment_id, " ".join(error.messages))
    return moved


def refresh_with_named(*, segment_id: int, at: datetime) -> Refreshed:
    """Refresh a segment after all those that its rule names, through however many."""
    below, waiting = {segment_id}, [segment_id]
    while waiting:
        found = set(SegmentUse.objects.filter(segment__in=waiting).values_list("used_id", flat=True)) - below
        below |= found
        waiting = list(found)
    for one in in_order():
        if one in below and one != segment_id:
            refresh_segment(segment_id=one, at=at)
    return refresh_segment(segment_id=segment_id, at=at)


def in_order() -> list[int]:
    """Return the keys of segments in use so that each comes after those that its rule names."""
    sorter: TopologicalSorter[int] = TopologicalSorter()
    for one in Segment.objects.standing().order_by("pk").values_list("pk", flat=True):
        sorter.add(one)
    standing = Segment.objects.standing().values("pk")
    for segment, used in SegmentUse.objects.filter(segment__in=standing, used__in=standing).values_list(
        "segment", "used"
    ):
        sorter.add(segment, used)
    return list(sorter.static_order())


@transaction.atomic
def _note_trouble(segment_id: int, sentence: str) -> None:
    name_act("marketing.segment.not_refreshed", reason=sentence)
    Segment.objects.filter(pk=segment_id).update(trouble=sentence[:300])


def _refresh_list(segment: Segment, moment: datetime) -> Refreshed:
    """Numbers that were merged lead on; erased customers leave, closed ones too unless they are to be left alone."""
    wanted = statement("segment_listed")
    keeps_closed = segment.kind == SegmentKind.SUPPRESSION
    entered, left = _move(segment, moment, wanted, [segment.pk, keeps_closed], ALL)
    return Refreshed(entered, left, segment.member_count + entered - left, whole=True)


def _refresh_rule(segment: Segment, children: list[Segment], moment: datetime, whole: bool) -> Refreshed:
    rule, day = validate(segment.rule), timezone.localdate(moment)
    wanted, values = compiled(rule, day=day)
    written_as = sha256(f"{wanted}{segment.rule_sha256}".encode()).hexdigest()
    xid, since, latest = _horizon()
    whole = whole or segment.refreshed_as != written_as or _must_look_at_all(segment, moment, day)
    stood = ALL
    if not whole:
        asked = _asked(segment, rule, children)
        whole = _is_reworded(asked) or _find_due(segment, rule, children, day, asked)
        if not whole:
            wanted, values = compiled(rule, day=day, among="segment_due")
            stood = AMONG
    entered, left = _move(segment, moment, wanted, values, stood)
    segment.refreshed_on, segment.refreshed_as = day, written_as
    segment.horizon_xid, segment.horizon_at, segment.portrait_round = xid, since, latest
    segment.seen = {str(child.pk): child.refreshed_at.isoformat() for child in children if child.refreshed_at}
    return Refreshed(entered, left, segment.member_count + entered - left, whole)


def _move(segment: Segment, moment: datetime, wanted: str, values: list[Any], stood: str) -> tuple[int, int]:
    moves = statement("segment_moves").replace("{wanted}", wanted).replace("{stood}", stood)
    with connection.cursor() as cursor:
        cursor.execute(moves, [*values, segment.pk, moment, segment.pk, moment])
        entered, left = cursor.fetchone()
    return entered, left


def _must_look_at_all(segment: Segment, moment: datetime, day: date) -> bool:
    """Whether what happened since the last refresh cannot be told, or is everything."""
    stood, since, on = segment.refreshed_at, segment.horizon_at, segment.refreshed_on
    if stood is None or since is None or on is None or segment.portrait_round is None:
        return True
    if day < on or moment - since > LONGEST_STEP:
        return True
    later = PortraitRound.objects.filter(pk__gt=segment.portrait_round).exclude(ended_at=None)
    return later.filter(whole=True).exists() or later.count() > LONGEST_STEP.days


def _asked(segment: Segment, rule: Any, children: Iterable[Segment]) -> dict[str, Any]:
    """Parameters of what happened since the last refresh."""
    asked = {
        "since": segment.horizon_at,
        "xid": segment.horizon_xid,
        "round": segment.portrait_round,
        "tables": sorted(tables_of(rule)),
    }
    for child in children:
        seen = segment.seen.get(str(child.pk))
        asked[f"segment_{child.pk}"] = child.pk
        asked[f"seen_{child.pk}"] = parse_datetime(seen) if seen else LONG_AGO
    return asked


def _is_reworded(asked: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(REWORDED, asked)
        return bool(cursor.fetchone()[0])


def _find_due(segment: Segment, rule: Any, children: Iterable[Segment], day: date, asked: dict[str, Any]) -> bool:
    """Fill the table segment_due; return whether so many changed that everybody may as well be looked at."""
    assert segment.refreshed_on is not None
    more = [CHILDREN_MOVED.format(child.pk) for child in children]
    if day > segment.refreshed_on:
        for number, (text, values) in enumerate(edges(rule, first=segment.refreshed_on, last=day)):
            names = [f"edge_{number}_{place}" for place in range(len(values))]
            more.append(f"({text % tuple(f'%({name})s' for name in names)})")
            asked.update(zip(names, values, strict=True))
    with connection.cursor() as cursor:
        FILES.make_table(
            cursor, "segment_due", asked, more=" UNION ALL ".join(more) or "SELECT NULL::bigint WHERE false"
        )
        cursor.execute("ANALYZE segment_due")
        cursor.execute(
            "SELECT (SELECT count(*) FROM segment_due), (SELECT reltuples FROM pg_class WHERE oid = 'customers_customer'::regclass)"
        )
        due, customers = cursor.fetchone()
    return bool(customers > 1_000 and due * WORTH_LOOKING_AT_ALL > customers)


def _prepare() -> None:
    """Settings of the planner for the rest of this transaction."""
    with connection.cursor() as cursor:
        for name, value in SETTINGS.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def _horizon() -> tuple[int, datetime, int]:
    """Return the first transaction that may still run, since when, and the latest round of portraits: what comes later is
    looked at next time."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
                   least(now(), (SELECT min(xact_start) FROM pg_stat_activity WHERE backend_xid IS NOT NULL)),
                   coalesce((SELECT max(id) FROM customers_portraitround WHERE ended_at IS NOT NULL), 0)
            """
        )
        return cursor.fetchone()
