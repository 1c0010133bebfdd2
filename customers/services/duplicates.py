"""Finding customers who may be one: those who share a key are compared field by field, and what agrees is weighed."""

from __future__ import annotations

from datetime import date, datetime
from math import log2
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import (
    CustomerKind,
    DuplicatePair,
    DuplicateRun,
    MatchField,
    MatchLevel,
    MatchLimit,
    MatchWeight,
    PairState,
)
from customers.querysets.duplicates import in_force
from customers.services.match_keys import refresh_keys
from customers.services.merges import gather_strays
from customers.sql import make_table, statement
from staff.jobs import RunningJob
from staff.models import Job, User
from staff.services.jobs import start_job

KIND, PERMISSION = "customers.duplicates", "customers.find_duplicates"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('customers.duplicates'))"
SETTINGS = {"work_mem": "128MB", "jit": "off"}
SCORED = (
    "CREATE TEMP TABLE match_scored (first_id bigint, second_id bigint, kind text, score numeric(6,2), levels jsonb,"
    " first_print bigint, second_print bigint) ON COMMIT DROP"
)
KEYS_OF_CHANGED = """JOIN (
    SELECT DISTINCT kind, block, key FROM customers_matchblock WHERE customer_id IN (SELECT customer_id FROM match_changed)
) AS touched USING (kind, block, key)"""
A_CHANGED_ONE = """AND (EXISTS (SELECT FROM match_changed WHERE customer_id = one.id)
    OR EXISTS (SELECT FROM match_changed WHERE customer_id = other.id))"""
OF_CHANGED = "AND EXISTS (SELECT FROM match_changed c WHERE c.customer_id IN (p.first_id, p.second_id))"


@transaction.atomic
def find_duplicates(*, business_date: date, at: datetime, whole: bool = False) -> DuplicateRun:
    """Compare customers who are new or changed since the last search with all, or all with all where it is `whole`.

    Safe to run twice, and in parallel: the second waits, and finds nothing changed."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        gather_strays()
        for name, value in SETTINGS.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        name_act("customers.duplicates.searched")
        run = DuplicateRun.objects.create(whole=whole, business_date=business_date, began_at=at)
        run.changed = refresh_keys()
        if run.changed or whole:
            _compare(cursor, run, limits_on(business_date), at)
    run.ended_at = timezone.now()
    run.save(update_fields=["changed", "compared", "found", "skipped", "ended_at"])
    return run


def _compare(cursor: Any, run: DuplicateRun, limits: dict[str, float], at: datetime) -> None:
    among = ("", "", "") if run.whole else (KEYS_OF_CHANGED, A_CHANGED_ONE, OF_CHANGED)
    make_table(cursor, "match_groups", {"largest": limits["largest_block"]}, among=among[0])
    cursor.execute(statement("match_skipped"))
    run.skipped = [{"key": block, "keys": keys, "largest": most} for block, keys, most in cursor.fetchall()]
    make_table(cursor, "match_candidates", {}, among=among[1])
    cursor.execute("ANALYZE match_candidates")
    cursor.execute("SELECT count(*) FROM match_candidates")
    run.compared = cursor.fetchone()[0]
    cursor.execute("DROP TABLE IF EXISTS pg_temp.match_scored")
    cursor.execute(SCORED)
    for kind in CustomerKind.values:
        cursor.execute(
            statement("match_scores"),
            {**weights_on(run.business_date, kind), "kind": kind, "possible": limits["possible"]},
        )
    cursor.execute("ANALYZE match_scored")
    cursor.execute(statement("match_drop").format(among=among[2]))
    cursor.execute(statement("match_keep"), {"run": run.pk, "at": at})
    run.found = cursor.fetchone()[0]


def weights_on(day: date, kind: str) -> dict[str, float]:
    """Return the weight of each field and level, `phone_exact` and so on, in force on `day`; 0 where there is none."""
    none = {f"{field}_{level}": 0.0 for field in MatchField.values for level in MatchLevel.values}
    rows = in_force(MatchWeight.objects.filter(kind=kind), day, "field", "level")
    return {**none, **{f"{row.field}_{row.level}": round(log2(row.m / row.u), 2) for row in rows}}


def limits_on(day: date) -> dict[str, float]:
    return {row.code: row.value for row in in_force(MatchLimit.objects.all(), day, "code")}


@transaction.atomic
def dismiss_pair(*, actor: User, pair_id: int, reason: str, at: datetime) -> DuplicatePair:
    """Say that two customers are not one. It holds until either of them is changed."""
    pair = _locked(actor, pair_id)
    if pair.state != PairState.OPEN:
        raise ValidationError(_("This pair has been judged already: %(state)s.") % {"state": pair.get_state_display()})
    if not reason.strip():
        raise ValidationError({"reason": _("Say what tells them apart.")})
    name_act("customers.duplicate.dismissed")
    return _judge(pair, PairState.DISMISSED, actor, reason, at)


@transaction.atomic
def reopen_pair(*, actor: User, pair_id: int, at: datetime) -> DuplicatePair:
    """Take back that two customers are not one."""
    pair = _locked(actor, pair_id)
    if pair.state != PairState.DISMISSED:
        raise ValidationError(_("Only a pair that was judged not to be a duplicate is opened again."))
    name_act("customers.duplicate.reopened")
    return _judge(pair, PairState.OPEN, None, "", None)


def _locked(actor: User, pair_id: int) -> DuplicatePair:
    return DuplicatePair.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=pair_id)


def _judge(pair: DuplicatePair, state: str, by: User | None, reason: str, at: datetime | None) -> DuplicatePair:
    pair.state, pair.judged_by, pair.judged_at, pair.reason = state, by, at, reason.strip()[:300]
    pair.save(update_fields=["state", "judged_by", "judged_at", "reason"])
    return pair


def start_search(*, actor: User, whole: bool, at: datetime) -> Job:
    """Look for duplicates as a job."""
    return start_job(actor=actor, kind=KIND, title=_("Search for duplicates"), parameters={"whole": whole}, at=at)


def run_search_job(job: RunningJob) -> None:
    now = timezone.now()
    job.progress(0, None, _("Comparing customers"))
    run = find_duplicates(business_date=timezone.localdate(now), at=now, whole=bool(job.parameters.get("whole")))
    job.progress(run.compared, run.compared, _("%(n)d pairs are new or different") % {"n": run.found})
    job.open_when_done("/customers/duplicates/")
