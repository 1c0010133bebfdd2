from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from incidents.models import LossEntry, LossEvent, LossMatch
from incidents.services.losses import (
    account_loss,
    add_entry,
    match_transaction,
    record_loss,
    reverse_entry,
    unmatch_transaction,
)
from risk.models import Reassessment
from tests.factories import UserFactory
from tests.factories.customers import AccountFactory, TransactionFactory
from tests.factories.losses import LossFactory
from tests.factories.risk import RiskFactory

TODAY = timezone.localdate
NOW = timezone.now


@pytest.fixture
def officer(db):
    return UserFactory(role="risk")


def sums(loss):
    found = LossEvent.objects.with_sums().get(pk=loss.pk)
    return found.gross, found.recovery, found.insurance, found.net, found.unmatched


def enter(loss, kind, amount, **more):
    said = {"booked_on": TODAY(), "note": "For it", "at": NOW(), **more}
    return add_entry(actor=loss.recorded_by, loss_id=loss.pk, kind=kind, amount=Decimal(amount), **said)


def match(officer, entry, moved, **more):
    said = {"customer": moved.customer.reference, "booked_on": moved.booked_on, "amount": abs(moved.amount)}
    return match_transaction(actor=officer, entry_id=entry.pk, at=NOW(), **{**said, **more})


def moved(amount, **more):
    return TransactionFactory(account=AccountFactory(currency="CNY"), amount=Decimal(amount), currency="CNY", **more)


def test_net_is_gross_less_what_came_back_to_the_cent(officer):
    loss = record_loss(
        actor=officer, title="Paid twice", currency="CNY", amount=Decimal("1000.10"), at=NOW(),
        occurred_on=TODAY() - timedelta(days=400), discovered_on=TODAY(),
    )  # fmt: skip
    enter(loss, "recovery", "400.05")
    enter(loss, "insurance", "300.05")

    assert sums(loss)[:4] == (Decimal("1000.10"), Decimal("400.05"), Decimal("300.05"), Decimal("300.00"))


@pytest.mark.parametrize("amount", ["0", "-5", "0.001", "NaN", "1e30"])
def test_an_amount_that_is_none_is_refused(officer, amount):
    loss = LossFactory()

    with pytest.raises((ValidationError, ArithmeticError)):
        enter(loss, "gross", amount)

    assert loss.entries.count() == 1


def test_more_never_comes_back_than_was_lost(officer):
    loss = LossFactory(gross=Decimal(100))

    enter(loss, "recovery", 100)
    with pytest.raises(ValidationError, match="More would have come back"):
        enter(loss, "insurance", "0.01")
    with pytest.raises(ValidationError, match="More would have come back"):
        reverse_entry(actor=officer, entry_id=loss.entries.get(kind="gross").pk, reason="Wrong amount", at=NOW())


def test_an_entry_is_taken_back_once_by_its_opposite_and_nothing_is_ever_changed(officer):
    loss = LossFactory(gross=Decimal(100))
    wrong = enter(loss, "gross", 900)

    reverse_entry(actor=officer, entry_id=wrong.pk, reason="A typing error", at=NOW())
    for entry in (wrong, LossEntry.objects.get(reverses=wrong)):
        with pytest.raises(ValidationError, match="taken back already"):
            reverse_entry(actor=officer, entry_id=entry.pk, reason="Once more", at=NOW())

    assert sums(loss)[0] == Decimal(100)
    for act in (lambda rows: rows.update(amount=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(LossEntry.objects.filter(pk=wrong.pk))


def test_raw_sql_takes_back_whole_entries_alone(officer):
    loss = LossFactory(gross=Decimal(100))
    entry = loss.entries.get()

    with pytest.raises(DatabaseError, match="taken back whole"), transaction.atomic():
        LossEntry.objects.create(
            loss=loss, kind="gross", amount=-40, booked_on=TODAY(), note="Part", reverses=entry, by=officer, at=NOW()
        )


def test_the_ledger_agrees_with_the_transactions_or_says_by_how_much_it_does_not(officer):
    loss = LossFactory(gross=Decimal(100))
    entry = loss.entries.get()

    assert sums(loss)[4] == 100
    match(officer, entry, moved(-70))
    assert sums(loss)[4] == 30
    with pytest.raises(ValidationError, match="larger"):
        match(officer, entry, moved(-31))
    match(officer, entry, moved(30))
    assert sums(loss)[4] == 0


def test_a_transaction_explains_one_entry_and_is_free_again_once_that_is_taken_back(officer):
    first, second = LossFactory(gross=Decimal(70)), LossFactory(gross=Decimal(70))
    paid = moved(-70)
    match(officer, first.entries.get(), paid)

    with pytest.raises(ValidationError, match="another entry already"):
        match(officer, second.entries.get(), paid)
    reverse_entry(actor=officer, entry_id=first.entries.get().pk, reason="Another loss", at=NOW())
    match(officer, second.entries.get(), paid)

    assert (sums(first)[4], sums(second)[4]) == (0, 0)


@pytest.mark.parametrize("wrong", [{"amount": Decimal("69.99")}, {"customer": "C-0"}, {"booked_on": "2001-01-01"}])
def test_a_transaction_that_is_not_there_is_said_so(officer, wrong):
    loss = LossFactory(gross=Decimal(70))

    with pytest.raises(ValidationError, match="No transaction"):
        match(officer, loss.entries.get(), moved(-70), **wrong)


def test_money_of_another_currency_explains_nothing(officer):
    loss = LossFactory(gross=Decimal(70), currency="EUR")

    with pytest.raises(ValidationError, match="EUR"):
        match(officer, loss.entries.get(), moved(-70))


def test_a_transaction_can_be_taken_off_again(officer):
    loss = LossFactory(gross=Decimal(70))
    made = match(officer, loss.entries.get(), moved(-70))

    unmatch_transaction(actor=officer, match_id=made.pk)

    assert not LossMatch.objects.exists()


def test_days_come_in_order_and_none_lies_ahead(officer):
    loss = LossFactory()

    for day, why in [(loss.discovered_on - timedelta(days=1), "or later"), (TODAY() + timedelta(days=1), "ahead")]:
        with pytest.raises(ValidationError, match=why):
            account_loss(actor=officer, loss_id=loss.pk, accounted_on=day, at=NOW())
    account_loss(actor=officer, loss_id=loss.pk, accounted_on=loss.discovered_on, at=NOW())
    with pytest.raises(ValidationError, match="already"):
        account_loss(actor=officer, loss_id=loss.pk, accounted_on=loss.discovered_on, at=NOW())


def test_pages_show_the_break_and_the_list_its_sums(client, officer):
    loss = LossFactory(gross=Decimal("1234.50"))
    client.force_login(officer)

    assert "1,234.50" in client.get(reverse("incidents:loss_list")).content.decode()
    page = client.get(reverse("incidents:loss_detail", args=[loss.reference])).content.decode()
    assert "The ledger and the transactions differ by" in page


@pytest.mark.django_db(transaction=True)
def test_two_who_recover_the_last_of_a_loss_at_once_recover_it_once():
    loss = LossFactory(gross=Decimal(100))
    begin, refused = Barrier(2), []

    def recover():
        begin.wait()
        try:
            enter(loss, "recovery", 100)
        except ValidationError:
            refused.append(1)
        finally:
            connection.close()

    both = [Thread(target=recover) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert len(refused) == 1
    assert sums(loss)[3] == 0
    assert LossEvent.objects.with_sums().filter(net=F("gross") - F("recovery")).exists()


def test_a_risk_that_cost_money_is_assessed_anew(officer):
    risk = RiskFactory()

    loss = record_loss(
        actor=officer, title="Paid twice", currency="CNY", amount=Decimal(10), at=NOW(), occurred_on=TODAY(),
        discovered_on=TODAY(), risk=risk,
    )  # fmt: skip

    assert Reassessment.objects.get(risk=risk).cause_key == f"loss:{loss.pk}"


def test_whose_transaction_it_was_is_said_to_those_alone_who_see_the_customer(client, officer):
    loss = LossFactory(gross=Decimal(70))
    paid = moved(-70)
    match(officer, loss.entries.get(), paid)
    page = reverse("incidents:loss_detail", args=[loss.reference])

    def said_to(person):
        client.force_login(person)
        return paid.customer.reference in client.get(page).content.decode()

    assert said_to(officer)
    assert not said_to(UserFactory(role="risk", regions=["nowhere"]))
    assert not said_to(UserFactory(role="product"))
