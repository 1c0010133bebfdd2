from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from customers.models import (
    Account,
    Customer,
    CustomerDevice,
    CustomerKind,
    DuplicatePair,
    Guarantee,
    Holding,
    Interaction,
    Loan,
    Merge,
    SupplyLink,
    Transaction,
)
from customers.rules.identifiers import is_resident_id, is_social_credit_code
from operations.demo import complaints
from operations.models import Figure, NightlyRun
from products.models import BusinessLine
from risk.models import Indicator, Risk
from service.models import Complaint, ComplaintClock
from service.services.complaint_clocks import end_of_rule
from staff.models import User
from staff.rules.roles import Role

LAST = date(2026, 3, 31)


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker, tmp_path_factory):
    """A small demo company, made once; the module's tests only read it."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        make(seed=7)
        yield
        transaction.set_rollback(True)


def make(**options):
    call_command("demo", customers=60, days=120, until=LAST, stdout=StringIO(), **options)


@pytest.mark.usefixtures("company")
def test_there_is_somebody_for_every_role(django_db_blocker):
    with django_db_blocker.unblock():
        roles = {role for user in User.objects.all() for role in user.roles}

    assert roles == set(Role.values)


@pytest.mark.usefixtures("company")
def test_documents_are_well_formed(django_db_blocker):
    with django_db_blocker.unblock():
        customers = list(Customer.objects.exclude(identity_number=None))

    assert len(customers) == 60
    for customer in customers:
        check = is_social_credit_code if customer.kind == CustomerKind.BUSINESS else is_resident_id
        assert check(str(customer.identity_number))


@pytest.mark.usefixtures("company")
def test_every_wallet_ends_with_the_sum_of_its_movements_and_never_below_zero(django_db_blocker):
    with django_db_blocker.unblock():
        sums = dict(Transaction.objects.values_list("account").annotate(Sum("amount")))
        balances = dict(Account.objects.values_list("pk", "balance"))
        lowest = Transaction.objects.order_by("balance_after").first()

    assert all(balances[account] == total for account, total in sums.items())
    assert lowest.balance_after >= 0


@pytest.mark.usefixtures("company")
def test_nights_have_seen_the_last_weeks_and_left_figures_and_readings(django_db_blocker):
    with django_db_blocker.unblock():
        last = NightlyRun.objects.order_by("-business_date").first()
        customers = Figure.objects.get(day=LAST, name="customers_total", line="")
        unread = Indicator.objects.active().filter(latest=None).count()

    assert (last.business_date, last.state, customers.value) == (
        LAST,
        "done",
        68,
    )  # nine are recorded twice, one of whom was merged
    assert unread == 0


@pytest.mark.usefixtures("company")
def test_the_stories_can_be_found(django_db_blocker):
    with django_db_blocker.unblock():
        just_under = (
            Transaction.objects.filter(channel="cash", amount__range=(48_000, 49_999)).values("customer").distinct()
        )
        lines = BusinessLine.objects.filter(products__status="on_sale").distinct().count()

        assert just_under.count() == 1
        assert lines == 6
        assert Risk.objects.count() == 19  # eighteen of the register, and one that was accepted from the inbox
        assert Interaction.objects.filter(kind="call").exists()


@pytest.mark.usefixtures("company")
def test_the_movements_are_one_batch_in_the_log(django_db_blocker):
    with django_db_blocker.unblock():
        batches = Event.objects.filter(kind="batch", table_name="customers_transaction").count()

    assert batches == 1


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_company():
    from django.db import transaction

    seen = []
    for _round in range(2):
        with transaction.atomic():
            make(seed=11)
            seen.append((
                list(Customer.objects.order_by("external_id").values_list("external_id", "name", "city", "joined_on")),
                list(Transaction.objects.order_by("external_id").values_list("external_id", "booked_on", "amount", "balance_after")),
            ))  # fmt: skip
            transaction.set_rollback(True)

    assert seen[0] == seen[1]


@pytest.mark.django_db
def test_a_demo_is_not_mixed_with_others():
    from tests.factories.customers import CustomerFactory

    CustomerFactory()

    with pytest.raises(CommandError, match="not mixed with others"):
        make(seed=1)


@pytest.mark.parametrize("options", [{"customers": 0}, {"days": 5}])
def test_a_company_too_small_for_its_stories_is_refused(options):
    with pytest.raises(CommandError, match="takes a number"):
        call_command("demo", **{"customers": 10, "days": 90, "until": LAST, **options})


@pytest.mark.usefixtures("company")
def test_people_recorded_twice_are_found_one_is_merged_and_some_are_tied(django_db_blocker):
    with django_db_blocker.unblock():
        open_pairs, merged = DuplicatePair.objects.open().count(), Merge.objects.standing().count()
        tied = SupplyLink.objects.count() + Guarantee.objects.count() + CustomerDevice.objects.count()

    assert open_pairs >= 4
    assert merged == 1
    assert tied > 5


@pytest.mark.usefixtures("company")
def test_complaints_are_asked_for_together_however_many_customers_there_are(django_db_blocker):
    with django_db_blocker.unblock():
        decided = [(one.ticket, one) for one in Complaint.objects.filter(state="decided").select_related("ticket")]

        with CaptureQueriesContext(connection) as products:
            sold = complaints._sold()
        with CaptureQueriesContext(connection) as clocks:
            made = list(complaints._clocks(decided))

    held = Counter(Account.objects.values_list("product_version", flat=True))
    held += Counter(Holding.objects.values_list("product_version", flat=True))
    held += Counter(Loan.objects.values_list("product_version", flat=True))
    assert [held[one.version_id] for one in sold] == [n for _version, n in held.most_common(3)]
    assert len(products) == 4  # three kinds of contracts, and the products
    assert len(made) == len(decided) > 90
    assert len(clocks) <= complaints.MONTHS * len(sold) + 2  # a rule for each month and line, a calendar for each law


@pytest.mark.usefixtures("company")
def test_the_clocks_of_decided_complaints_end_as_the_law_counts(django_db_blocker):
    with django_db_blocker.unblock():
        for clock in ComplaintClock.objects.filter(complaint__state="decided").select_related("rule", "complaint"):
            law = clock.complaint.jurisdiction
            end = end_of_rule(clock.rule, clock.started_on, law)
            assert (clock.counted_on, clock.due_on) == (end.counted, end.due)
