"""A process that redeems is killed at its worst moments: nothing is left without an end."""

import signal
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from marketing.models import OfferSlot, Redemption, RedemptionState
from marketing.services.redemptions import reserve
from marketing.services.settlement import expire_reservations, pay_due
from tests.factories import UserFactory
from tests.factories.offers import a_redemption, an_offer, asked
from tests.killed import run_and_die

pytestmark = pytest.mark.django_db(transaction=True)

RESERVES = """
from decimal import Decimal
from customers.models import Customer
from django.db import transaction
from staff.models import User
asked = module.Asked(
    customer=Customer.objects.get(pk={customer}), amount=Decimal("320"), offer={offer!r}
)
{around}module.reserve(actor=User.objects.get(pk={actor}), asked=asked, key="k", at=timezone.now())
"""
# Whoever reserved looks last whether the key was theirs: after what `reserve` itself commits.
LAST = "marketing.services.redemptions._check_same"


def paid_by_the_next(due):
    """What the clock pays once the dead one's locks are gone: it passes by what somebody holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM marketing_redemptionstate FOR UPDATE")
    return pay_due(at=due)


def reserved(offer):
    return sum(slot.reserved for slot in OfferSlot.objects.filter(offer=offer))


def killed_reserving(said, actor, *, around=""):
    run = RESERVES.format(customer=said.customer.pk, offer=said.offer, actor=actor.pk, around=around)
    assert run_and_die(run, at=LAST) == -signal.SIGKILL


def test_killed_before_its_transaction_ends_it_has_reserved_nothing():
    platform, offer = UserFactory(), an_offer()
    said = asked(offer)

    killed_reserving(said, platform, around="with transaction.atomic():\n    ")

    # Who asks with the same key waits for the dead one's transaction to be undone, and gets their own.
    made = reserve(actor=platform, asked=said, key="k", at=timezone.now())
    assert (Redemption.objects.get().pk, reserved(offer)) == (made.pk, 30)


def test_killed_after_it_reserved_the_clock_gives_it_back():
    platform, offer = UserFactory(), an_offer()
    said = asked(offer)

    killed_reserving(said, platform)
    assert reserved(offer) == 30

    made = Redemption.objects.get()
    assert expire_reservations(at=made.expires_at - timedelta(seconds=1)) == 0
    assert expire_reservations(at=made.expires_at) == 1
    assert (reserved(offer), RedemptionState.objects.get().state) == (0, "released")


def test_killed_in_the_middle_of_paying_it_is_paid_once_by_the_next():
    offer, at = an_offer(kind="red_packet", terms={"form": "fixed", "amount": "8.88"}, payout_hours=1), timezone.now()
    for _n in range(5):
        a_redemption(offer, at=at)
    due = at + timedelta(hours=1)

    # What is paid is entered after what is held: killed at the second, all counters are locked.
    run = f"from datetime import datetime\nmodule.pay_due(at=datetime.fromisoformat({due.isoformat()!r}))"
    assert run_and_die(run, at="marketing.services.settlement.enter_all", after=1) == -signal.SIGKILL
    assert set(RedemptionState.objects.values_list("state", flat=True)) == {"waiting"}

    assert paid_by_the_next(due) == (5, 0)
    assert sum(slot.committed for slot in OfferSlot.objects.filter(offer=offer)) == 5 * Decimal("8.88")
    assert RedemptionState.objects.filter(state="committed").count() == 5
