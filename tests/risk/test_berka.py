"""A real bank's 682 loans, classed as of 1999-01-01, against the raw file."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings

from customers.models import Instalment, Loan
from products.models import BusinessLine
from risk.models import LoanGrade
from risk.services.loan_grades import grade_loans
from risk.services.readings import measure
from tests.factories.products import ProductFactory
from tests.factories.risk import BorrowerFactory

pytestmark = pytest.mark.django_db
FILE = settings.ROOT.parent / "shared/data/berka/loan.asc"
DAY, REPORTED = date(1999, 1, 1), date(1998, 12, 31)
STATES = {"A": "repaid", "B": "unpaid", "C": "running", "D": "arrears"}


def rows():
    if not FILE.exists():
        pytest.skip(f"{FILE} is not here: the real data is no part of the project")
    with FILE.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def load(*, with_instalments):
    borrower, product = (
        BorrowerFactory(currency="CZK"),
        ProductFactory(line=BusinessLine.objects.get(code="p2p"), jurisdiction="CZ"),
    )
    loans = Loan.objects.bulk_create(_loan(row, borrower, product) for row in rows())
    if with_instalments:
        Instalment.objects.bulk_create(
            Instalment(
                loan=loan,
                number=number,
                due_on=_later(loan.disbursed_on, number),
                principal=loan.principal / loan.periods,
            )
            for loan in loans
            for number in range(1, loan.periods + 1)
        )


def _loan(row, borrower, product):
    text, months = row["date"], int(row["duration"])
    granted = date(1900 + int(text[:2]), int(text[2:4]), int(text[4:]))
    return Loan(
        number=row["loan_id"],
        customer=borrower,
        product=product,
        currency="CZK",
        principal=Decimal(row["amount"]),
        periods=months,
        disbursed_on=granted,
        matures_on=_later(granted, months),
        reported_state=STATES[row["status"]],
        reported_on=REPORTED,
    )


def _later(day, months):
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28))


def test_the_npl_ratio_by_count_is_the_unpaid_and_the_indebted_of_the_file():
    load(with_instalments=False)
    bad = {row["loan_id"] for row in rows() if row["status"] in "BD"}

    grade_loans(business_date=DAY, run_id=None)

    found = measure("npl_ratio_count", day=DAY)
    assert (found.numerator, found.denominator, len(bad)) == (76, 682, 76)
    assert set(LoanGrade.objects.nonperforming().values_list("loan__number", flat=True)) == bad


def test_what_a_sound_loan_still_owes_is_what_its_equal_instalments_leave():
    load(with_instalments=True)
    left = {}
    for row in rows():
        if row["status"] == "C":
            granted = _loan(row, None, None).disbursed_on
            due = sum(_later(granted, number) <= DAY for number in range(1, int(row["duration"]) + 1))
            left[row["loan_id"]] = Decimal(row["amount"]) * (int(row["duration"]) - due) / int(row["duration"])

    grade_loans(business_date=DAY, run_id=None)

    graded = LoanGrade.objects.filter(loan__reported_state="running").values_list("loan__number", "outstanding")
    assert dict(graded) == {number: amount.quantize(Decimal("0.01")) for number, amount in left.items()}
    assert measure("npl_ratio_count", day=DAY).numerator == 76  # instalments without a payment on record prove nothing


def test_before_anything_was_reported_every_loan_was_merely_running():
    load(with_instalments=False)

    grade_loans(business_date=date(1995, 6, 30), run_id=None)

    granted = [row for row in rows() if row["date"] <= "950630"]
    assert LoanGrade.objects.filter(loan_class="pass", is_open=True).count() == len(granted)
