"""Withdrawing within the days that law or terms grant: when they begin, when they end, and who agrees to pay back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, transaction
from django.utils import timezone

from customers.models import CoolingOff, CoolingOffRule, Holding
from customers.services.cooling_off import end_cooling_offs, open_cooling_offs, withdraw
from customers.services.exposure import upcoming_of
from products.models import BusinessLine
from staff.models import ChangeRequest
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import CustomerFactory, HoldingFactory, LoanFactory
from tests.factories.products import ProductFactory
from tests.factories.rules import standing_rule
from tests.factories.suitability import CoolingOffFactory, ResultFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)


def line(code):
    return BusinessLine.objects.get(code=code)


def policy(opened_on=date(2026, 3, 1), matures_on=None, place="CN", **terms):
    product = ProductFactory(line=line("insurance"), version=None, status="draft")
    version = product.versions.create(
        number=1, risk_rating="R1", terms={"sum_insured": "1000", **terms}, created_at=NOON, state="draft"
    )
    return HoldingFactory(
        customer=CustomerFactory(jurisdiction=place), product=product, product_version=version, opened_on=opened_on,
        matures_on=matures_on,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "ends_on"),
    [
        ({"matures_on": date(2036, 3, 1)}, date(2026, 3, 16)),  # a long policy in mainland China: 15 days
        ({"matures_on": date(2027, 3, 1)}, None),  # twelve months are not longer than twelve
        ({"matures_on": date(2027, 3, 2)}, date(2026, 3, 16)),
        ({"matures_on": None}, None),
        ({"matures_on": date(2036, 3, 1), "place": "HK"}, None),  # no rule is entered there
        ({"cooling_off_days": 20}, date(2026, 3, 21)),  # the terms alone
        ({"cooling_off_days": 20, "matures_on": date(2036, 3, 1)}, date(2026, 3, 21)),  # the longer of both
        ({"cooling_off_days": 10, "matures_on": date(2036, 3, 1)}, date(2026, 3, 16)),
        ({"cooling_off_days": "soon"}, None),
        ({"cooling_off_days": 0}, None),
    ],
)
def test_a_period_follows_from_law_and_terms(fields, ends_on):
    held = policy(**fields)

    open_cooling_offs(at=NOON)

    assert [one.ends_on for one in CoolingOff.objects.filter(holding=held)] == ([ends_on] if ends_on else [])


def test_beginning_twice_adds_nothing():
    policy(cooling_off_days=15)

    assert (open_cooling_offs(at=NOON), open_cooling_offs(at=NOON)) == (1, 0)


def test_what_was_over_before_anybody_looked_is_not_begun():
    policy(opened_on=date(2026, 2, 1), cooling_off_days=15)

    assert open_cooling_offs(at=NOON) == 0


def test_a_loan_has_a_period_once_the_company_enters_its_law():
    standing_rule(CoolingOffRule, line="p2p", jurisdiction="EU", value=14, valid_from=date(2020, 1, 1))
    product = ProductFactory(line=line("p2p"))
    loan = LoanFactory(customer=CustomerFactory(jurisdiction="CZ"), product=product, disbursed_on=date(2026, 3, 1))
    LoanFactory(customer=CustomerFactory(jurisdiction="US"), product=product, disbursed_on=date(2026, 3, 1))

    assert open_cooling_offs(at=NOON) == 1
    assert CoolingOff.objects.get().loan == loan
    assert CoolingOff.objects.get().ends_on == date(2026, 3, 15)


def test_months_end_on_the_last_day_of_a_shorter_month():
    standing_rule(CoolingOffRule, line="fund", jurisdiction="", value=1, unit="months", valid_from=date(2020, 1, 1))
    HoldingFactory(
        customer=CustomerFactory(jurisdiction="CN"), product=ProductFactory(line=line("fund")),
        opened_on=date(2028, 1, 31),
    )  # fmt: skip

    open_cooling_offs(at=datetime(2028, 2, 1, 4, tzinfo=UTC))

    assert CoolingOff.objects.get().ends_on == date(2028, 2, 29)


def test_a_period_ends_after_its_last_day_and_only_once():
    running = CoolingOffFactory(starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 10))

    assert end_cooling_offs(at=datetime(2026, 3, 10, 15, 59, tzinfo=UTC)) == 0
    assert end_cooling_offs(at=datetime(2026, 3, 10, 16, tzinfo=UTC)) == 1  # midnight in Shanghai
    assert end_cooling_offs(at=datetime(2026, 3, 10, 16, tzinfo=UTC)) == 0
    running.refresh_from_db()
    assert running.state == "ended"


@pytest.fixture
def clerk():
    return UserFactory(role="service")


def withdrawn(clerk, period, **more):
    said = {"declared_on": timezone.localdate(), "amount": None, "reason": "Changed my mind", "at": timezone.now()}
    return withdraw(actor=clerk, cooling_off_id=period.pk, **{**said, **more})


def test_without_money_a_withdrawal_is_done_at_once(clerk):
    period = CoolingOffFactory()

    withdrawn(clerk, period)

    period.refresh_from_db()
    assert (period.state, period.withdrawn_by, period.amount) == ("withdrawn", clerk, None)
    assert Holding.objects.get(pk=period.holding_id).status == "closed"


def test_where_money_is_paid_back_somebody_else_agrees_first(clerk):
    period = CoolingOffFactory()

    request = withdrawn(clerk, period, amount=Decimal("168.00"))

    period.refresh_from_db()
    assert isinstance(request, ChangeRequest)
    assert period.state == "running"
    done = agreed(request, UserFactory(role="service_lead"))
    period.refresh_from_db()
    assert done.state == "executed", done.error
    assert (period.state, period.amount, period.withdrawn_by) == ("withdrawn", Decimal("168.00"), clerk)


def test_an_approval_that_comes_after_the_last_day_still_counts(clerk):
    today = timezone.localdate()
    period = CoolingOffFactory(starts_on=today - timedelta(days=20), ends_on=today - timedelta(days=1))
    end_cooling_offs(at=timezone.now())

    request = withdrawn(clerk, period, declared_on=today - timedelta(days=1), amount=Decimal(5))

    assert agreed(request, UserFactory(role="service_lead")).state == "executed"


@pytest.mark.parametrize(("days", "match"), [(1, "future"), (-1, "did not run"), (-30, "did not run")])
def test_a_day_outside_the_period_is_refused(clerk, days, match):
    with pytest.raises(ValidationError, match=match):
        withdrawn(clerk, CoolingOffFactory(), declared_on=timezone.localdate() + timedelta(days=days))


def test_nobody_withdraws_twice(clerk):
    period = CoolingOffFactory()
    withdrawn(clerk, period)

    with pytest.raises(ValidationError, match="withdrawn already"):
        withdrawn(clerk, period)


def test_nothing_is_paid_back_by_sql_alone():
    period = CoolingOffFactory()

    with pytest.raises(ProgrammingError, match="approved change request"), transaction.atomic():
        CoolingOff.objects.filter(pk=period.pk).update(amount=1)


def test_a_negative_amount_is_refused(clerk):
    with pytest.raises(ValidationError, match="not negative"):
        withdrawn(clerk, CoolingOffFactory(), amount=Decimal(-1))


def test_nobody_withdraws_outside_ones_scope():
    period = CoolingOffFactory(customer=CustomerFactory(region="上海"))
    with pytest.raises(PermissionDenied):
        withdrawn(UserFactory(role="service", regions=["北京"]), period)


def test_last_days_and_the_end_of_an_assessment_are_among_the_next_90_days_for_who_may_see_them():
    day = timezone.localdate()
    period = CoolingOffFactory(ends_on=day)
    result = ResultFactory(customer=period.customer, valid_until=day + timedelta(days=90))

    found, _is_more = upcoming_of(period.customer, reader=UserFactory(role="service"), day=day)
    unseen, _is_more = upcoming_of(period.customer, reader=UserFactory(role="marketing"), day=day)

    assert [(one.kind, one.day) for one in found] == [("cooling_off", day), ("suitability", result.valid_until)]
    assert unseen == []


def test_a_withdrawal_is_made_on_its_page_and_stands_in_the_timeline(client, clerk):
    period = CoolingOffFactory()
    period.customer.refresh_from_db()
    client.force_login(clerk)
    base = f"/customers/{period.customer.reference}/"
    assert "May withdraw from" in client.get(base).content.decode()

    answer = client.post(
        f"{base}cooling-off/{period.pk}/", {"declared_on": timezone.localdate(), "amount": "", "reason": "No need"}
    )

    assert answer.status_code == 302
    assert "Withdrawn within the cooling-off period" in client.get(base).content.decode()
