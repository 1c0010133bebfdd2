"""What grows among the causes of complaints, what is done about it, and whether it helped."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import name_act
from products.rules.calendar import shift_months
from service.models import Improvement, ImprovementState, TrendRule
from service.rules.rates import Interval, adjusted, rate_interval, ratio_interval, rise_probability
from service.services.complaint_entries import wanted
from service.sql import statement
from staff.models import User

PLAN = "service.plan_improvement"
PER = 1_000
Cell = tuple[int, str, int]  # version, cause, step


@dataclass(frozen=True)
class Trend:
    """One cell in one month beside the months before it; `probability` is adjusted over all cells of the month."""

    version_id: int
    cause: str
    step_id: int
    month: date
    cases: int
    accounts: int
    cases_before: int
    accounts_before: int
    probability: float
    is_rising: bool

    @property
    def rate(self) -> float | None:
        return PER * self.cases / self.accounts if self.accounts else None

    @property
    def rate_before(self) -> float | None:
        return PER * self.cases_before / self.accounts_before if self.accounts_before else None


def rule_of_trends(day: date) -> TrendRule:
    rule = TrendRule.objects.in_force(day).order_by("-valid_from").first()
    if rule is None:
        raise ValidationError(_("No rule says when complaints rise: ask compliance to enter one."))
    return rule


def last_full_month(day: date) -> date:
    return shift_months(day.replace(day=1), -1)


def trends_of(month: date) -> list[Trend]:
    """Return every cell that had a complaint in `month` or in the months that it is compared with, the most surely rising
    first."""
    rule = rule_of_trends(month)
    first = shift_months(month, -rule.months_before)
    cases, accounts = _cases(first, month), _accounts(first, month)
    before = [shift_months(month, -n) for n in range(1, rule.months_before + 1)]
    rows = []
    for cell, by_month in cases.items():
        held = accounts[cell[0]]
        rows.append(
            (cell, by_month[month], held[month], sum(by_month[one] for one in before), sum(held[one] for one in before))
        )
    chances = adjusted([rise_probability(*row[1:]) for row in rows])
    found = [
        Trend(
            *cell, month, n, held, n_before, held_before, chance,
            n >= rule.least_cases and chance < rule.false_share,
        )
        for (cell, n, held, n_before, held_before), chance in zip(rows, chances, strict=True)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.probability, -one.cases, one.version_id, one.cause, one.step_id))


def _cases(first: date, month: date) -> dict[Cell, dict[date, int]]:
    found: dict[Cell, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for version, in_month, cause, step, n in _rows(
        "complaint_cells", {"first": first, "after": shift_months(month, 1)}
    ):
        found[version, cause, step][in_month] = n
    return found


def _accounts(first: date, last: date) -> dict[int, dict[date, int]]:
    found: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for version, month, n in _rows("version_accounts", {"first": first, "last": last}):
        found[version][month] = n
    return found


def _rows(name: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters)
        return cursor.fetchall()


@transaction.atomic
def propose_improvements(*, at: datetime) -> int:
    """Propose an improvement for each rising trend of the last full month that nobody works on yet; return how many."""
    month = last_full_month(timezone.localdate(at))
    name_act("service.improvement.proposed")
    known = set(
        Improvement.objects.filter(state__in=["proposed", "open"]).values_list("version_id", "cause", "step_id")
    ) | set(Improvement.objects.filter(month=month).values_list("version_id", "cause", "step_id"))
    new = [
        Improvement(
            version_id=one.version_id, cause=one.cause, step_id=one.step_id, month=month, cases=one.cases,
            accounts=one.accounts, cases_before=one.cases_before, accounts_before=one.accounts_before,
            probability=one.probability, proposed_at=at,
        )
        for one in trends_of(month)
        if one.is_rising and one.accounts_before and (one.version_id, one.cause, one.step_id) not in known
    ]  # fmt: skip
    return len(Improvement.objects.bulk_create(new, ignore_conflicts=True))


def _locked(actor: User, improvement_id: int) -> Improvement:
    if not actor.has_perm(PLAN):
        raise PermissionDenied(_("Your role does not plan improvements."))
    return Improvement.objects.select_for_update(of=("self",)).get(pk=improvement_id)


@transaction.atomic
def plan_improvement(
    *, actor: User, improvement_id: int, action: str, owner: User, due_on: date, at: datetime
) -> Improvement:
    """Say what is done, by whom, until when."""
    task = _locked(actor, improvement_id)
    if task.state not in (ImprovementState.PROPOSED, ImprovementState.OPEN):
        raise ValidationError(_("This improvement is over."))
    if not owner.is_active:
        raise ValidationError({"owner": _("%(person)s has left.") % {"person": owner}})
    if due_on < timezone.localdate(at):
        raise ValidationError({"due_on": _("Choose a day to come.")})
    name_act("service.improvement.planned")
    task.action = wanted(action, "action", _("Write what is done about the cause."))
    task.owner, task.due_on, task.state = owner, due_on, ImprovementState.OPEN
    task.save(update_fields=["action", "owner", "due_on", "state"])
    return task


@transaction.atomic
def put_into_effect(*, actor: User, improvement_id: int, effective_on: date, at: datetime) -> Improvement:
    """Say from which day it is in effect: from then on it is measured."""
    task = _locked(actor, improvement_id)
    if task.state != ImprovementState.OPEN:
        raise ValidationError(_("First say what is done, by whom, until when."))
    if effective_on > timezone.localdate(at):
        raise ValidationError({"effective_on": _("A day that has not come yet changes nothing.")})
    name_act("service.improvement.in_effect")
    task.effective_on, task.state = effective_on, ImprovementState.DONE
    task.save(update_fields=["effective_on", "state"])
    return task


@transaction.atomic
def drop_improvement(*, actor: User, improvement_id: int, reason: str, at: datetime) -> Improvement:
    """Leave a trend as it is, for a reason."""
    task = _locked(actor, improvement_id)
    if task.state not in (ImprovementState.PROPOSED, ImprovementState.OPEN):
        raise ValidationError(_("This improvement is over."))
    name_act("service.improvement.dropped")
    task.action = wanted(reason, "reason", _("Say why nothing is done."))
    task.state = ImprovementState.DROPPED
    task.save(update_fields=["action", "state"])
    return task


@dataclass(frozen=True)
class Effect:
    """A rate before and since an improvement, per 1,000 accounts a month, with 95 % intervals; `verdict` in words."""

    months_before: int
    cases_before: int
    accounts_before: int
    months: int
    cases: int
    accounts: int
    before: Interval
    since: Interval
    ratio: Interval
    verdict: Any

    @property
    def rate_before(self) -> float:
        return PER * self.cases_before / self.accounts_before

    @property
    def rate(self) -> float:
        return PER * self.cases / self.accounts


VERDICTS = {
    "few": gettext_lazy("Too few complaints to tell: the change may be chance."),
    "less": gettext_lazy("Fewer complaints than before, beyond chance."),
    "more": gettext_lazy("More complaints than before, beyond chance."),
    "same": gettext_lazy("No change beyond chance."),
}


def effect_of(task: Improvement, *, today: date) -> Effect | None:
    """Return what an improvement changed: whole months before the one in which it took effect, and whole months after it.
    None until one has passed, or where no accounts were held."""
    if task.effective_on is None:
        return None
    rule, begun = rule_of_trends(task.effective_on), task.effective_on.replace(day=1)
    last, first = last_full_month(today), shift_months(begun, -rule.months_before)
    since = _months(shift_months(begun, 1), last)
    before = _months(first, shift_months(begun, -1))
    cases = _cases(first, max(last, begun))[task.version_id, task.cause, task.step_id]
    held = _accounts(first, max(last, begun))[task.version_id]
    n, n_before = sum(cases[one] for one in since), sum(cases[one] for one in before)
    accounts, accounts_before = sum(held[one] for one in since), sum(held[one] for one in before)
    if not since or not accounts or not accounts_before:
        return None
    ratio = ratio_interval(n, accounts, n_before, accounts_before)
    return Effect(
        len(before), n_before, accounts_before, len(since), n, accounts,
        rate_interval(n_before, accounts_before / PER), rate_interval(n, accounts / PER), ratio,
        VERDICTS[_verdict(ratio, n + n_before, rule.least_cases)],
    )  # fmt: skip


def _months(first: date, last: date) -> list[date]:
    found = []
    while first <= last:
        found.append(first)
        first = shift_months(first, 1)
    return found


def _verdict(ratio: Interval, cases: int, least: int) -> str:
    if ratio.high < 1:
        return "less"
    if ratio.low > 1:
        return "more"
    return "few" if cases < 2 * least else "same"
