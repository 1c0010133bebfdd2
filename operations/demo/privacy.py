"""What customers of the demo company agreed to, asked about their data, and who was shown what."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from customers.models import (
    Consent,
    Customer,
    CustomerTag,
    Notice,
    PrivacyRequest,
    RequestEntry,
    Reveal,
    Tag,
)
from customers.services.privacy_rules import end_of_span, rule_of
from operations.demo.movements import at_time
from staff.models import User

CHANNELS = ("sms", "call", "email", "app")
# Kind, days ago, in work.
REQUESTS = [
    ("access", 27, True), ("deletion", 12, True), ("correction", 6, False), ("restriction", 3, False),
    ("objection", 33, True), ("portability", 1, False),
]  # fmt: skip
WORDS = {
    "access": "Please send me everything that you keep about me.",
    "deletion": "I have closed my account. Please delete my data.",
    "correction": "My e-mail address is written wrongly.",
    "restriction": "I dispute the late payment. Do not use my data until it is settled.",
    "objection": "I do not want to be scored for offers.",
    "portability": "I change to another company and want to take my data along.",
}


def make_privacy(
    customers: list[Customer], people: dict[str, User], *, last: date, now: datetime, random: np.random.Generator
) -> None:
    """Consents of about half of the customers, six open requests, and a week of reveals by the desk."""
    desk = [people[word] for word in ("service", "service2", "service3")]
    notice = Notice.objects.get(purpose="marketing", language="zh-hans", version=1)
    Consent.objects.bulk_create(_consents(customers, notice, last=last, now=now, random=random), batch_size=2_000)
    for number, (kind, ago, in_work) in enumerate(REQUESTS):
        customer = customers[(number * 13 + 5) % len(customers)]
        _request(customer, kind, last - timedelta(days=ago), in_work, desk[0], people["compliance"], now)
    Reveal.objects.bulk_create(_reveals(customers, desk, last=last))
    CustomerTag.objects.bulk_create(_tags(customers, people, last=last))


def _consents(
    customers: list[Customer], notice: Notice, *, last: date, now: datetime, random: np.random.Generator
) -> Iterator[Consent]:
    for number, customer in enumerate(customers):
        if random.random() > 0.5:
            continue
        said = {"customer": customer, "purpose": "marketing", "channel": CHANNELS[number % 4], "recorded_at": now}
        given = at_time(customer.joined_on, number)
        yield Consent(**said, given=True, at=given, notice=notice, origin="app")
        if random.random() < 0.15:
            later = at_time(min(last, customer.joined_on + timedelta(days=40)), number + 1)
            yield Consent(**said, given=False, at=max(later, given + timedelta(minutes=1)), origin="call")


def _request(
    customer: Customer, kind: str, day: date, in_work: bool, clerk: User, officer: User, now: datetime
) -> None:
    rule = rule_of("request_deadline", "CN", day)
    request = PrivacyRequest.objects.create(
        customer=customer, kind=kind, jurisdiction="CN", received_on=day, rule=rule, recorded_by=clerk,
        due_on=end_of_span(rule, day, jurisdiction="CN"), recorded_at=at_time(day, 1), text=WORDS[kind],
        field="email" if kind == "correction" else "", proposed="right.address@mail.example" if kind == "correction" else "",
        state="working" if in_work else "received", identity_check="document" if in_work else "",
        identity_checked_at=now if in_work else None, owner=officer if in_work else None,
    )  # fmt: skip
    RequestEntry.objects.create(request=request, kind="received", at=at_time(day, 1), by=clerk)
    if in_work:
        RequestEntry.objects.create(request=request, kind="identity", at=at_time(day, 60), by=officer)


def _reveals(customers: list[Customer], desk: list[User], *, last: date) -> Iterator[Reveal]:
    for number in range(40):
        at = at_time(last - timedelta(days=number % 7), number)
        yield Reveal(
            customer=customers[number * 7 % len(customers)], field=("phone", "email", "address")[number % 3],
            by=desk[number % 3], reason_kind=("call", "check", "case")[number % 3], at=at,
            expires_at=at + timedelta(seconds=30),
        )  # fmt: skip


# What people said of customers; what rules say comes with the nights.
SAID = [
    ("prefers_phone", "service", "1.00", "Asked to be called, not written to"),
    ("prefers_chat", "service2", "0.70", "Wrote by chat three times in a month"),
    ("hard_of_hearing", "service3", "1.00", "Said so; speak slowly, confirm in writing"),
    ("interested_wealth", "service", "0.70", "Asked about terms and risk of wealth products"),
    ("in_difficulty", "service2", "0.40", "Asked to postpone an instalment"),
    ("fraud_suspected", "compliance", "0.70", "Three new payees within an hour, then a loan"),
]


def _tags(customers: list[Customer], people: dict[str, User], *, last: date) -> Iterator[CustomerTag]:
    tags = {tag.code: tag for tag in Tag.objects.all()}
    for number in range(min(60, len(customers) // 3)):
        code, who, sure, grounds = SAID[number % len(SAID)]
        yield CustomerTag(
            customer=customers[number * 3], tag=tags[code], source="person", by=people[who], confidence=Decimal(sure),
            grounds=grounds, at=at_time(last - timedelta(days=number % 30), number),
        )  # fmt: skip
