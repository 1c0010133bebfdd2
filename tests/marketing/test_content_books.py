"""Rules of contact, value and content come into force on their day, once somebody else agrees, and no other way."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from customers.dated_rules import BOOKS
from customers.services.suitability_rules import company_day
from marketing.dated_rules import CONTACT_RULES, DISCLOSURES, FORBIDDEN_WORDS, VALUE_RULES
from marketing.models import ContactRule, ValueRule
from staff.services.changes import propose
from tests.factories import UserFactory
from tests.factories.changes import agreed

pytestmark = pytest.mark.django_db
BEGINS = company_day(timezone.now()) + timedelta(days=7)
DAYS = {"valid_from": BEGINS.isoformat(), "valid_to": None, "source": "Decision 7", "needs_confirmation": False}
SAID = {
    CONTACT_RULES: {"code": "cap_week", "jurisdiction": "", "value": 1, "unit": "times", **DAYS},
    VALUE_RULES: {"code": "margin", "line": "", "value": 200, "unit": "points", **DAYS},
    FORBIDDEN_WORDS: {"code": "sure-win", "language": "en", "words": "sure win", **DAYS},
    DISCLOSURES: {
        "code": "fees-en", "line": "fund", "jurisdiction": "", "channel": "", "language": "en", "text": "Fees apply.",
        **DAYS,
    },
}  # fmt: skip
ALL = pytest.mark.parametrize("book", SAID, ids=lambda book: book.name)


def test_every_book_of_marketing_is_tried_here():
    assert {one.name for one in BOOKS if one.model._meta.app_label == "marketing"} == {one.name for one in SAID}


@ALL
def test_a_rule_holds_from_its_day_once_somebody_else_agrees(book):
    officer = UserFactory(role="compliance")
    asked = propose(
        actor=officer, command=book.enter, arguments=SAID[book], reason="The board decided", at=timezone.now()
    )
    assert not book.model.objects.filter(valid_from=BEGINS).exists()

    agreed(asked, UserFactory(role="management"))

    made = book.model.objects.get(valid_from=BEGINS)
    assert made in book.model.objects.in_force(BEGINS)
    assert made not in book.model.objects.in_force(BEGINS - timedelta(days=1))


def entered(book, **changes):
    """A rule that somebody asked for and somebody else agreed to."""
    officer, said = UserFactory(role="compliance"), {**SAID[book], **changes}
    asked = propose(actor=officer, command=book.enter, arguments=said, reason="The board decided", at=timezone.now())
    carried = agreed(asked, UserFactory(role="management"))
    assert carried.state == "executed", carried.error
    return book.model.objects.order_by("-pk")[0]


@pytest.mark.parametrize(
    ("book", "other"),
    [
        (FORBIDDEN_WORDS, {"language": "zh-hans", "words": "必赢"}),
        (DISCLOSURES, {"language": "zh-hans", "text": "另收费用。"}),
        (DISCLOSURES, {"channel": "sms", "text": "Fees."}),
        (DISCLOSURES, {"line": "wealth", "text": "Fees of wealth apply."}),
        (DISCLOSURES, {"jurisdiction": "EU", "text": "Fees of the Union apply."}),
    ],
)
def test_rules_of_one_code_go_on_side_by_side_and_each_follows_its_own(book, other):
    later = BEGINS + timedelta(days=1)
    first, second = entered(book), entered(book, **other)
    third = entered(book, **other, valid_from=later.isoformat())

    for one in (first, second):
        one.refresh_from_db()

    assert (first.valid_to, second.valid_to, third.valid_to) == (None, BEGINS, None)
    in_force = book.model.objects.filter(code=SAID[book]["code"])
    assert set(in_force.in_force(BEGINS)) == {first, second}
    assert set(in_force.in_force(later)) == {first, third}


@ALL
@pytest.mark.parametrize("act", ["UPDATE {} SET source = 'me'", "DELETE FROM {}"])
def test_nobody_changes_a_rule_by_raw_sql(book, act):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act.format(book.table))


@pytest.mark.parametrize("kind", [ContactRule, ValueRule])
@pytest.mark.parametrize(("unit", "said"), [("points", "1,200"), ("days", "1200 天")])
def test_what_a_rule_says_is_no_money_in_cents(kind, unit, said):
    """In Chinese a point and a cent are the same sign."""
    with translation.override("zh-hans"):
        assert kind(value=1_200, unit=unit).span == said
