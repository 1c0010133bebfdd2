"""Erasure: what may go goes from every table and from the log, what must stay is named with its rule and its day, and every
sum is what it was."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.context import acting
from audit.models import Event, Secret
from audit.services.redaction import redact
from customers.models import (
    Customer,
    Erasure,
    IdempotencyKey,
    ImportReject,
    Interaction,
    Notice,
    PrivacyRequest,
    PrivacyRule,
    Reveal,
    StandingOrder,
)
from customers.privacy_commands import ERASE
from customers.rules.erasure import Hold, longest, may_go
from customers.services import privacy_requests as services
from customers.services.consents import record_consent
from customers.services.erasure_plans import plan_erasure
from customers.services.erasures import erase_customer, finish_erasures
from customers.services.reveals import reveal_field
from staff.models import Job, Notification, SavedView
from staff.services.changes import approve, propose
from tests.customers.approving import approved
from tests.database_roles import as_superuser
from tests.factories import UserFactory
from tests.factories.customers import (
    AccountFactory,
    HoldingFactory,
    ImportFileFactory,
    ImportRejectFactory,
    LoanFactory,
    PersonFactory,
    PortraitFactory,
    TransactionFactory,
)
from tests.factories.products import ProductFactory
from tests.factories.staff import past_the_guards

NOW = timezone.now()
NAME = "欧阳菲菲"
PHONE, EMAIL = "+8613912345678", "ouyang.feifei@unmistakable.example"
IDENTITY, CARD = "110105194912310038", "6222021234567890123"
ADDRESS = "上海市浦东新区世纪大道一百零一号三单元七室"
PLANTED = [NAME, "13912345678", "ouyang.feifei", IDENTITY, CARD, ADDRESS, "%E6%AC%A7%E9%98%B3", "1949-12-31", "'菲':"]
LONG_AGO, LATELY = date(2010, 6, 30), date(2025, 6, 30)


def rule(**fields):
    return PrivacyRule(code="retention_identity", value=1, unit="years", **fields)


def test_the_hold_that_lets_go_last_counts_and_an_open_one_outlasts_all():
    soon, late, open_end = Hold("a", date(2030, 1, 1)), Hold("b", date(2040, 1, 1)), Hold("c", None)

    assert longest([soon, late]) is late
    assert longest([late, open_end, soon]) is open_end
    assert longest([]) is None


@pytest.mark.parametrize(
    ("until", "goes"), [(date(2030, 1, 1), False), (date(2029, 12, 31), True), (None, False), (date(2035, 1, 1), False)]
)
def test_the_last_day_of_keeping_is_still_kept(until, goes):
    assert may_go(Hold("a", until), date(2030, 1, 1)) is goes
    assert may_go(None, date(2030, 1, 1))


@pytest.fixture
def officer(db):
    return UserFactory(role="compliance")


def someone(ended=LONG_AGO, **fields):
    """A customer with personal values wherever they may stand, whose account was closed on `ended`."""
    customer = PersonFactory(
        name=NAME, phone=PHONE, email=EMAIL, identity_number=IDENTITY, address=ADDRESS, birth_date=date(1949, 12, 31),
        joined_on=date(2009, 1, 1), city="上海", region="上海", jurisdiction="CN", **fields,
    )  # fmt: skip
    product = ProductFactory()
    account = AccountFactory(
        customer=customer, product=product, opened_on=date(2009, 1, 1), status="closed" if ended else "open",
        closed_on=ended, balance=Decimal("12.50"),
    )  # fmt: skip
    for day in [date(2009, 3, 1), date(2010, 3, 1)]:
        TransactionFactory(account=account, booked_on=day, amount=Decimal("40.25"))
    HoldingFactory(customer=customer, product=product, card_number=CARD, status="closed", closed_on=LONG_AGO)
    LoanFactory(customer=customer, product=product, reported_state="repaid", matures_on=LONG_AGO)
    PortraitFactory(customer=customer, balance=Decimal("12.50"))
    StandingOrder.objects.create(account=account, amount=5, currency="CNY", payee_account=CARD, purpose=f"Rent {NAME}")
    return customer


def scatter(customer, officer):
    """Leave traces of the customer wherever people and programs leave them."""
    Interaction.objects.create(customer=customer, kind="call", at=NOW, title=f"{NAME} called", text=f"From {PHONE}")
    ImportRejectFactory(
        file=ImportFileFactory(), text=f"7;{NAME};{IDENTITY}", reason=f'{{"code": "bad_date", "value": "{EMAIL}"}}'
    )
    IdempotencyKey.objects.create(
        user=officer, key="1", request_sha256="0", status=200, answer={"rejects": [NAME]}, created_at=NOW
    )
    job = Job.objects.create(
        owner=officer, kind="customers.export", title=f"Export of {NAME}", state="done", created_at=NOW,
        parameters={"query": "q=%E6%AC%A7%E9%98%B3%E8%8F%B2%E8%8F%B2"},
    )  # fmt: skip
    job.result.save("customers.csv", ContentFile(f"C-1,{NAME}".encode()))
    Notification.objects.create(user=officer, kind="job", key="x", title=f"Done: {NAME}", created_at=NOW)
    SavedView.objects.create(
        owner=officer,
        page="customers:customer_list",
        name=f"All {NAME}",
        query="q=%E6%AC%A7%E9%98%B3%E8%8F%B2%E8%8F%B2",
    )
    record_consent(
        actor=officer, customer_id=customer.pk, purpose="marketing", channel="sms", given=True, origin="call", at=NOW,
        now=NOW, notice=Notice.objects.filter(purpose="marketing").first(), evidence=f"recording of {NAME}",
    )  # fmt: skip
    reveal_field(
        actor=officer, customer_id=customer.pk, field="phone", reason_kind="call", reason=f"Call {NAME}", at=NOW
    )
    return job


def ask(customer, officer, kind="deletion"):
    request = services.receive_request(
        actor=officer, customer_id=customer.pk, kind=kind, received_on=timezone.localdate(), text=f"I am {NAME}", at=NOW
    )
    services.check_identity(actor=officer, request_id=request.pk, check="document", at=NOW)
    return request


def dumped() -> str:
    """Every row of every table as text."""
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
        said = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM public."{table}" t')
            said.append(f"-- {table}\n{cursor.fetchone()[0] or ''}")
    return "\n".join(said)


def where(text: str, values) -> dict[str, list[str]]:
    """Return which tables of a dump hold which of the values."""
    parts = [part.partition("\n") for part in text.split("-- ")]
    found = {table: [value for value in values if value in rows] for table, _line, rows in parts}
    return {table: values for table, values in found.items() if values}


def sums() -> dict[str, list]:
    """What the business adds up."""
    with connection.cursor() as cursor:
        asked = {
            "accounts": "SELECT count(*), sum(balance) FROM customers_account",
            "transactions": "SELECT count(*), sum(amount), min(booked_on), max(booked_on) FROM customers_transaction",
            "holdings": "SELECT count(*), sum(value) FROM customers_holding",
            "loans": "SELECT count(*), sum(principal) FROM customers_loan",
            "orders": "SELECT count(*), sum(amount) FROM customers_standingorder",
            "portraits": "SELECT count(*), sum(balance) FROM customers_portrait",
            "customers": "SELECT count(*), count(DISTINCT reference) FROM customers_customer",
            "contacts": "SELECT count(*), min(at) FROM customers_interaction",
            "consents": "SELECT count(*), count(*) FILTER (WHERE given) FROM customers_consent",
        }
        result = {}
        for name, statement in asked.items():
            cursor.execute(statement)
            result[name] = list(cursor.fetchone())
        return result


@pytest.fixture
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.django_db
@pytest.mark.usefixtures("_files")
def test_after_an_erasure_no_table_and_no_file_holds_a_value_and_every_sum_stands(
    officer, tmp_path, django_capture_on_commit_callbacks
):
    customer = someone()
    other = PersonFactory(name="司马光", phone="+8613700137000")
    with acting(actor_id=officer.pk):
        scatter(customer, officer)
    request = ask(customer, officer)
    before, held = sums(), where(dumped(), PLANTED)
    assert (
        len(held) >= 9
    )  # they were there: in customers, rejects, answers, jobs, news, views, contacts, requests, the log
    assert "audit_secret" in held

    with django_capture_on_commit_callbacks(execute=True):
        erasure = approved(officer, request)

    assert erasure.ended_at
    assert where(dumped(), PLANTED) == {}
    assert [path for path in tmp_path.rglob("*") if path.is_file() and NAME.encode() in path.read_bytes()] == []
    assert sums() == before
    again = Customer.objects.get(pk=customer.pk)
    assert [again.phone, again.email, again.address, again.identity_number, again.phone_index] == [None] * 5
    assert again.erased_at
    assert list(Customer.objects.matching(NAME)) == list(Customer.objects.matching(PHONE)) == []
    assert Customer.objects.get(pk=other.pk).name == "司马光"


@pytest.mark.django_db
@pytest.mark.usefixtures("_files")
def test_the_log_keeps_every_event_and_says_that_texts_went(officer):
    customer = someone()
    bodies = dict(Event.objects.values_list("pk", "body"))
    request = ask(customer, officer)

    erasure = approved(officer, request)

    assert {pk: Event.objects.get(pk=pk).body for pk in bodies} == bodies
    redactions = Event.objects.filter(kind="redact", table_name="customers_customer", pk_text=str(customer.pk))
    assert redactions.exists()
    assert {event.approval_id for event in redactions} == {erasure.approval_id}
    events = Event.objects.filter(table_name="customers_customer", pk_text=str(customer.pk)).values("pk")
    assert not Secret.objects.filter(event_id__in=events).exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("_files")
def test_what_the_law_keeps_is_restricted_and_goes_by_itself_when_it_lets_go(officer):
    customer = someone(ended=LATELY)
    request = ask(customer, officer)

    erasure = approved(officer, request)

    parts = {part.name: part for part in erasure.parts.all()}
    assert {name for name, part in parts.items() if part.erased_at} == {"contact", "notes", "traces"}
    assert parts["identity"].keep_until == parts["accounts"].keep_until == date(2035, 6, 30)
    assert parts["identity"].rule.source == "AML Law 2024-11-08, art. 34"
    kept = Customer.objects.get(pk=customer.pk)
    assert (kept.name, kept.phone, kept.email) == (NAME, PHONE, None)
    assert kept.restricted_at
    assert not kept.erased_at

    assert finish_erasures(at=noon(date(2035, 6, 30))) == 0
    assert Customer.objects.get(pk=customer.pk).name == NAME
    assert finish_erasures(at=noon(date(2035, 7, 1))) == 1
    assert finish_erasures(at=noon(date(2035, 7, 1))) == 0
    assert where(dumped(), PLANTED) == {}
    assert Customer.objects.get(pk=customer.pk).erased_at
    assert request.entries.filter(kind="erased").count() == 1


def noon(day):
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


@pytest.mark.django_db
@pytest.mark.usefixtures("_files")
def test_while_the_relationship_lasts_identity_stays_without_a_day(officer):
    customer = someone(ended=None)

    erasure = approved(officer, ask(customer, officer))

    assert erasure.parts.get(name="identity").keep_until is None
    assert finish_erasures(at=noon(date(2060, 1, 1))) == 0
    customer.accounts.update(status="closed", closed_on=LATELY)
    assert finish_erasures(at=NOW) == 0
    assert erasure.parts.get(name="identity").keep_until == date(2035, 6, 30)


@pytest.mark.django_db
def test_a_rule_that_becomes_longer_holds_what_still_waits(officer):
    customer = someone(ended=LATELY)
    erasure = approved(officer, ask(customer, officer))
    with past_the_guards():
        PrivacyRule.objects.create(
            code="retention_identity", jurisdiction="CN", value=15, unit="years", valid_from=date(2030, 1, 1)
        )

    finish_erasures(at=noon(date(2036, 1, 1)))

    assert Customer.objects.get(pk=customer.pk).name == NAME
    assert erasure.parts.get(name="identity").keep_until == date(2040, 6, 30)
    assert erasure.parts.get(name="accounts").erased_at


@pytest.mark.django_db
def test_the_register_of_a_fund_is_kept_for_twenty_years(officer):
    customer = someone(ended=LATELY)
    fund = ProductFactory(line_id="fund")
    HoldingFactory(customer=customer, product=fund, status="closed", closed_on=date(2024, 5, 31))

    plan = {str(part.name): part for part in plan_erasure(customer, today=date(2026, 1, 1))}

    assert plan["identity"].hold.until == date(2044, 5, 31)
    assert plan["identity"].hold.rule.code == "retention_fund_register"
    assert plan["accounts"].hold.until == date(2035, 6, 30)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("law", "until"), [("CN", date(2035, 6, 30)), ("DE", date(2030, 6, 30)), ("SG", date(2030, 6, 30))]
)
def test_each_jurisdiction_keeps_as_long_as_its_own_rule(law, until):
    customer = someone(ended=LATELY)
    customer.jurisdiction = law

    plan = {str(part.name): part for part in plan_erasure(customer, today=date(2026, 1, 1))}

    assert plan["identity"].hold.until == until


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"kind": "access"}, "Only a request for deletion"), ({"identity_check": "", "state": "received"}, "who is asking"),
     ({"state": "withdrawn"}, "is closed")],
)  # fmt: skip
def test_without_a_request_that_was_checked_nothing_is_erased(officer, change, sentence):
    request = ask(someone(), officer)
    PrivacyRequest.objects.filter(pk=request.pk).update(**change)

    with pytest.raises(ValidationError, match=sentence):
        erase_customer(actor=officer, request_id=request.pk, approval_id=1, at=NOW)


@pytest.mark.django_db
def test_only_compliance_asks_for_an_erasure(officer):
    request = ask(someone(), officer)

    with pytest.raises(PermissionDenied):
        erase_customer(actor=UserFactory(role="administrator"), request_id=request.pk, approval_id=1, at=NOW)


@pytest.mark.django_db
@pytest.mark.usefixtures("_files")
def test_a_customer_is_erased_once(officer):
    customer = someone(ended=LATELY)
    approved(officer, ask(customer, officer))

    with pytest.raises(ValidationError, match="already"):
        erase_customer(actor=officer, request_id=ask(customer, officer).pk, approval_id=1, at=NOW)
    assert Erasure.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("_files")
def test_an_erased_value_that_looks_like_a_pattern_takes_nothing_else_along(officer):
    customer = someone()
    Customer.objects.filter(pk=customer.pk).update(name="100%_\\")
    untouched = ImportRejectFactory(file=ImportFileFactory(), text="100 rows")

    approved(officer, ask(customer, officer))

    assert ImportReject.objects.get(pk=untouched.pk).text == "100 rows"


@pytest.mark.django_db
def test_reveals_stay_counted_after_an_erasure(officer):
    customer = someone()
    reveal_field(actor=officer, customer_id=customer.pk, field="phone", reason_kind="call", reason="Call back", at=NOW)

    approved(officer, ask(customer, officer))

    assert Reveal.objects.get().reason == ""
    assert Reveal.objects.within(timedelta(hours=1), at=NOW).count() == 1


@pytest.mark.django_db
def test_nobody_is_erased_on_one_persons_word_by_sql_either(officer):
    request = ask(someone(), officer)
    asked = propose(actor=officer, command=ERASE, arguments={"request_id": request.pk}, reason="They asked.", at=NOW)

    with pytest.raises(PermissionDenied, match="yourself"):
        approve(actor=officer, request_id=asked.pk, at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        erase_customer(actor=officer, request_id=request.pk, approval_id=asked.pk, at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_erasure (customer_id, request_id, begun_at, begun_by_id) VALUES (%s, %s, now(), %s)",
            [request.customer_id, request.pk, officer.pk],
        )
    assert Customer.objects.get(pk=request.customer_id).name == NAME


@pytest.mark.django_db
def test_the_plan_is_shown_and_posting_it_asks_a_second_person(client, officer):
    request = ask(someone(ended=LATELY), officer)
    client.force_login(officer)
    path = f"/customers/privacy/requests/{request.reference}/erasure/"

    page = client.get(path).content.decode()
    refused = client.post(path, {"reason": ""})
    answer = client.post(path, {"reason": "They asked for it in writing."})

    assert "2035-06-30" in page
    assert "AML Law 2024-11-08, art. 34" in page
    assert refused.status_code == 422
    assert answer["Location"].startswith("/staff/changes/")
    shown = client.get(answer["Location"]).content.decode()
    assert "2035-06-30" in shown
    assert NAME not in shown
    assert Customer.objects.get(pk=request.customer_id).name == NAME


@pytest.mark.django_db
def test_the_log_gives_up_plain_texts_under_the_approval_of_that_very_erasure_alone():
    officer, customer, other = UserFactory(role="compliance"), PersonFactory(), PersonFactory()
    asked = ask(customer, officer)
    with pytest.raises(DatabaseError, match="under an approved request only"), transaction.atomic():
        redact(table="customers_customer", pk=customer.pk, approval_id=10**9, reason="made up")

    erasure = approved(officer, asked)

    with pytest.raises(DatabaseError, match="under an approved request only"), transaction.atomic():
        redact(table="customers_customer", pk=other.pk, approval_id=erasure.approval_id, reason="another's")
