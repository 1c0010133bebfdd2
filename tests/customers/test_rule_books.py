"""Every table of dated rules is changed by two people, from a day on, and read by what asks it from that day."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from customers.dated_rules import BOOKS, COOLING_OFF_RULES, KYC_RULES, MATCH_LIMITS, MATCH_WEIGHTS, SUITABILITY_RULES
from customers.models import CoolingOffRule, KycRule, MatchLimit, MatchWeight, SuitabilityRule
from customers.services.duplicates import limits_on, weights_on
from customers.services.kyc_rules import kyc_rule
from customers.services.suitability_rules import company_day, rule_in_force
from staff.models import ChangeRequest
from staff.services.changes import propose
from tests.factories import UserFactory
from tests.factories.changes import agreed

pytestmark = pytest.mark.django_db
BEGINS = company_day(timezone.now()) + timedelta(days=7)
DAYS = {
    "valid_from": BEGINS.isoformat(), "valid_to": None, "source": "Decision 12 of the board", "needs_confirmation": False,
}  # fmt: skip
SAID = {
    KYC_RULES: {"code": "review_high", "jurisdiction": "CN", "applies_from": 0, "value": 3, "unit": "months", **DAYS},
    SUITABILITY_RULES: {"code": "validity", "jurisdiction": "CN", "value": 6, "unit": "months", **DAYS},
    COOLING_OFF_RULES: {
        "line": "insurance", "jurisdiction": "CN", "value": 20, "unit": "days", "event": "opened",
        "longer_than_months": None, **DAYS,
    },
    MATCH_WEIGHTS: {
        "kind": "individual", "field": "sex", "level": "exact", "m": "0.5", "u": "0.000001",
        "valid_from": BEGINS.isoformat(),
    },
    MATCH_LIMITS: {"code": "likely", "value": "30.5", "valid_from": BEGINS.isoformat()},
}  # fmt: skip
CHANGES = {
    KYC_RULES: "kyc_rule_change", SUITABILITY_RULES: "suitability_rule_change", MATCH_WEIGHTS: "match_weight_change",
    COOLING_OFF_RULES: "cooling_off_rule_change", MATCH_LIMITS: "match_limit_change",
}  # fmt: skip
READ = {
    KYC_RULES: lambda day: kyc_rule("review_high", "CN", day).value,
    SUITABILITY_RULES: lambda day: rule_in_force("validity", "CN", day).value,
    COOLING_OFF_RULES: lambda day: [
        one.value for one in CoolingOffRule.objects.in_force(day).filter(line="insurance", jurisdiction="CN")
    ],
    MATCH_WEIGHTS: lambda day: round(weights_on(day, "individual")["sex_exact"], 2),
    MATCH_LIMITS: lambda day: limits_on(day)["likely"],
}
BECOMES = {KYC_RULES: 3, SUITABILITY_RULES: 6, COOLING_OFF_RULES: [20], MATCH_WEIGHTS: 18.93, MATCH_LIMITS: 30.5}
ALL = pytest.mark.parametrize("book", SAID, ids=lambda book: book.name)


@pytest.fixture
def officer():
    return UserFactory(role="compliance")


def ask(actor, book, **changes):
    arguments = {**SAID[book], **changes}
    return propose(actor=actor, command=book.enter, arguments=arguments, reason="By the board", at=timezone.now())


def checker():
    return UserFactory(roles=["compliance", "service_lead"])


def test_every_book_is_tried_here_or_beside_privacy():
    own = {book.name for book in BOOKS if book.model._meta.app_label == "customers"}
    assert own == {book.name for book in SAID} | {"customers.privacy_rule"}


@ALL
def test_a_rule_holds_from_its_day_once_somebody_else_agrees(officer, book):
    before = READ[book](BEGINS)

    request = ask(officer, book)
    assert READ[book](BEGINS) == before
    done = agreed(request, checker())

    assert done.state == "executed", done.error
    assert READ[book](BEGINS) == BECOMES[book] != before
    assert READ[book](BEGINS - timedelta(days=1)) == before


@ALL
def test_what_was_approved_is_what_the_request_shows(officer, book):
    shown = ask(officer, book).differences

    assert "3 months" in str(shown) or str(BECOMES[book]).strip("[]") in str(shown) or "0.5 / 1e-06" in str(shown)


@ALL
def test_the_maker_alone_changes_nothing_and_others_do_not_ask(officer, book):
    with pytest.raises((PermissionDenied, ValidationError)):
        agreed(ask(officer, book), officer)
    with pytest.raises(PermissionDenied):
        ask(UserFactory(role="service"), book)


@pytest.mark.parametrize("model", [KycRule, SuitabilityRule, CoolingOffRule, MatchWeight, MatchLimit])
@pytest.mark.parametrize("sql", ["DELETE FROM {table}", "UPDATE {table} SET valid_from = '1999-01-01'"])
def test_raw_sql_changes_no_rule(model, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{sql} WHERE id = (SELECT min(id) FROM {{table}})".format(table=model._meta.db_table))


@pytest.mark.parametrize(
    ("book", "wrong"),
    [
        (KYC_RULES, {"unit": "points"}),
        (KYC_RULES, {"applies_from": -1}),
        (SUITABILITY_RULES, {"jurisdiction": "China"}),
        (SUITABILITY_RULES, {"valid_from": "2020-02-29"}),
        (COOLING_OFF_RULES, {"line": "lottery"}),
        (COOLING_OFF_RULES, {"value": 400}),
        (COOLING_OFF_RULES, {"event": "never"}),
        (COOLING_OFF_RULES, {"source": " "}),
        (MATCH_WEIGHTS, {"m": "1"}),
        (MATCH_WEIGHTS, {"u": "0"}),
        (MATCH_WEIGHTS, {"m": "-0.5"}),
        (MATCH_WEIGHTS, {"u": "many"}),
        (MATCH_WEIGHTS, {"field": "shoe size"}),
        (MATCH_LIMITS, {"code": "never"}),
        (MATCH_LIMITS, {"value": ""}),
        (MATCH_LIMITS, {"valid_from": "2001-01-01"}),
    ],
)
def test_a_rule_that_makes_no_sense_is_not_even_asked_for(officer, book, wrong):
    with pytest.raises(ValidationError):
        ask(officer, book, **wrong)
    assert not ChangeRequest.objects.exists()


@ALL
def test_the_page_begins_from_the_rule_that_stands_and_asks(client, officer, book):
    client.force_login(officer)
    url = reverse(f"customers:{CHANGES[book]}")
    standing = book.model.objects.first()
    first = client.get(f"{url}?of={standing.pk}").context["form"].initial
    said = {**SAID[book], "reason": "By the board"}

    answer = client.post(url, {name: value for name, value in said.items() if value is not None and value is not False})

    assert first["valid_from"] == company_day(timezone.now())
    assert answer.status_code == 302, answer.context["form"].errors
    made = ChangeRequest.objects.get()
    assert made.command == book.enter
    done = agreed(made, checker())
    assert done.state == "executed", done.error
    assert "By the board" not in client.get(reverse(book.list_url)).content.decode()
    assert client.post(url, {"reason": "By the board"}).status_code == 422


@ALL
def test_what_waits_stands_on_the_page_of_the_rules(client, officer, book):
    ask(officer, book)
    client.force_login(checker())

    page = client.get(reverse(book.list_url)).content.decode()

    assert str(book.entering) in page
    assert reverse(f"customers:{CHANGES[book]}") in page


@pytest.mark.parametrize(
    ("book", "confirm"), [(KYC_RULES, "kyc_rule_confirm"), (SUITABILITY_RULES, "suitability_rule_confirm"), (COOLING_OFF_RULES, "cooling_off_rule_confirm")],
    ids=["kyc", "suitability", "cooling-off"],
)  # fmt: skip
def test_a_rule_is_confirmed_with_the_text_that_it_stands_on(client, officer, book, confirm):
    rule = book.model.objects.filter(needs_confirmation=True).first()
    client.force_login(officer)

    client.post(reverse(f"customers:{confirm}", args=[rule.pk]), {"source": "Art. 5", "reason": "Read it"})
    done = agreed(ChangeRequest.objects.get(), checker())

    assert done.state == "executed", done.error
    rule.refresh_from_db()
    assert (rule.source, rule.needs_confirmation) == ("Art. 5", False)
