"""Hits: decided by two, come again when a side changes, and nobody else knows of them."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from audit.models import Event
from customers.models import Customer, ListVersion, ScreeningHit, ScreeningState
from customers.screening_commands import CLEAR
from customers.services.privacy_requests import set_restricted
from customers.services.screening import screen_customers
from customers.services.screening_hits import confirm_hit
from customers.views.screening_hits import ask_to_clear
from staff.models import ChangeRequest
from staff.rules.roles import Role
from tests.config.world import ADDRESSES, OWN, world_of
from tests.customers.screening import GROUNDS, MAY_KNOW, NOW, again, cleared, pairs
from tests.database_roles import as_owner
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import HitFactory, WatchListFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("screening_apart")]


# Cleared pairs -------------------------------------------------------------------------------------------------------
def test_a_cleared_pair_does_not_come_again_while_neither_side_changes(officer, hit):
    cleared(officer, hit)
    ScreeningState.objects.all().delete()

    screen_customers(at=NOW)
    again(officer, "1,person,Duan Zhengchun,,,,", "2,person,John Smith,,,,")

    assert pairs() == [("段正淳", "1", "cleared")]


def test_it_comes_again_when_the_entry_changes(officer, hit):
    cleared(officer, hit)

    again(officer, "1,person,Duan Zhengchun,,1962,,")

    assert pairs() == [("段正淳", "1", "cleared"), ("段正淳", "1", "open")]


def test_it_comes_again_when_the_customer_changes(officer, hit):
    cleared(officer, hit)
    Customer.objects.update(birth_date=date(1962, 3, 14))

    screen_customers(at=NOW)

    assert pairs() == [("段正淳", "1", "cleared"), ("段正淳", "1", "open")]


def test_an_entry_that_changes_back_is_known(officer, hit):
    cleared(officer, hit)
    again(officer, "1,person,Duan Zhengchun,,1962,,")
    again(officer, "1,person,Duan Zhengchun,,,,")

    assert pairs() == [("段正淳", "1", "cleared"), ("段正淳", "1", "open")]


def test_a_newer_hit_takes_the_place_of_an_open_one(officer, hit):
    again(officer, "1,person,Duan Zhengchun,,1962,,")

    assert pairs() == [("段正淳", "1", "replaced"), ("段正淳", "1", "open")]


def test_another_key_of_the_blind_indexes_opens_nothing_again(officer, hit, settings):
    cleared(officer, hit)
    Customer.objects.update(identity_index=b"another key here")

    assert screen_customers(at=NOW) == 1
    assert pairs() == [("段正淳", "1", "cleared")]


# Four eyes -----------------------------------------------------------------------------------------------------------
def test_clearing_takes_two(officer, hit):
    asked = ask_to_clear(actor=officer, hit_id=hit.pk, cleared_as="name", reason=GROUNDS, at=NOW)
    hit.refresh_from_db()
    assert hit.is_open

    with pytest.raises(PermissionDenied):
        agreed(asked, officer)
    with pytest.raises(PermissionDenied):
        agreed(asked, UserFactory(role="management"))

    agreed(asked, UserFactory(role="compliance"))
    hit.refresh_from_db()
    assert (hit.state, hit.decided_by, hit.reason) == ("cleared", officer, GROUNDS)


def test_what_was_asked_names_no_customer(officer, hit):
    asked = ask_to_clear(actor=officer, hit_id=hit.pk, cleared_as="name", reason=GROUNDS, at=NOW)

    said = f"{asked.shown} {asked.arguments}"
    assert hit.customer.reference not in said
    assert hit.customer.name not in said


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE customers_screeninghit SET cleared_as = 'name', cleared_at = now() WHERE id = %s",
        "UPDATE customers_screeninghit SET cleared_at = now() WHERE id = %s",
        "UPDATE customers_screeninghit SET replaced_by_id = id WHERE id = %s",
        "UPDATE customers_screeninghit SET customer_digest = 'x' WHERE id = %s",
        "DELETE FROM customers_screeninghit WHERE id = %s",
        "INSERT INTO customers_screeninghit (customer_id, entry_id, score, matched, customer_digest, opened_at, cleared_as,"
        " cleared_at, reason) SELECT customer_id, entry_id, 1, '{}', 'x', now(), 'name', now(), '' FROM customers_screeninghit"
        " WHERE id = %s",
    ],
)
def test_raw_sql_clears_and_hides_nothing(hit, sql):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [hit.pk])

    hit.refresh_from_db()
    assert hit.is_open


def test_a_request_that_waits_opens_nothing_to_sql(officer, hit):
    asked = ask_to_clear(actor=officer, hit_id=hit.pk, cleared_as="name", reason=GROUNDS, at=NOW)

    as_if = "SELECT set_config('audit.approval', %s, true); UPDATE customers_screeninghit SET cleared_as = 'name',"
    with pytest.raises(DatabaseError, match="needs an approved"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{as_if} cleared_at = now() WHERE id = %s", [str(asked.pk), hit.pk])


def test_a_hit_that_was_confirmed_meanwhile_is_not_cleared(officer, hit):
    asked = ask_to_clear(actor=officer, hit_id=hit.pk, cleared_as="name", reason=GROUNDS, at=NOW)
    confirm_hit(actor=officer, hit_id=hit.pk, reason="It is he: the passport agrees", at=NOW)

    done = agreed(asked, UserFactory(role="compliance"))

    assert done.state == "failed"
    hit.refresh_from_db()
    assert hit.state == "confirmed"


def test_confirming_restricts_the_customer_until_nothing_speaks_for_it(officer, hit):
    confirm_hit(actor=officer, hit_id=hit.pk, reason="It is he: the passport agrees", at=NOW)

    customer = Customer.objects.get()
    assert customer.restricted_at == NOW
    with pytest.raises(ValidationError, match="restricts the customer"):
        set_restricted(customer.pk, None)


@pytest.mark.parametrize("reason", ["", "ok", "          "])
def test_a_decision_says_what_was_compared(officer, hit, reason):
    with pytest.raises(ValidationError):
        confirm_hit(actor=officer, hit_id=hit.pk, reason=reason, at=NOW)
    with pytest.raises(ValidationError):
        ask_to_clear(actor=officer, hit_id=hit.pk, cleared_as="name", reason=reason, at=NOW)


def test_the_desk_decides_nothing(hit):
    for role in ("service", "service_lead", "risk", "internal_audit"):
        with pytest.raises((PermissionDenied, ScreeningHit.DoesNotExist)):
            confirm_hit(actor=UserFactory(role=role), hit_id=hit.pk, reason=GROUNDS, at=NOW)


# No tipping off ------------------------------------------------------------------------------------------------------
def opened(role):
    from staff.grants import all_grants
    from staff.rules.roles import may

    asked = [(name, entry.demands("get")) for name, entry in ADDRESSES.items()]
    return [name for name, permission in asked if permission == OWN or may([role], permission, all_grants())]


@pytest.mark.parametrize("role", [role for role in Role.values if role not in MAY_KNOW])
def test_whoever_may_not_know_sees_the_same_pages_with_a_hit_as_without(client, officer, role):
    """Every page of the customer that the role opens, and its lists, before there is a hit, with an open one, and after."""
    from tests.config.test_every_url import address
    from tests.config.test_nothing_personal_leaks import body_of

    user = UserFactory(role=role)
    world = world_of(user)
    client.force_login(user)
    ScreeningState.objects.all().delete()
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('meridian.unguarded', 'a test without hits', true)")
        cursor.execute("DELETE FROM customers_screeninghit")
    names = [
        name for name in opened(role) if name.startswith(("customers:", "api:customer", "operations:home", "palette"))
    ]
    # What differs from one moment to the next on any page: tokens, and how long ago something was.
    ago = r'<time[^>]*>[^<]*</time>|<span class="ago">[^<]*</span>|[0-9]+ (?:seconds?|minutes?) ago'
    secrets = re.compile(rf'(?:nonce|csrfmiddlewaretoken|csrf)[^>]{{0,200}}|{ago}|id="[a-z]*[0-9a-f-]{{30,}}"')

    def seen():
        pages = {name: body_of(client.get(address(name, world))) for name in names}
        return {name: secrets.sub("", text) for name, text in pages.items()}

    seen()  # what counts looks, such as lists of those who looked, has counted them
    before = seen()
    HitFactory(customer=world.customer)
    with_hit = seen()

    assert [name for name in names if "creening" in with_hit[name] and "creening" not in before[name]] == []
    names = [name for name in names if (role, name) != ("administrator", "operations:home")]  # counts the log's events
    different = [name for name in names if before[name] != with_hit[name] and len(before[name]) != len(with_hit[name])]
    assert different == []


@pytest.mark.parametrize("role", ["administrator", "compliance"])
def test_the_log_shows_hits_to_those_alone_who_may_know(client, officer, hit, role):
    client.force_login(UserFactory(role=role))
    (event,) = Event.objects.filter(table_name="customers_screeninghit", kind="insert")

    texts = [
        client.get(path).content.decode()
        for path in (
            "/audit/?table=customers_screeninghit", f"/audit/history/customers_screeninghit/{hit.pk}/", "/api/v1/events/",
            "/audit/?action=customers.screening",
        )
    ]  # fmt: skip
    found = client.get(f"/audit/{event.pk}/").status_code

    may_know = role == "compliance"
    assert found == (200 if may_know else 404)
    assert any(re.search(rf"/audit/{event.pk}/|\"id\": ?\"?{event.pk}\b", text) for text in texts) is may_know


def test_the_log_names_the_restriction_and_not_its_cause(officer, hit):
    confirm_hit(actor=officer, hit_id=hit.pk, reason="It is he: the passport agrees", at=NOW)

    events = Event.objects.filter(table_name="customers_customer", pk_text=str(hit.customer_id))
    assert "customers.customer.restricted" in set(events.values_list("action", flat=True))
    assert not events.filter(action__contains="screening").exists()


def test_reading_a_hit_is_an_event_of_the_hit_and_not_of_the_customer(client, officer, hit):
    client.force_login(officer)
    before = Event.objects.filter(kind="read").count()

    assert client.get(f"/customers/screening/hits/{hit.pk}/").status_code == 200

    new = Event.objects.filter(kind="read").order_by("-id")[: Event.objects.filter(kind="read").count() - before]
    assert [(event.table_name, event.pk_text) for event in new] == [("customers_screeninghit", str(hit.pk))]


# Pages ---------------------------------------------------------------------------------------------------------------
def test_a_hit_goes_from_the_list_to_its_page_and_is_asked_to_be_cleared(client, officer, hit):
    client.force_login(officer)
    assert f"/customers/screening/hits/{hit.pk}/" in client.get("/customers/screening/hits/").content.decode()
    page = client.get(f"/customers/screening/hits/{hit.pk}/").content.decode()
    assert "Duan Zhengchun" in page

    answer = client.post(f"/customers/screening/hits/{hit.pk}/clear/", {"cleared_as": "name", "reason": GROUNDS})

    assert answer.status_code == 302
    assert ChangeRequest.objects.get().command == CLEAR
    assert "waits for approval" in client.get(f"/customers/screening/hits/{hit.pk}/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_queries_for_any_length(client, officer, django_assert_num_queries, rows):
    for number in range(rows):
        HitFactory()
        ListVersion.objects.create(
            watch_list=WatchListFactory(), number=number + 1, file_name="x", sha256="0" * 64, created_at=NOW
        )
    client.force_login(officer)
    for path, queries in [("/customers/screening/hits/", 10), ("/customers/screening/lists/", 10)]:
        client.get(path)
        with django_assert_num_queries(queries):
            page = client.get(path)
        assert page.content.count(b"<tr") == rows + 1
