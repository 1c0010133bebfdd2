"""Classes of loans against an independent judgement of each, on a small book made by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from customers.models import Instalment
from risk.models import LoanClassRule, LoanGrade
from risk.services.loan_grades import grade_loans
from tests.factories.products import ProductFactory
from tests.factories.risk import LoanFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 30)  # 180 days after the loans begin: instalments 1 to 6 have fallen due


def grade(loan, day=DAY):
    grade_loans(business_date=day, run_id=1)
    return LoanGrade.objects.get(loan=loan)


@pytest.mark.parametrize(
    ("days", "loan_class"),
    [
        (0, "pass"),
        (1, "special_mention"),
        (90, "special_mention"),
        (91, "substandard"),
        (180, "substandard"),
        (271, "doubtful"),
        (360, "doubtful"),
        (361, "loss"),
    ],
)
def test_days_past_due_decide_the_class(days, loan_class):
    loan = LoanFactory(disbursed_on=DAY - timedelta(days=400))
    Instalment.objects.create(
        loan=loan,
        number=1,
        due_on=DAY - timedelta(days=days),
        principal=1200,
        paid=1200 if not days else 0,
        paid_on=DAY if not days else None,
    )
    Instalment.objects.create(loan=loan, number=2, due_on=DAY + timedelta(days=5), principal=1200)

    found = grade(loan)

    assert (found.loan_class, found.days_past_due) == (loan_class, days)


def test_days_count_from_the_oldest_instalment_not_paid_in_full():
    loan = LoanFactory(paid=2)
    Instalment.objects.filter(loan=loan, number=4).update(
        paid=100, paid_on=DAY
    )  # a later one was paid, the third never

    found = grade(loan)

    assert found.days_past_due == (DAY - (loan.disbursed_on + timedelta(days=90))).days


def test_an_instalment_paid_after_the_business_date_was_unpaid_on_it():
    loan = LoanFactory(paid=6)
    Instalment.objects.filter(loan=loan, number=6).update(paid_on=DAY + timedelta(days=1))
    Instalment.objects.filter(loan=loan, number=6).update(due_on=DAY - timedelta(days=10))

    assert grade(loan).days_past_due == 10


def test_outstanding_is_principal_less_what_was_repaid_by_the_day():
    loan = LoanFactory(paid=6)
    Instalment.objects.filter(loan=loan, number=6).update(paid_on=DAY + timedelta(days=1))

    assert grade(loan).outstanding == Decimal(1200) - 5 * Decimal(100)


def test_a_first_instalment_never_paid_counts_where_nobody_stated_anything():
    assert grade(LoanFactory(paid=0)).days_past_due == 150


def test_unpaid_instalments_prove_nothing_where_the_source_says_arrears_and_lists_no_payment():
    loan = LoanFactory(paid=0, reported_state="arrears", reported_on=DAY - timedelta(days=10))

    found = grade(loan)

    assert (found.loan_class, found.days_past_due, found.days_known) == ("substandard", 0, False)
    assert found.outstanding == loan.principal


def test_a_loan_that_the_source_says_runs_well_is_not_overdue_for_want_of_payments_on_record():
    loan = LoanFactory(paid=0, reported_state="running", reported_on=DAY - timedelta(days=10))

    found = grade(loan)

    assert (found.loan_class, found.days_past_due, found.days_known) == ("pass", 0, True)
    assert found.outstanding == Decimal(600)


def test_arrears_with_payments_on_record_are_classed_by_their_days():
    loan = LoanFactory(paid=5, reported_state="arrears", reported_on=DAY - timedelta(days=10))
    Instalment.objects.filter(loan=loan, number=6).update(due_on=DAY - timedelta(days=4))

    found = grade(loan)

    assert (found.loan_class, found.days_past_due, found.days_known) == ("special_mention", 4, True)


@pytest.mark.parametrize(("days", "loan_class"), [(31, "substandard"), (300, "doubtful"), (400, "loss")])
def test_a_loan_that_ended_unpaid_counts_from_its_maturity_and_is_never_better_than_substandard(days, loan_class):
    loan = LoanFactory(
        disbursed_on=date(2024, 1, 1), matures_on=DAY - timedelta(days=days), reported_state="unpaid", reported_on=DAY
    )

    found = grade(loan)

    assert (found.loan_class, found.days_past_due, found.outstanding) == (loan_class, days, loan.principal)


@pytest.mark.parametrize("state", ["unpaid", "arrears", "repaid", "written_off"])
def test_what_is_reported_later_is_not_known_yet(state):
    loan = LoanFactory(reported_state=state, reported_on=DAY + timedelta(days=1))

    found = grade(loan)

    assert (found.loan_class, found.is_open) == ("pass", True)


def test_a_repaid_loan_is_closed_and_owes_nothing():
    loan = LoanFactory(reported_state="repaid", reported_on=DAY, outstanding=Decimal(55))

    found = grade(loan)

    assert (found.loan_class, found.is_open, found.outstanding, found.days_past_due) == ("pass", False, 0, 0)


def test_a_loan_whose_instalments_are_all_paid_is_closed_whatever_its_source_says():
    loan = LoanFactory(disbursed_on=date(2025, 1, 1), paid=12)

    assert not grade(loan).is_open
    assert grade(loan, date(2025, 6, 30)).is_open


def test_a_written_off_loan_is_a_loss_and_stays_in_the_book():
    loan = LoanFactory(reported_state="written_off", reported_on=DAY, outstanding=Decimal(700))

    found = grade(loan)

    assert (found.loan_class, found.is_open, found.outstanding) == ("loss", True, Decimal(700))


def test_without_payments_the_balance_of_a_sound_loan_is_what_equal_parts_leave():
    assert grade(LoanFactory(disbursed_on=date(2026, 1, 30))).outstanding == Decimal(1200) - 5 * Decimal(100)


def test_loans_granted_later_have_no_grade_even_if_a_later_day_was_graded_before():
    LoanFactory(disbursed_on=DAY + timedelta(days=1))
    grade_loans(business_date=DAY + timedelta(days=1), run_id=1)

    grade_loans(business_date=DAY, run_id=2)

    assert not LoanGrade.objects.exists()


def test_a_second_run_writes_nothing_and_a_changed_loan_alone_is_written():
    sound, bad = LoanFactory(paid=6), LoanFactory(paid=5)
    Instalment.objects.filter(loan=bad, number=6).update(due_on=DAY - timedelta(days=4))

    assert grade_loans(business_date=DAY, run_id=1) == 2
    assert grade_loans(business_date=DAY, run_id=2) == 0
    assert grade_loans(business_date=DAY + timedelta(days=1), run_id=3) == 1
    assert (bad.grade.run, sound.grade.run, sound.grade.as_of) == (3, 1, DAY)


def test_a_grade_keeps_since_when_its_class_holds():
    loan = LoanFactory(paid=5)
    Instalment.objects.filter(loan=loan, number=6).update(due_on=DAY - timedelta(days=4))
    Instalment.objects.filter(loan=loan, number__gt=6).update(due_on=DAY + timedelta(days=900))

    assert grade(loan).since == DAY
    assert grade(loan, DAY + timedelta(days=20)).since == DAY
    assert grade(loan, DAY + timedelta(days=100)).since == DAY + timedelta(days=100)


def test_thresholds_come_from_the_rules_in_force_for_the_products_jurisdiction():
    czech = LoanFactory(paid=5, product=ProductFactory(jurisdiction="CZ"))
    chinese = LoanFactory(paid=5)
    Instalment.objects.filter(number=6).update(due_on=DAY - timedelta(days=20))
    for name, days in (("pass", 0), ("special_mention", 5), ("substandard", 10), ("doubtful", 200)):
        LoanClassRule.objects.create(
            loan_class=name,
            jurisdiction="CZ",
            days_from=days,
            provision_rate=0,
            valid_from=date(2026, 6, 1),
            valid_to=DAY,
        )

    assert (grade(czech).loan_class, grade(chinese).loan_class) == ("substandard", "special_mention")
    assert grade(czech, DAY + timedelta(days=1)).loan_class == "special_mention"  # the Czech rules have ended: CN again


def test_without_any_rule_in_force_the_run_says_so():
    LoanClassRule.objects.update(valid_from=DAY + timedelta(days=1))

    with pytest.raises(ValidationError, match="No loan class rule for CN is in force on 2026-06-30"):
        grade_loans(business_date=DAY, run_id=1)
