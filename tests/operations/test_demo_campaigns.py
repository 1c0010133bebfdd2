"""What the demo company is to show of marketing: a campaign that paid, one that did not, and abusers found in time."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from marketing.models import Campaign, Redemption
from marketing.services.measurement import measure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("company")]
LAST = date(2026, 3, 31)


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    """A company large enough for its campaigns to have an audience; the module's tests only read it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", customers=500, days=400, until=LAST, seed=7, stdout=StringIO())
        yield
        transaction.set_rollback(True)


def results_of(name):
    return measure(Campaign.objects.get(name=name), timezone.now())


def test_the_campaign_that_worked_paid_and_what_it_brought_is_found():
    found = results_of("Spring savers")

    assert found.control.n == pytest.approx(found.whole.n, abs=1)
    assert found.money.roi > 1
    # Four deposits of 2,000, 2,010, 2,020 and so on: the story that the figures do not know.
    brought = 4 * (2_000 + 10 * (found.whole.n - 1) / 2)
    assert found.amount_effect.low < brought < found.amount_effect.high


def test_the_campaign_that_drew_abusers_did_not():
    found = results_of("New-user red packet")

    assert found.whole.n >= 30
    assert found.money.roi < -0.5
    assert found.amount_effect.high * found.whole.n * 0.015 < found.money.cost


def test_abusers_are_found_before_payout_and_nobody_else():
    made = Redemption.objects.filter(offer__code="new-user-58")
    stands = {int(key.removeprefix("new-")): state for key, state in made.values_list("key", "now__state")}
    held = {int(key.removeprefix("new-")) for key in made.filter(entries__kind="held").values_list("key", flat=True)}

    ring = {n for n in stands if n % 3}
    assert (len(stands), held) == (60, ring)
    assert {stands[n] for n in stands.keys() - ring} == {"committed"}
    assert sorted(stands[n] for n in ring if stands[n] != "held") == ["committed", "released"]  # as risk decided
