"""A process that redeems is killed at its worst moments: nothing is left without an end."""

import multiprocessing
import os
import signal
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from marketing.models import OfferSlot, Redemption, RedemptionState
from marketing.services.redemptions import reserve
from marketing.services.settlement import expire_reservations, pay_due
from tests.factories import UserFactory
from tests.factories.offers import a_redemption, an_offer, asked

FORK = multiprocessing.get_context("fork")
pytestmark = pytest.mark.django_db(transaction=True)


def killed_while(work):
    """Run `work(told)` in a process of its own until it says so through `told`, then kill it with nothing more to say."""
    connection.close()  # so that the two processes share no connection
    here, there = FORK.Pipe()
    child = FORK.Process(target=work, args=(there,))
    child.start()
    assert here.recv() == "now"
    os.kill(child.pid, signal.SIGKILL)
    child.join()


def reserved(offer):
    return sum(slot.reserved for slot in OfferSlot.objects.filter(offer=offer))


def test_killed_before_its_transaction_ends_it_has_reserved_nothing():
    platform, offer = UserFactory(), an_offer()
    said = asked(offer)

    def work(told):
        with transaction.atomic():
            reserve(actor=platform, asked=said, key="k", at=timezone.now())
            told.send("now")
            told.recv()

    killed_while(work)

    # Who asks with the same key waits for the dead one's transaction to be undone, and gets their own.
    made = reserve(actor=platform, asked=said, key="k", at=timezone.now())
    assert (Redemption.objects.get().pk, reserved(offer)) == (made.pk, 30)


def test_killed_after_it_reserved_the_clock_gives_it_back():
    platform, offer, at = UserFactory(), an_offer(), timezone.now()
    said = asked(offer)

    def work(told):
        reserve(actor=platform, asked=said, key="k", at=at)
        told.send("now")
        told.recv()

    killed_while(work)
    assert reserved(offer) == 30

    assert expire_reservations(at=at + timedelta(minutes=30)) == 1
    assert (reserved(offer), RedemptionState.objects.get().state) == (0, "released")


def test_killed_in_the_middle_of_paying_it_is_paid_once_by_the_next():
    offer, at = an_offer(kind="red_packet", terms={"form": "fixed", "amount": "8.88"}, payout_hours=1), timezone.now()
    for _n in range(5):
        a_redemption(offer, at=at)
    due = at + timedelta(hours=1)

    def work(told):
        with transaction.atomic():
            pay_due(at=due)
            told.send("now")
            told.recv()

    killed_while(work)
    with connection.cursor() as cursor:  # waits until the dead one's locks are gone
        cursor.execute("SELECT FROM marketing_redemptionstate FOR UPDATE")

    assert pay_due(at=due) == (5, 0)
    assert sum(slot.committed for slot in OfferSlot.objects.filter(offer=offer)) == 5 * Decimal("8.88")
    assert RedemptionState.objects.filter(state="committed").count() == 5
