"""Many risks at once get another owner, day of review or line; closed ones and those outside one's lines stay."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from risk.models import Risk, RiskStatus
from staff.bulk import change_rows, dry_run
from tests.factories.risk import RiskFactory
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db


def edited(actor, field, value, risks):
    return change_rows(
        actor=actor, key="risks", field=field, value=value, ids=[risk.pk for risk in risks], at=timezone.now()
    )


def test_closed_risks_and_what_is_so_already_stay():
    office, owner = UserFactory(role="risk"), UserFactory(role="risk")
    risks = [
        RiskFactory(), RiskFactory(owner=owner), RiskFactory(status=RiskStatus.CLOSED, closing_reason="Over for good"),
    ]  # fmt: skip

    seen = dry_run(actor=office, key="risks", field="owner", value=owner.pk, ids=[risk.pk for risk in risks])

    assert (seen.total, seen.changes, sorted(count for _why, count in seen.refused)) == (3, 1, [1, 1])
    assert edited(office, "owner", owner.pk, risks) == 1
    assert Risk.objects.get(pk=risks[0].pk).owner == owner
    assert Risk.objects.get(pk=risks[2].pk).owner != owner


def test_review_days_and_lines():
    office = UserFactory(role="risk")
    risks = [RiskFactory(line_id="payment"), RiskFactory(line_id="fund")]

    assert edited(office, "review_on", "2028-02-29", risks) == 2
    assert edited(office, "line", "-", risks) == 2

    assert set(Risk.objects.values_list("review_on", "line")) == {(date(2028, 2, 29), None)}


def test_risks_of_other_lines_are_not_there():
    narrow = UserFactory(role="risk", business_lines=["fund"])
    risks = [RiskFactory(line_id="payment"), RiskFactory(line_id="fund")]

    assert edited(narrow, "review_on", "2027-01-31", risks) == 1


def test_who_does_not_change_risks_does_not_change_many():
    with pytest.raises(PermissionDenied):
        edited(UserFactory(role="service_lead"), "review_on", "2027-01-31", [RiskFactory()])
