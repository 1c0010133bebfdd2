"""The resolver of erasure against the duties to keep: part by part, with the rule that holds it and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection

from customers.models import Customer, ErasurePartName, PrivacyRule, RuleCode
from customers.rules.erasure import Hold, longest, may_go
from customers.services.privacy_rules import end_of_span
from customers.sql import statement


@dataclass(frozen=True)
class Planned:
    """One part of the plan: it goes now, or stays until `hold.until` (None: while the relationship lasts)."""

    name: ErasurePartName
    hold: Hold | None
    goes_now: bool

    @property
    def rule(self) -> PrivacyRule | None:
        return self.hold.rule if self.hold else None

    @property
    def until(self) -> date | None:
        return self.hold.until if self.hold else None


@dataclass(frozen=True)
class Ends:
    """When a customer's relationship, fund positions and movements ended; `ended_on` is None while it runs."""

    ended_on: date | None
    fund_ended_on: date | None
    moved_on: date | None


def plan_erasure(customer: Customer, *, today: date) -> list[Planned]:
    """Return what would happen to each part if the customer were erased `today`, by the rules in force then."""
    ends = ends_of(customer)
    law = customer.jurisdiction or settings.COMPANY_JURISDICTION
    holds = {
        ErasurePartName.CONTACT: [],
        ErasurePartName.NOTES: [],
        ErasurePartName.TRACES: [],
        ErasurePartName.ACCOUNTS: _of_transactions(ends, law, today),
        ErasurePartName.IDENTITY: [*_of_identity(ends, law, today), *_of_fund(ends, law, today)],
    }
    return [_planned(name, longest(held), today) for name, held in holds.items()]


def _planned(name: ErasurePartName, hold: Hold | None, today: date) -> Planned:
    return Planned(name, hold, may_go(hold, today))


def ends_of(customer: Customer) -> Ends:
    """Return when things of a customer ended; one who never had any ended on the day of joining."""
    with connection.cursor() as cursor:
        cursor.execute(statement("relationship_end"), {"customer": customer.pk, "numbers": customer.numbers})
        runs, ended_on, fund_ended_on, moved_on = cursor.fetchone()
    last = max(filter(None, [ended_on, moved_on]), default=customer.joined_on)
    return Ends(None if runs else last, fund_ended_on, moved_on)


def _hold(code: str, law: str, start: date | None, today: date) -> list[Hold]:
    rule = PrivacyRule.objects.the_one(code, law, today)
    if rule is None:
        return []
    return [Hold(rule, None if start is None else end_of_span(rule, start))]


def _of_identity(ends: Ends, law: str, today: date) -> list[Hold]:
    return _hold(RuleCode.RETENTION_IDENTITY, law, ends.ended_on, today)


def _of_fund(ends: Ends, law: str, today: date) -> list[Hold]:
    """The register of a fund names who held it."""
    return _hold(RuleCode.RETENTION_FUND_REGISTER, law, ends.fund_ended_on, today) if ends.fund_ended_on else []


def _of_transactions(ends: Ends, law: str, today: date) -> list[Hold]:
    start = ends.ended_on and max(filter(None, [ends.ended_on, ends.moved_on]))
    return _hold(RuleCode.RETENTION_TRANSACTIONS, law, start, today)
