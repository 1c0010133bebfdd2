"""Two customers become one and are parted again: everything is where it was, nothing is lost or doubled."""

import random
import signal
import threading
import time
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from customers.merge_commands import MERGE, UNMERGE
from customers.models import (
    Account,
    AccountHolder,
    Consent,
    Customer,
    CustomerDevice,
    DuplicatePair,
    Guarantee,
    Interaction,
    Merge,
    MergeField,
    Notice,
    Portrait,
    SupplyLink,
)
from customers.services.activity import reconcile_activity
from customers.services.consents import may_contact
from customers.services.duplicates import find_duplicates
from customers.services.match_keys import device_index
from customers.services.merges import gather_strays
from customers.services.portraits import draw_portraits, redraw_portraits
from service.models import Ticket
from staff.services.changes import propose
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import (
    AccountFactory,
    CustomerFactory,
    HoldingFactory,
    LoanFactory,
    PersonFactory,
    TransactionFactory,
)
from tests.factories.service import TicketFactory
from tests.killed import run_and_die

NOW = timezone.now()


def people():
    return UserFactory(role="service"), UserFactory(role="service_lead")


def ask(survivor, absorbed, *, choices=(), actor=None):
    said = {"survivor_id": survivor.pk, "absorbed_id": absorbed.pk, "choices": list(choices)}
    return propose(actor=actor or people()[0], command=MERGE, arguments=said, reason="One person", at=timezone.now())


def done(request):
    carried = agreed(request, UserFactory(role="service_lead"))
    assert carried.state == "executed", carried.error
    return carried


def merge(survivor, absorbed, **said):
    done(ask(survivor, absorbed, **said))
    return Merge.objects.order_by("-pk")[0]


def ask_undoing(merge, *, later=()):
    said = {"merge_id": merge.pk, "later": list(later)}
    return propose(actor=people()[0], command=UNMERGE, arguments=said, reason="They are two", at=timezone.now())


def unmerge(merge, **said):
    return done(ask_undoing(merge, **said))


MADE_AGAIN = {
    "customers_portrait", "customers_matchkey", "customers_duplicatepair", "customers_portraitround",
    "customers_merge", "customers_mergefield", "customers_mergemove", "customers_carriedassessment",
}  # fmt: skip


def dump():
    """Every row of the tables of customers and of customer service, personal values opened."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in ("customers", "service") and model._meta.db_table not in MADE_AGAIN:
            names = [one.attname for one in model._meta.concrete_fields if one.attname != "search"]
            rows = model._base_manager.order_by("pk").values_list(*names)
            found[model._meta.db_table] = [tuple(map(plain, row)) for row in rows]
    return found


def plain(value):
    return bytes(value) if isinstance(value, memoryview) else str(value) if isinstance(value, str) else value


def populate(seed):
    """A few customers with a random part of everything, some of it shared."""
    dice = random.Random(seed)
    one, other, third = (
        PersonFactory(name=f"人{n}", region=dice.choice(["北京", "上海", ""]), lines=["payment"]) for n in range(3)
    )
    everybody = [one, other, third]
    for _ in range(dice.randint(1, 8)):
        owner = dice.choice(everybody)
        account = AccountFactory(customer=owner)
        TransactionFactory(account=account, booked_on=date(2026, dice.randint(1, 6), dice.randint(1, 28)))
        for holder in dice.sample(everybody, 2):
            AccountHolder.objects.create(account=account, customer=holder, role="user")
        HoldingFactory(customer=owner, account=account)
        loan = LoanFactory(customer=owner, account=account)
        Guarantee.objects.create(loan=loan, guarantor=dice.choice(everybody), currency="CNY", since=date(2026, 1, 1))
        Interaction.objects.create(customer=owner, kind="call", at=NOW, title=f"About {account}")
        TicketFactory(customer=owner, region=owner.region)
        CustomerDevice.objects.get_or_create(
            customer=owner,
            fingerprint_index=device_index(str(dice.randint(1, 3))),
            defaults={"first_seen_on": date(2026, 1, 1)},
        )
    SupplyLink.objects.create(core=one, member=other, role="buyer", since=date(2026, 1, 1))
    SupplyLink.objects.create(core=third, member=other, role="buyer", since=date(2026, 1, 1))
    for who in everybody:
        who.refresh_from_db()
    return everybody


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_undoing_a_merge_leaves_every_table_as_it_was(seed):
    one, other, _third = populate(seed)
    before = dump()

    made = merge(one, other, choices=["name", "phone", "identity_number", "birth_date", "city"])
    assert dump() != before
    unmerge(made)

    assert dump() == before


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_undoing_a_chain_from_its_end_leaves_every_table_as_it_was(seed):
    one, other, third = populate(seed)
    before = dump()

    first, second = merge(other, one), merge(third, other, choices=["email", "address"])
    assert set(Customer.objects.filter(merged_into=third).values_list("pk", flat=True)) == {one.pk, other.pk}
    with pytest.raises(ValidationError, match="was itself merged into"):
        ask_undoing(first)
    unmerge(second)
    assert Customer.objects.get(pk=one.pk).merged_into_id == other.pk
    unmerge(first)

    assert dump() == before


@pytest.mark.django_db
def test_everything_goes_to_the_customer_that_stays():
    one, other = PersonFactory(region="北京"), PersonFactory(region="上海")
    account, ticket = AccountFactory(customer=other), TicketFactory(customer=other, region="上海")
    loan, holding = LoanFactory(customer=other), HoldingFactory(customer=other)
    TransactionFactory(account=account, amount=Decimal(7))

    merge(one, other)

    for row in (account, ticket, loan, holding):
        row.refresh_from_db()
        assert row.customer_id == one.pk
    one.refresh_from_db()
    assert ticket.region == "北京"
    assert [move.amount for move in one.movements] == [Decimal(7)]
    assert one.movements.visible_to(UserFactory(role="service", regions=["北京"])).count() == 1
    assert not Customer.objects.visible_to(people()[0]).filter(pk=other.pk).exists()


@pytest.mark.django_db
def test_fields_that_were_chosen_come_over_and_the_graver_of_the_others_holds():
    one = PersonFactory(name="张伟", status="active", risk_level="high", joined_on=date(2025, 1, 1), lines=["fund"])
    other = PersonFactory(
        name="張偉",
        phone="+8613912345678",
        status="frozen",
        risk_level="low",
        joined_on=date(2024, 1, 1),
        lines=["p2p"],
    )

    merge(one, other, choices=["phone"])

    one.refresh_from_db()
    assert (one.name, one.phone, bytes(one.phone_index)) == ("张伟", "+8613912345678", bytes(other.phone_index))
    assert (one.status, one.risk_level, one.joined_on, one.lines) == (
        "frozen",
        "high",
        date(2024, 1, 1),
        ["fund", "p2p"],
    )


@pytest.mark.django_db
def test_a_field_that_was_changed_since_keeps_what_was_written():
    one, other = PersonFactory(name="张伟"), PersonFactory(name="張偉", email="other@example.test")
    made = merge(one, other, choices=["name", "email"])
    Customer.objects.filter(pk=one.pk).update(name="张伟明")

    unmerge(made)

    one.refresh_from_db()
    assert (one.name, one.email) == ("张伟明", "duan.zhengchun@dali.example")


@pytest.mark.django_db
@pytest.mark.parametrize("goes", [False, True])
def test_what_came_since_stays_or_goes_as_was_said(goes):
    one, other = PersonFactory(region="北京"), PersonFactory(region="上海")
    made = merge(one, other)
    late = TicketFactory(customer=one, region="北京")

    unmerge(made, later=["service_ticket"] if goes else [])

    late.refresh_from_db()
    assert (late.customer_id, late.region) == ((other.pk, "上海") if goes else (one.pk, "北京"))


@pytest.mark.django_db
def test_movements_booked_while_merged_belong_to_their_account_after_parting():
    from customers.ingest import targets

    assert targets.TRANSACTIONS.field("customer").fallback == "account.booked_for_id, account.customer_id"
    one, other = PersonFactory(), PersonFactory()
    account = AccountFactory(customer=other)
    made = merge(one, other)
    account.refresh_from_db()
    assert (account.customer_id, account.booked_for_id) == (one.pk, other.pk)
    TransactionFactory(account=account, customer_id=account.booked_for_id, amount=Decimal(9))
    one.refresh_from_db()
    assert one.movements.count() == 1

    unmerge(made)

    one.refresh_from_db(), other.refresh_from_db(), account.refresh_from_db()
    assert (one.movements.count(), other.movements.count(), account.booked_for_id) == (0, 1, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "agreed_to"),
    [
        ((True, True), True),
        ((True, False), False),
        ((False, True), False),
        ((True, None), True),
        ((None, False), False),
    ],
)
def test_the_stricter_word_holds_while_they_are_one(given, agreed_to):
    one, other = PersonFactory(), PersonFactory()
    notice = Notice.objects.get(purpose="marketing", language="en")
    for who, word in zip((one, other), given, strict=True):
        if word is not None:
            Consent.objects.create(
                customer=who,
                purpose="marketing",
                channel="sms",
                given=word,
                notice=notice,
                at=NOW,
                origin="app",
                recorded_at=NOW,
            )
    merge(one, other)
    one.refresh_from_db()

    assert may_contact(customer=one, purpose="marketing", channel="sms", at=timezone.now()) is agreed_to


@pytest.mark.django_db
def test_portraits_are_drawn_again_for_both():
    one, other = PersonFactory(), PersonFactory()
    for who in (one, other):
        account = AccountFactory(customer=who, balance=100, balance_on=date(2026, 6, 1))
        TransactionFactory(account=account, booked_on=date(2026, 6, 1), amount=Decimal(5))
    reconcile_activity()
    draw_portraits(business_date=date(2026, 6, 30))
    before = list(Portrait.objects.order_by("customer").values("customer", "balance", "n_30", "inflow_30"))

    made = merge(one, other)
    redraw_portraits()
    (only,) = Portrait.objects.values("customer", "balance", "n_30", "inflow_30")
    assert only == {"customer": one.pk, "balance": Decimal(200), "n_30": 2, "inflow_30": Decimal(10)}
    draw_portraits(business_date=date(2026, 6, 30), whole=True)
    assert Portrait.objects.values("customer", "balance", "n_30", "inflow_30").get() == only

    unmerge(made)
    redraw_portraits()
    assert list(Portrait.objects.order_by("customer").values("customer", "balance", "n_30", "inflow_30")) == before


@pytest.mark.django_db
def test_what_cannot_be_merged_says_why():
    one, other = PersonFactory(), PersonFactory()
    business, euro = CustomerFactory(kind="business"), CustomerFactory(currency="EUR")
    restricted, erased = CustomerFactory(restricted_at=NOW), CustomerFactory(erased_at=NOW)
    merge(one, other)
    for pair, said in [
        ((one, one), "cannot be merged with themselves"),
        ((one, other), "was merged into .* already"),
        ((other, one), "was merged into .* already"),
        ((one, business), "A person and a business"),
        ((one, euro), "in CNY and in EUR"),
        ((one, restricted), "is restricted"),
        ((one, erased), "is being erased"),
    ]:
        with pytest.raises(ValidationError, match=said):
            ask(*pair)
    with pytest.raises(ValidationError, match="no field shoe_size"):
        ask(one, CustomerFactory(), choices=["shoe_size"])


@pytest.mark.django_db
def test_a_merge_is_undone_once():
    made = merge(PersonFactory(), PersonFactory())
    unmerge(made)
    with pytest.raises(ValidationError, match="undone already"):
        ask_undoing(made)


@pytest.mark.django_db
def test_who_asked_before_something_changed_finds_it_out_of_date():
    one, other, third = PersonFactory(), PersonFactory(), PersonFactory()
    request = ask(other, third)
    merge(one, other)

    assert agreed(request, UserFactory(role="service_lead")).state in ("failed", "stale")
    assert Customer.objects.get(pk=third.pk).merged_into_id is None


@pytest.mark.django_db
def test_the_database_lets_no_number_lead_elsewhere_without_an_approval():
    one, other = PersonFactory(), PersonFactory()
    with pytest.raises(DatabaseError, match="approved change request"), transaction.atomic():
        Customer.objects.filter(pk=one.pk).update(merged_into=other)


@pytest.mark.django_db
def test_old_values_stand_sealed_beside_the_merge():
    one, other = PersonFactory(), PersonFactory(phone="+8613912345678")
    merge(one, other, choices=["phone"])
    kept = MergeField.objects.get(field="phone")
    assert (kept.was, kept.became) == ('"+8613800138000"', '"+8613912345678"')
    with connection.cursor() as cursor:
        cursor.execute("SELECT was FROM customers_mergefield WHERE field = 'phone'")
        assert b"13800138000" not in bytes(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_pair_is_closed_by_its_merge_and_kept_apart_after_undoing():
    one, other = PersonFactory(), PersonFactory()
    find_duplicates(business_date=date(2026, 6, 30), at=NOW)
    made = merge(one, other)
    assert DuplicatePair.objects.get().state == "merged"

    unmerge(made)
    find_duplicates(business_date=date(2026, 6, 30), at=NOW)

    assert DuplicatePair.objects.get().state == "dismissed"


@pytest.mark.django_db
def test_what_came_in_under_the_old_number_at_that_moment_is_gathered():
    one, other = PersonFactory(), PersonFactory()
    made = merge(one, other)
    stray = TicketFactory(customer=other)

    assert gather_strays() == 1
    stray.refresh_from_db()
    assert stray.customer_id == one.pk
    assert gather_strays() == 0
    unmerge(made)
    stray.refresh_from_db()
    assert stray.customer_id == other.pk


def in_threads(*works):
    def run(work):
        try:
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]


@pytest.mark.django_db(transaction=True)
def test_overlapping_merges_at_once_leave_each_number_leading_to_one():
    from staff.services.changes import approve, execute_approved

    one, other, third = PersonFactory(), PersonFactory(), PersonFactory()
    AccountFactory(customer=one), AccountFactory(customer=other)
    lead = UserFactory(role="service_lead")
    requests = [ask(third, other), ask(other, one)]
    for request in requests:
        approve(actor=lead, request_id=request.pk, at=timezone.now())

    in_threads(*(lambda pk=request.pk: execute_approved(request_id=pk, at=timezone.now()) for request in requests))

    leads = dict(Customer.objects.values_list("pk", "merged_into_id"))
    assert sum(into is not None for into in leads.values()) >= 1
    for pk, into in leads.items():
        assert into is None or leads[into] is None, pk
    assert Account.objects.filter(customer__merged_into__isnull=False).count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_in_the_middle_leaves_nothing_half_done():
    from staff.services.changes import approve, execute_approved

    one, other = PersonFactory(), PersonFactory()
    TicketFactory(customer=other), AccountFactory(customer=other)
    request = ask(one, other)
    approve(actor=UserFactory(role="service_lead"), request_id=request.pk, at=timezone.now())
    before = dump()
    executing = f"""
from staff.services.changes import execute_approved
execute_approved(request_id={request.pk}, at=timezone.now())
"""

    killed = run_and_die(executing, at="customers.services.merges._forget_what_is_made_again")

    assert killed == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while dump() != before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert dump() == before
    assert execute_approved(request_id=request.pk, at=timezone.now()).state == "executed"
    assert Ticket.objects.get().customer_id == one.pk
