from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from incidents.models import LossEvent
from incidents.services.loss_report import loss_sums
from incidents.services.losses import add_entry, classify_loss, record_loss
from risk.models import BaselType, RiskSubclass
from tests.factories import UserFactory
from tests.factories.losses import LossFactory
from tests.factories.risk import RiskFactory

pytestmark = pytest.mark.django_db


def basel(code):
    return BaselType.objects.get(code=code)


def recorded(**more):
    said = {
        "actor": UserFactory(role="risk"), "title": "Paid twice", "currency": "CNY", "amount": Decimal(100),
        "occurred_on": date(2026, 1, 5), "discovered_on": date(2026, 1, 6), "at": timezone.now(), **more,
    }  # fmt: skip
    return record_loss(**said)


def test_a_loss_takes_the_type_of_its_risks_sub_class_unless_another_is_named():
    risk = RiskFactory(risk_class="operational", subclass=RiskSubclass.objects.get(code="outside_fraud"))

    assert recorded(risk=risk).basel_type == basel("external_fraud")
    assert recorded(risk=risk, basel_type=basel("execution")).basel_type == basel("execution")
    assert recorded().basel_type is None


def test_a_type_is_said_with_why_and_taken_back():
    loss, officer = recorded(), UserFactory(role="risk")
    with pytest.raises(ValidationError, match="Say why"):
        classify_loss(actor=officer, loss_id=loss.pk, basel_type=basel("execution"), reason=" ")

    classify_loss(actor=officer, loss_id=loss.pk, basel_type=basel("execution"), reason="A typing error of ours")
    assert LossEvent.objects.get(pk=loss.pk).basel_type.code == "execution"
    classify_loss(actor=officer, loss_id=loss.pk, basel_type=None, reason="No operational loss at all")
    assert LossEvent.objects.get(pk=loss.pk).basel_type is None


def test_losses_are_summed_by_year_type_line_and_currency_under_the_type_of_level_one():
    child = BaselType.objects.filter(parent__code="external_fraud").first()
    for kind, gross in [(child, 100), (basel("external_fraud"), 50)]:
        LossFactory(basel_type=kind, line_id="p2p", gross=Decimal(gross), discovered_on=date(2026, 2, 1),
                    occurred_on=date(2025, 12, 30))  # fmt: skip
    other = LossFactory(gross=Decimal(7), currency="EUR", discovered_on=date(2025, 5, 1), occurred_on=date(2025, 4, 1))
    add_entry(
        actor=other.recorded_by, loss_id=other.pk, kind="recovery", amount=Decimal(3), booked_on=date(2025, 6, 1),
        note="Paid back", at=timezone.now(),
    )  # fmt: skip

    rows = loss_sums(reader=UserFactory(role="risk"))

    said = [(row.year, row.basel_type and row.basel_type.code, row.line, row.currency, row.losses) for row in rows]
    assert said == [(2026, "external_fraud", "p2p", "CNY", 2), (2025, None, None, "EUR", 1)]
    assert [(row.gross, row.recovered, row.net) for row in rows] == [(150, 0, 150), (7, 3, 4)]
    assert [row.year for row in loss_sums(reader=UserFactory(role="risk"), year=2025)] == [2025]


def test_the_report_shows_a_reader_the_lines_that_they_see_and_each_sum_opens_its_losses(client):
    LossFactory(line_id="p2p", title="Hidden one")
    mine = LossFactory(line_id="payment", basel_type=basel("execution"), title="Seen one")
    LossFactory(line_id="payment", title="Seen and untyped")
    client.force_login(UserFactory(role="risk", business_lines=["payment"]))

    rows = client.get(reverse("incidents:loss_report")).context["rows"]
    year = mine.discovered_on.year
    asked = {"discovered_after": f"{year}-01-01", "discovered_before": f"{year}-12-31", "line": "payment"}
    typed = client.get(reverse("incidents:loss_list"), asked | {"basel": mine.basel_type_id}).content.decode()
    untyped = client.get(reverse("incidents:loss_list"), asked | {"basel": "null"}).content.decode()

    assert sorted((row.line, row.losses) for row in rows) == [("payment", 1), ("payment", 1)]
    assert "Seen one" in typed
    assert "Seen and untyped" not in typed
    assert "Seen and untyped" in untyped


def test_the_list_of_the_whole_company_is_a_filter_too(client):
    LossFactory(title="Of everybody")
    LossFactory(title="Of one line", line_id="p2p")
    client.force_login(UserFactory(role="risk"))

    page = client.get(reverse("incidents:loss_list"), {"line": "null"}).content.decode()

    assert "Of everybody" in page
    assert "Of one line" not in page


@pytest.mark.parametrize("year", ["", "0000", "9999", "20x6", "2026'--"])
def test_a_year_that_is_none_shows_no_error(client, year):
    LossFactory()
    client.force_login(UserFactory(role="risk"))

    assert client.get(reverse("incidents:loss_report"), {"year": year}).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_report_asks_as_often_for_any_number_of_sums(client, rows):
    for code in ["CNY", "EUR", "USD"][:rows]:
        LossFactory(currency=code)
    client.force_login(UserFactory(role="risk"))
    client.get(reverse("incidents:loss_report"))

    with CaptureQueriesContext(connection) as asked:
        client.get(reverse("incidents:loss_report"))

    assert len(asked) <= 9


def test_a_type_is_set_on_the_page_and_over_the_api(client):
    loss = LossFactory()
    client.force_login(UserFactory(role="risk"))
    url = reverse("incidents:loss_classify", args=[loss.reference])

    assert client.post(url, {"basel_type": basel("execution").pk, "reason": "short"}).status_code == 422
    assert (
        client.post(url, {"basel_type": basel("execution").pk, "reason": "A typing error of ours"}).status_code == 302
    )
    said = {"basel_type": "internal_fraud", "reason": "It was no error after all"}
    answer = client.post(f"/api/v1/losses/{loss.reference}/classify/", said)

    assert answer.json()["basel_type"] == "internal_fraud"


def test_a_desk_sees_no_report(client):
    client.force_login(UserFactory(role="service"))

    assert client.get(reverse("incidents:loss_report")).status_code == 403
