"""Rules of privacy are changed by two people, from a day on, and not at all past the requests."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from customers.dated_rules import PRIVACY_RULES
from customers.models import PrivacyRule
from customers.services.privacy_rules import rule_of
from customers.services.suitability_rules import company_day
from staff.models import ChangeRequest, GuardLift
from staff.services.changes import propose
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
PAGE = "/customers/privacy/rules/"


@pytest.fixture
def officer():
    return UserFactory(role="compliance")


def today():
    return company_day(timezone.now())


def said(**changes):
    return {
        "code": "reveals_per_hour", "jurisdiction": "", "value": 20, "unit": "times",
        "valid_from": (today() + timedelta(days=7)).isoformat(), "valid_to": None, "source": "Decision 12 of the board",
        "needs_confirmation": False, **changes,
    }  # fmt: skip


def ask(officer, **changes):
    return propose(
        actor=officer, command=PRIVACY_RULES.enter, arguments=said(**changes), reason="Fewer reveals", at=timezone.now()
    )


def enter(officer, **changes):
    done = agreed(ask(officer, **changes), UserFactory(role="compliance"))
    assert done.state == "executed", done.error
    return PrivacyRule.objects.latest("id")


def test_a_rule_holds_from_its_day_once_somebody_else_agrees_and_the_earlier_one_until_then(officer):
    before, begins = rule_of("reveals_per_hour", "CN", today()), today() + timedelta(days=7)

    request = ask(officer)
    assert rule_of("reveals_per_hour", "CN", begins).value == before.value
    agreed(request, UserFactory(role="compliance"))

    assert rule_of("reveals_per_hour", "CN", begins).value == 20
    assert rule_of("reveals_per_hour", "CN", begins - timedelta(days=1)).value == before.value
    before.refresh_from_db()
    assert before.valid_to == begins - timedelta(days=1)
    event = Event.objects.filter(table_name="customers_privacyrule", kind="insert").latest("id")
    assert (event.approval_id, event.reason) == (request.pk, "Fewer reveals")


def test_a_rule_put_between_two_ends_where_the_later_one_begins(officer):
    later = enter(officer, valid_from=(today() + timedelta(days=30)).isoformat())

    between = enter(officer, value=25)

    assert between.valid_to == later.valid_from - timedelta(days=1)
    assert rule_of("reveals_per_hour", "CN", later.valid_from).value == 20


def test_a_rule_with_an_end_leaves_the_place_to_nobody_afterwards(officer):
    ends = today() + timedelta(days=10)

    enter(officer, valid_to=ends.isoformat())

    with pytest.raises(ValidationError, match="No privacy rule"):
        rule_of("reveals_per_hour", "CN", ends + timedelta(days=1))


def test_a_place_gets_a_rule_of_its_own_and_others_keep_theirs(officer):
    enter(officer, code="retention_identity", jurisdiction="DE", value=66, unit="months")

    begins = today() + timedelta(days=7)
    assert rule_of("retention_identity", "DE", begins).value == 66
    assert rule_of("retention_identity", "FR", begins).unit == "years"
    assert rule_of("retention_identity", "FR", begins).valid_to is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "reveals_per_life"},
        {"jurisdiction": "Mars"},
        {"jurisdiction": "cn"},
        {"value": -1},
        {"value": 2**31},
        {"value": "many"},
        {"code": "retention_identity", "unit": "years", "value": 36_600},
        {"unit": "days"},
        {"unit": "fortnights"},
        {"code": "retention_identity", "unit": "points"},
        {"valid_from": "2020-02-29"},
        {"valid_from": "2027-02-29"},
        {"valid_to": "2020-01-01"},
        {"source": "  "},
    ],
)
def test_a_rule_that_makes_no_sense_is_not_even_asked_for(officer, wrong):
    with pytest.raises(ValidationError):
        ask(officer, **wrong)
    assert not ChangeRequest.objects.exists()


def test_a_second_rule_of_one_day_is_refused(officer):
    enter(officer)

    with pytest.raises(ValidationError):
        ask(officer, value=19)


def test_two_requests_from_one_state_do_not_both_come_into_force(officer):
    first, second = ask(officer), ask(officer, valid_from=(today() + timedelta(days=8)).isoformat())

    assert agreed(first, UserFactory(role="compliance")).state == "executed"
    assert agreed(second, UserFactory(role="compliance")).state == "stale"


def test_nobody_approves_their_own_and_others_do_not_ask(officer):
    with pytest.raises((PermissionDenied, ValidationError)):
        agreed(ask(officer), officer)
    with pytest.raises(PermissionDenied):
        ask(UserFactory(role="service_lead"))


def test_a_rule_is_confirmed_with_the_text_that_it_stands_on(officer):
    rule = PrivacyRule.objects.get(code="request_deadline", jurisdiction="CN")
    assert rule.needs_confirmation
    arguments = {"rule_id": rule.pk, "source": "GB/T 35273-2020, 8.7 a)"}

    request = propose(
        actor=officer, command=PRIVACY_RULES.confirm, arguments=arguments, reason="Read it", at=timezone.now()
    )
    done = agreed(request, UserFactory(role="management"))

    assert done.state == "executed", done.error
    rule.refresh_from_db()
    assert (rule.needs_confirmation, rule.source, rule.value) == (False, "GB/T 35273-2020, 8.7 a)", 30)
    with pytest.raises(ValidationError, match="confirmed already"):
        propose(actor=officer, command=PRIVACY_RULES.confirm, arguments=arguments, reason="Again", at=timezone.now())


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE customers_privacyrule SET value = 100000 WHERE code = 'reveals_per_hour'",
        "UPDATE customers_privacyrule SET valid_to = '2030-01-01' WHERE code = 'retention_identity'",
        "UPDATE customers_privacyrule SET needs_confirmation = false",
        "UPDATE customers_privacyrule SET source = 'I say so' WHERE code = 'reveals_per_day'",
        "DELETE FROM customers_privacyrule WHERE code = 'reveals_per_day'",
        "INSERT INTO customers_privacyrule (code, jurisdiction, value, unit, valid_from, source, needs_confirmation)"
        " VALUES ('reveals_per_day', '', 100000, 'times', '2026-01-01', '', false)",
    ],
)
def test_raw_sql_under_the_application_is_refused_and_under_the_owner_it_is_not(sql):
    with pytest.raises(DatabaseError, match="needs an approved change request"), transaction.atomic():
        connection.cursor().execute("SELECT set_config('meridian.unguarded', 'please', true);" + sql)
    with transaction.atomic(), past_the_guards():
        connection.cursor().execute(sql)
    assert GuardLift.objects.filter(table_name="customers_privacyrule", why="tests").exists()


def test_an_approval_is_good_for_its_values_alone(officer):
    request = ask(officer)
    with pytest.raises(DatabaseError, match="needs an approved change request"), transaction.atomic():
        connection.cursor().execute(
            "SELECT set_config('audit.approval', %s, true);"
            "UPDATE customers_privacyrule SET value = 20 WHERE code = 'reveals_per_hour'",
            [str(request.pk)],
        )


def test_compliance_asks_on_the_page_beginning_from_the_rule_in_force(client, officer):
    client.force_login(officer)
    rule = rule_of("closure_deadline", "CN", today())
    form = client.get(f"{PAGE}new/?of={rule.pk}").context["form"]
    assert (form.initial["value"], form.initial["unit"], form.initial["jurisdiction"]) == (15, "working_days", "CN")

    posted = {**form.initial, "value": 10, "valid_from": today().isoformat(), "reason": "Sooner than asked for"}
    answer = client.post(f"{PAGE}new/", posted)

    assert answer.status_code == 302, answer.context["form"].errors
    page = client.get(PAGE).content.decode()
    assert "Change a privacy rule" in page
    assert "waits for approval" in page
    shown = ChangeRequest.objects.get().shown["en"]
    assert ["Value", "15 working days", "10 working days"] in [list(row) for row in shown["rows"]]


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_first_day_stands_in_the_form_as_a_browser_reads_it(client, officer, language):
    officer.language = language
    officer.save()
    client.force_login(officer)

    assert f'value="{today().isoformat()}"' in client.get(f"{PAGE}new/").content.decode()


def test_a_slip_stands_in_the_form_with_what_was_typed(client, officer):
    client.force_login(officer)

    answer = client.post(
        f"{PAGE}new/", {**said(), "valid_from": "2020-01-01", "valid_to": "", "reason": "Because of it"}
    )

    assert answer.status_code == 422
    assert "begins today at the earliest" in answer.content.decode()
    assert answer.context["form"]["source"].value() == "Decision 12 of the board"


@pytest.mark.parametrize("of", ["", "x", "0", "9" * 30, "-1", "１"])
def test_a_beginning_that_does_not_exist_is_an_empty_form(client, officer, of):
    client.force_login(officer)

    assert client.get(f"{PAGE}new/", {"of": of}).context["form"].initial == {"valid_from": today()}


def test_the_text_of_a_rule_is_asked_for_on_its_page(client, officer):
    rule = PrivacyRule.objects.get(code="request_deadline", jurisdiction="CN")
    client.force_login(officer)
    assert f"{PAGE}{rule.pk}/confirm/" in client.get(PAGE).content.decode()

    answer = client.post(f"{PAGE}{rule.pk}/confirm/", {"source": "GB/T 35273-2020", "reason": "Read it today"})

    assert answer.status_code == 302
    assert ChangeRequest.objects.get().command == PRIVACY_RULES.confirm


def test_whoever_may_not_change_rules_sees_no_way_to(client):
    client.force_login(UserFactory(role="service"))
    page = client.get(PAGE).content.decode()

    assert "/confirm/" not in page
    assert "?of=" not in page
    assert 'href="/customers/privacy/rules/new/"' not in page
    assert "Compliance changes rules." in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_queries_for_any_number_of_rules(client, officer, rows):
    with past_the_guards():
        for n in range(rows):
            PrivacyRule.objects.create(
                code="request_deadline", jurisdiction="HK", value=40, unit="days", valid_from=date(2020, 1, n + 1)
            )
    client.force_login(officer)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(PAGE).status_code == 200
    assert len(queries) == 9
