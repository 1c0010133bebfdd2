"""Screening: lists come into force whole, customers are held against them, hits are decided by two, and nobody else knows."""

import re
import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Event
from customers import encryption
from customers.models import Customer, KycRule, ListEntry, ListVersion, ScreeningHit, ScreeningState
from customers.screening_commands import CLEAR
from customers.services import screening, screening_lists
from customers.services.privacy_requests import set_restricted
from customers.services.screening import screen_customers
from customers.services.screening_hits import confirm_hit
from customers.views.screening_hits import ask_to_clear
from staff.jobs import JobFailed, RunningJob
from staff.models import ChangeRequest, Job, Notification
from staff.rules.roles import Role
from tests.config.world import ADDRESSES, OWN, world_of
from tests.database_roles import as_owner
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import HitFactory, IdentityDocumentFactory, PersonFactory, WatchListFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HEAD = "id,kind,name,aliases,birth_date,countries,identifiers\n"
GROUNDS = "Born on another day, by the card that I have seen"
MAY_KNOW = {Role.COMPLIANCE, Role.INTERNAL_AUDIT}


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    screening._KEPT.clear()


@pytest.fixture
def officer():
    return UserFactory(role="compliance")


def load(officer, *lines, watch_list=None, head=HEAD, **options):
    """Load a version and do its job as a worker would."""
    watch_list = watch_list or WatchListFactory()
    file = SimpleUploadedFile("list.csv", (head + "".join(f"{line}\n" for line in lines)).encode())
    version = screening_lists.load_list(actor=officer, list_id=watch_list.pk, upload=file, at=NOW, **options)
    screening_lists.run_load_job(running(version))
    version.refresh_from_db()
    return version


def running(version):
    return RunningJob(Job.objects.get(pk=version.job_id))


def a_customer(name="段正淳", **fields):
    return PersonFactory(name=name, **{"birth_date": None, "identity_number": None, **fields})


def pairs():
    found = ScreeningHit.objects.select_related("customer", "entry").order_by("pk")
    return [(hit.customer.name, hit.entry.external_id, hit.state) for hit in found]


# Lists ---------------------------------------------------------------------------------------------------------------
def test_a_version_comes_into_force_and_the_last_one_is_replaced(officer):
    first = load(officer, "1,person,John Smith,,,,", "2,person,Jane Doe,,,,")
    second = load(officer, "1,person,John Smith,,,,", "2,person,Jane M. Doe,,,,", "3,person,Mary Major,,,,")

    first.refresh_from_db()
    assert (first.state, second.state) == ("replaced", "current")
    assert (second.rows_taken, second.rows_new, second.rows_gone) == (3, 2, 0)
    kept = ListEntry.objects.order_by("external_id", "from_version").values_list(
        "external_id", "from_version", "to_version"
    )
    assert list(kept) == [("1", 1, None), ("2", 1, 1), ("2", 2, None), ("3", 2, None)]


def test_an_entry_that_is_gone_stays_as_it_stood(officer):
    load(officer, "1,person,John Smith,,,,", "2,person,Jane Doe,,,,")
    version = load(officer, "1,person,John Smith,,,,")

    assert (version.rows_gone, version.rows_new) == (1, 0)
    assert ListEntry.objects.get(external_id="2").to_version == 1


def test_rows_that_are_none_are_kept_with_their_line(officer):
    version = load(officer, "1,person,John Smith,,,,", "2,person,Jane Doe,,tomorrow,,", "3,person,,,,,")

    assert (version.rows_read, version.rows_taken, version.rows_rejected) == (3, 1, 2)
    assert list(version.rejects.values_list("line", "reason")) == [(3, "birth_date"), (4, "no_name")]


@pytest.mark.parametrize("lines", [[], ["1,person,,,,,"], ["<html>"]])
def test_a_file_without_an_entry_changes_nothing(officer, lines):
    load(officer, "1,person,John Smith,,,,")

    with pytest.raises(JobFailed, match="No row"):
        load(officer, *lines)

    assert ListEntry.objects.in_force().count() == 1
    assert list(ListVersion.objects.order_by("number").values_list("state", flat=True)) == ["current", "failed"]


def test_a_file_that_was_cut_off_takes_nothing_away_unless_it_may(officer):
    load(officer, *(f"{n},person,John Smith{n},,,," for n in range(5)))

    with pytest.raises(JobFailed, match="much smaller"):
        load(officer, "1,person,John Smith1,,,,")
    assert load(officer, "1,person,John Smith1,,,,", may_shrink=True).state == "current"


@pytest.mark.parametrize("content", [b"PK\x03\x04rest", b"%PDF-1.7", b"\x1f\x8bgz"])
def test_a_file_that_is_no_text_is_refused_by_its_bytes(officer, content):
    with pytest.raises(ValidationError, match="in truth"):
        screening_lists.load_list(
            actor=officer, list_id=WatchListFactory().pk, upload=SimpleUploadedFile("list.csv", content), at=NOW
        )
    assert not ListVersion.objects.exists()


def test_only_compliance_loads_lists():
    with pytest.raises(ValidationError, match="Compliance"):
        load(UserFactory(role="service"), "1,person,John Smith,,,,")


# Hits ----------------------------------------------------------------------------------------------------------------
def test_a_new_customer_is_held_against_the_lists_once(officer):
    load(officer, "1,person,Duan Zhengchun,,,,", "2,person,John Smith,,,,")
    a_customer("段正淳")
    a_customer("王小明")

    assert screen_customers(at=NOW, only_new=True) == 2
    assert screen_customers(at=NOW, only_new=True) == 0

    assert pairs() == [("段正淳", "1", "open")]
    hit = ScreeningHit.objects.get()
    assert hit.score == 100
    assert [pair[2] for pair in hit.matched["pairs"]] == ["same"] * 3


def test_a_new_version_holds_those_who_are_known_against_what_is_new_in_it(officer):
    load(officer, "1,person,John Smith,,,,")
    a_customer("段正淳")
    screen_customers(at=NOW)

    version = load(officer, "1,person,John Smith,,,,", "2,person,Somebody Else,段正淳,,,")

    assert pairs() == [("段正淳", "2", "open")]
    assert version.screened_at is not None


def test_a_birth_date_speaks_for_and_against(officer):
    load(
        officer,
        "1,person,Duan Zhengchun,,1962-03-14,,",
        "2,person,Duan Zhengchun,,1970,,",
        "3,person,Duan Zhengchun,,,CN,",
    )
    a_customer(birth_date=date(1962, 3, 14), jurisdiction="CN")

    screen_customers(at=NOW)

    found = {hit.entry.external_id: (hit.score, hit.matched["points"]) for hit in ScreeningHit.objects.all()}
    assert found == {
        "1": (100, [["same_birth_date", 6]]), "2": (86, [["other_birth_year", -14]]), "3": (100, [["same_country", 2]]),
    }  # fmt: skip


def test_the_threshold_is_that_of_the_table(officer):
    load(officer, "1,person,Duan Zhengchun,,1970,,")
    a_customer(birth_date=date(1962, 3, 14))
    KycRule.objects.create(code="screening_threshold", value=90, unit="percent", valid_from=date(2026, 1, 1))

    screen_customers(at=NOW)

    assert pairs() == []


def test_one_number_is_enough_whatever_the_names(officer):
    load(officer, "1,person,Nobody Alike,,,,11010519491231002X;E7654321")
    a_customer("王小明", identity_index=encryption.identity_index("11010519491231002X"))
    holder = a_customer("李四光")
    IdentityDocumentFactory(customer=holder, kind="passport", number="E7654321")

    screen_customers(at=NOW)

    assert [(hit.customer.name, hit.matched["points"]) for hit in ScreeningHit.objects.order_by("pk")] == [
        ("王小明", [["identifier", 100]]), ("李四光", [["identifier", 100]]),
    ]  # fmt: skip


def test_a_person_is_not_a_company(officer):
    load(officer, "1,entity,Duan Zhengchun,,,,")
    a_customer("段正淳")
    a_customer("段正淳", kind="business")

    screen_customers(at=NOW)

    assert ScreeningHit.objects.get().customer.kind == "business"


def test_those_who_handle_hits_are_told_once_a_day_and_nobody_is_named(officer):
    clerk = UserFactory(role="service")
    load(officer, "1,person,Duan Zhengchun,,,,")
    for _number in range(2):
        a_customer()
        screen_customers(at=NOW)

    told = Notification.objects.filter(user=officer, key__startswith="screening:").get()
    assert "段" not in told.title + told.body
    assert not Notification.objects.filter(user=clerk).exists()


# Cleared pairs -------------------------------------------------------------------------------------------------------
def cleared(officer, hit, grounds="birth_date"):
    asked = ask_to_clear(actor=officer, hit_id=hit.pk, cleared_as=grounds, reason=GROUNDS, at=NOW)
    done = agreed(asked, UserFactory(role="compliance"))
    assert done.state == "executed", done.error
    hit.refresh_from_db()
    return hit


@pytest.fixture
def hit(officer):
    load(officer, "1,person,Duan Zhengchun,,,,")
    a_customer()
    screen_customers(at=NOW)
    return ScreeningHit.objects.get()


def again(officer, *lines):
    load(officer, *lines)
    screen_customers(at=NOW)


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


# Killed, twice, in parallel ------------------------------------------------------------------------------------------
def test_screening_that_is_killed_goes_on_where_it_was(officer, monkeypatch):
    load(officer, "1,person,Duan Zhengchun,,,,")
    for _number in range(5):
        a_customer()
    monkeypatch.setattr(screening, "CHUNK", 2)
    whole, calls = screening._screen_chunk, []

    def dies_in_the_second(ids, against, at):
        calls.append(ids)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(ids, against, at)

    monkeypatch.setattr(screening, "_screen_chunk", dies_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        screen_customers(at=NOW)
    assert ScreeningHit.objects.count() == 2

    assert screen_customers(at=NOW) == 3
    assert ScreeningHit.objects.count() == 5


def test_a_load_that_is_killed_while_customers_are_held_against_it_goes_on(officer, monkeypatch):
    load(officer, "1,person,John Smith,,,,")
    for _number in range(5):
        a_customer()
    screen_customers(at=NOW)
    monkeypatch.setattr(screening, "CHUNK", 2)
    whole, calls = screening._screen_part, []

    def dies_in_the_second(version, ids, against):
        calls.append(ids)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(version, ids, against)

    monkeypatch.setattr(screening, "_screen_part", dies_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        load(officer, "1,person,John Smith,,,,", "2,person,Duan Zhengchun,,,,")
    version = ListVersion.objects.get(number=2)
    assert (version.state, version.screened_at, ScreeningHit.objects.count()) == ("current", None, 2)

    screening_lists.run_load_job(running(version))
    screening_lists.run_load_job(running(version))
    assert ScreeningHit.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_find_each_hit_once():
    officer = UserFactory(role="compliance")
    load(officer, "1,person,Duan Zhengchun,,,,")
    for _number in range(20):
        a_customer()
    errors = []

    def work():
        try:
            screen_customers(at=NOW)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert ScreeningHit.objects.count() == 20
    assert ScreeningState.objects.count() == 20


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


def test_a_list_is_made_and_loaded_from_the_page(client, officer):
    client.force_login(officer)
    sent = {"code": "un", "name": "Consolidated", "kind": "sanctions", "publisher": "UN"}
    assert client.post("/customers/screening/lists/new/", sent).status_code == 302
    assert client.post("/customers/screening/lists/new/", sent).status_code == 422

    watch_list = WatchListFactory._meta.model.objects.get()
    file = SimpleUploadedFile("list.csv", (HEAD + "1,person,John Smith,,,,\n").encode())
    assert (
        client.post("/customers/screening/lists/load/", {"watch_list": watch_list.pk, "file": file}).status_code == 302
    )
    version = ListVersion.objects.get()
    screening_lists.run_load_job(running(version))

    page = client.get(f"/customers/screening/lists/{version.pk}/").content.decode()
    assert "list.csv" in page


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
