from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from products.models import BusinessLine
from risk.models import Indicator, LoanGrade
from staff.models import ChangeRequest
from tests.factories.changes import agreed
from tests.factories.products import ProductFactory
from tests.factories.risk import BorrowerFactory, GradeFactory, IndicatorFactory, LoanFactory, ReadingFactory
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    user = UserFactory(role="risk")
    client.force_login(user)
    return user


def page(client, name, *args, **query):
    return client.get(reverse(f"risk:{name}", args=args), query)


def test_the_list_costs_the_same_queries_for_any_length(client, officer, django_assert_max_num_queries):
    Indicator.objects.all().delete()
    counts = []
    for rows in (1, 3):
        for indicator in IndicatorFactory.create_batch(rows - Indicator.objects.count(), reads=Decimal("0.02")):
            ReadingFactory(indicator=indicator, day=timezone.localdate() - timedelta(days=1))
        page(client, "indicator_list")
        with django_assert_max_num_queries(40) as queries:
            response = client.get(reverse("risk:indicator_list"), headers={"HX-Request": "true", "HX-Target": "rows"})
        counts.append(len(queries))
        assert response.content.count(b"<tr data-href") == rows
        assert response.content.count(b'class="spark"') == rows

    assert counts[0] == counts[1]


def test_the_list_shows_values_in_their_unit_bands_and_staleness(client, officer):
    IndicatorFactory(name="Share of bad", reads=Decimal("0.0625"))
    old = IndicatorFactory(name="Old one")
    old.latest = ReadingFactory(indicator=old, day=timezone.localdate() - timedelta(days=30))
    old.save()

    text = page(client, "indicator_list", source="manual").content.decode()

    assert "6.25%" in text
    assert "Amber" in text
    assert text.count('pill-orange">Stale') == 1


def test_the_detail_shows_chart_table_definition_and_rows_behind(client, officer):
    indicator = Indicator.objects.get(code="npl_ratio_count")
    indicator.latest = ReadingFactory(indicator=indicator, value=Decimal("0.111437"), numerator=76, denominator=682)
    indicator.save()

    text = page(client, "indicator_detail", indicator.code).content.decode()

    assert "11.14%" in text
    assert "over all loans granted by the day" in text
    assert "/risk/loans/?loan_class=substandard&amp;loan_class=doubtful&amp;loan_class=loss" in text
    assert "76 / 682" in text


def test_a_failure_is_told_where_the_number_stands(client, officer):
    indicator = IndicatorFactory(reads=Decimal("0.01"))
    Indicator.objects.filter(pk=indicator.pk).update(failed_on=timezone.localdate(), failure="division by zero")

    text = page(client, "indicator_detail", indicator.code).content.decode()

    assert "It could not be read for" in text
    assert "division by zero" in text


@pytest.mark.parametrize(
    ("typed", "status", "value"), [("6%", 302, "0.06"), ("0.06", 302, "0.06"), ("6", 422, None), ("six", 422, None)]
)
def test_a_share_typed_as_a_bare_percent_is_asked_about(client, officer, typed, status, value):
    indicator = IndicatorFactory()

    response = client.post(
        reverse("risk:indicator_read", args=[indicator.code]), {"day": timezone.localdate().isoformat(), "value": typed}
    )

    assert response.status_code == status
    assert [str(row.value) for row in indicator.readings.all()] == ([f"{Decimal(value):.6f}"] if value else [])
    if typed == "6":
        assert "Write 5% for five per cent, or 0.05." in response.content.decode()


def test_bounds_are_changed_on_their_page_with_a_reason(client, officer):
    indicator = IndicatorFactory()

    shown = page(client, "indicator_bounds", indicator.code).content.decode()
    client.post(
        reverse("risk:indicator_bounds", args=[indicator.code]),
        {"amber": "6%", "red": "0.09", "reason": "The board raised the appetite"},
    )
    assert "waits for approval" in page(client, "indicator_detail", indicator.code).content.decode()
    agreed(ChangeRequest.objects.get(), UserFactory(role="compliance"))

    indicator.refresh_from_db()
    assert 'value="5%"' in shown
    assert (indicator.amber, indicator.red) == (Decimal("0.06"), Decimal("0.09"))


def test_bounds_the_wrong_way_round_are_said_in_the_form(client, officer):
    indicator = IndicatorFactory()

    response = client.post(
        reverse("risk:indicator_bounds", args=[indicator.code]),
        {"amber": "9%", "red": "6%", "reason": "The board raised the appetite"},
    )

    assert response.status_code == 422
    assert "Red lies beyond amber" in response.content.decode()


def test_an_indicator_is_defined_and_edited_on_the_pages(client, officer):
    form = {
        "name": "Complaints",
        "code": "complaints",
        "risk_class": "other",
        "source": "manual",
        "unit": "number",
        "direction": "high",
        "amber": "10",
        "red": "20",
        "stale_after_days": "31",
        "reason": "The board asked for it",
    }

    made = client.post(reverse("risk:indicator_create"), form)
    assert not Indicator.objects.filter(code="complaints").exists()
    assert "waits for approval" in client.get(reverse("risk:indicator_list")).content.decode()
    assert agreed(ChangeRequest.objects.get(), UserFactory(role="risk")).state == "executed"
    client.post(
        reverse("risk:indicator_edit", args=["complaints"]),
        {
            "name": "Complaints a week",
            "risk_class": "other",
            "stale_after_days": "8",
            "is_active": "on",
            "owner": officer.pk,
        },
    )

    indicator = Indicator.objects.get(code="complaints")
    assert made.status_code == 302
    assert (indicator.name, indicator.stale_after_days, indicator.owner, indicator.amber) == (
        "Complaints a week",
        8,
        officer,
        10,
    )


def test_first_bounds_are_not_written_past_the_requests():
    IndicatorFactory(code="first")
    columns = "name, description, risk_class, unit, direction, amber, red, source, measure, stale_after_days, is_active, failure"
    sql = f"INSERT INTO risk_indicator (code, {columns}) SELECT 'second', {columns} FROM risk_indicator WHERE code = 'first'"

    with (
        pytest.raises(DatabaseError, match="needs an approved change request"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_a_measured_indicator_takes_the_unit_of_its_measure_and_refuses_a_line_it_cannot_split(client, officer):
    form = {
        "name": "Dormant",
        "code": "dormant-2",
        "risk_class": "other",
        "source": "measure",
        "measure": "dormant_share",
        "unit": "days",
        "direction": "high",
        "amber": "30%",
        "red": "50%",
        "stale_after_days": "3",
        "reason": "The board asked for it",
    }

    refused = client.post(reverse("risk:indicator_create"), {**form, "line": "fund"})
    client.post(reverse("risk:indicator_create"), form)
    agreed(ChangeRequest.objects.get(), UserFactory(role="risk"))

    assert refused.status_code == 422
    assert "leave the business line empty" in refused.content.decode()
    indicator = Indicator.objects.get(code="dormant-2")
    assert (indicator.unit, indicator.amber) == ("share", Decimal("0.3"))


@pytest.mark.parametrize(
    "name",
    [
        "indicator_list",
        "indicator_create",
        "indicator_detail",
        "indicator_edit",
        "indicator_bounds",
        "indicator_read",
        "measure_rows",
        "loan_list",
        "heat_map",
    ],
)
def test_a_marketer_sees_none_of_it(client, name):
    client.force_login(UserFactory(role="marketing"))
    args = {"measure_rows": ["dormant_share"]}.get(
        name,
        [] if name in ("indicator_list", "indicator_create", "loan_list", "heat_map") else [IndicatorFactory().code],
    )

    assert client.get(reverse(f"risk:{name}", args=args)).status_code == 403


@pytest.mark.parametrize("name", ["indicator_detail", "indicator_edit", "indicator_bounds", "indicator_read"])
def test_an_indicator_of_another_line_is_not_there(client, name):
    client.force_login(UserFactory(role="risk", business_lines=["p2p"]))
    other = IndicatorFactory(line=BusinessLine.objects.get(code="fund"))

    assert client.get(reverse(f"risk:{name}", args=[other.code])).status_code == 404
    assert other.name not in page(client, "indicator_list").content.decode()


# API


def test_the_api_reads_indicators_and_takes_a_manual_reading(client, officer):
    indicator = IndicatorFactory(reads=Decimal("0.01"))
    today = timezone.localdate().isoformat()

    made = client.post(
        "/api/v1/readings/",
        {"indicator": indicator.code, "day": today, "value": "0.09", "note": "Board pack"},
        content_type="application/json",
    )

    assert (made.status_code, made.json()["band"], made.json()["value"]) == (201, "red", "0.090000")
    shown = client.get(f"/api/v1/indicators/{indicator.code}/").json()
    assert (shown["latest"]["band"], shown["stale"]) == ("red", False)
    assert len(client.get(f"/api/v1/readings/?indicator={indicator.code}").json()["results"]) == 2


def test_the_api_asks_for_bounds_for_those_who_may(client, officer):
    indicator = IndicatorFactory()
    body = {"amber": "0.06", "red": "0.09", "reason": "The board raised the appetite"}

    answer = client.post(f"/api/v1/indicators/{indicator.code}/bounds/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (202, "pending")
    agreed(ChangeRequest.objects.get(), UserFactory(role="compliance"))
    assert client.get(f"/api/v1/indicators/{indicator.code}/").json()["amber"] == "0.060000"
    client.force_login(UserFactory(role="management"))
    assert (
        client.post(f"/api/v1/indicators/{indicator.code}/bounds/", body, content_type="application/json").status_code
        == 403
    )


def test_a_reading_of_another_lines_indicator_cannot_be_sent(client):
    client.force_login(UserFactory(role="risk", business_lines=["p2p"]))
    other = IndicatorFactory(line=BusinessLine.objects.get(code="fund"))

    answer = client.post(
        "/api/v1/readings/",
        {"indicator": other.code, "day": "2026-01-01", "value": "0.09"},
        content_type="application/json",
    )

    assert answer.status_code == 404


# Loan book


def test_the_loan_book_costs_the_same_queries_for_any_length(client, officer, django_assert_max_num_queries):
    counts = []
    for rows in (1, 3):
        GradeFactory.create_batch(rows - LoanGrade.objects.count())
        page(client, "loan_list")
        with django_assert_max_num_queries(40) as queries:
            response = client.get(reverse("risk:loan_list"), headers={"HX-Request": "true", "HX-Target": "rows"})
        counts.append(len(queries))
        assert response.content.count(b"<tr data-href") == rows

    assert counts[0] == counts[1]


def test_the_loan_book_is_filtered_by_class_line_days_and_number(client, officer):
    bad = GradeFactory(loan_class="loss", days_past_due=400)
    unknown = GradeFactory(loan_class="substandard", days_known=False, is_open=False)
    chain = GradeFactory(loan=LoanFactory(product=ProductFactory(line=BusinessLine.objects.get(code="supply_chain"))))

    def shown(**query):
        text = page(client, "loan_list", **query).content.decode()
        return {grade for grade in (bad, unknown, chain) if grade.loan.number in text.partition("<tbody>")[2]}

    assert shown(loan_class=["loss", "substandard"]) == {bad, unknown}
    assert shown(line="supply_chain") == {chain}
    assert shown(overdue_from="30") == {bad, unknown}
    assert shown(open="true") == {bad, chain}
    assert shown(q=chain.loan.number) == {chain}
    assert shown(q=bad.loan.customer.reference) == {bad}


def test_loans_outside_ones_lines_and_regions_are_not_there(client):
    client.force_login(UserFactory(role="risk", business_lines=["supply_chain"], regions=["Zhejiang"]))
    chain = ProductFactory(line=BusinessLine.objects.get(code="supply_chain"))
    mine = GradeFactory(loan=LoanFactory(product=chain))
    elsewhere = GradeFactory(loan=LoanFactory(product=chain, customer=BorrowerFactory(region="Guangdong")))
    another_line = GradeFactory()

    text = page(client, "loan_list").content.decode()

    assert [grade.loan.number in text for grade in (mine, elsewhere, another_line)] == [True, False, False]
    assert len(client.get("/api/v1/loan-grades/").json()["results"]) == 1
