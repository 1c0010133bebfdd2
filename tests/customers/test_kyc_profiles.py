"""Risk ratings, reviews and enhanced due diligence: counted by a table, overridden and approved by two."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Event
from customers.kyc_commands import END, RATE
from customers.models import EnhancedReview, KycFactor, KycProfile, KycReview, KycRule, KycTask
from customers.services import enhanced_reviews, kyc_reviews
from customers.services.kyc_profiles import rate_customers
from staff.models import Notification
from staff.services.changes import propose
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import IdentityDocumentFactory, PersonFactory, PortraitFactory
from tests.factories.rules import standing_rule

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture
def officer():
    return UserFactory(role="compliance")


@pytest.fixture
def lead():
    return UserFactory(role="service_lead")


def a_customer(**fields):
    said = {"jurisdiction": "CN", "joined_on": date(2020, 1, 1), **fields}
    customer = PersonFactory(**said)
    IdentityDocumentFactory(customer=customer, verified=UserFactory())
    return customer


def later(months_days):
    return NOW + timedelta(days=months_days)


def profile(customer):
    return KycProfile.objects.get(customer=customer)


# Rating --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "factors", "rating"),
    [
        ({}, [], "low"),
        ({"kind": "business"}, [["business", "", 10]], "low"),
        ({"jurisdiction": "KP"}, [["country", "KP", 60], ["foreign", "", 15]], "high"),
        ({"jurisdiction": "DE", "kind": "business", "lines": ["fund", "p2p", "wealth", "payment"]},
         [["foreign", "", 15], ["business", "", 10], ["lines", "", 5]], "medium"),
        ({"risk_level": "high"}, [["source", "high", 30]], "medium"),
        ({"risk_level": "high", "status": "frozen"}, [["frozen", "", 30], ["source", "high", 30]], "high"),
    ],
)  # fmt: skip
def test_a_rating_is_the_sum_of_the_factors_that_are_met(fields, factors, rating):
    customer = a_customer(**fields)

    rate_customers(at=NOW)

    found = profile(customer)
    assert (found.factors, found.rating, found.points) == (factors, rating, sum(points for *_, points in factors))


def test_money_moved_and_a_missing_document_count():
    customer = PersonFactory(jurisdiction="CN", joined_on=date(2020, 1, 1))
    PortraitFactory(customer=customer, inflow_90=300_000, outflow_90=-200_000)

    rate_customers(at=NOW)

    assert [code for code, *_ in profile(customer).factors] == ["turnover", "unverified"]


def test_a_factor_counts_from_its_day_to_its_last():
    customer = a_customer(kind="business")
    KycFactor.objects.filter(code="business").update(valid_to=TODAY)

    rate_customers(at=NOW)
    assert profile(customer).points == 10
    rate_customers(at=later(1))
    assert profile(customer).points == 0


def test_the_same_night_again_writes_nothing():
    a_customer()

    assert rate_customers(at=NOW) == 1
    before = Event.objects.count()
    assert rate_customers(at=NOW) == 0
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    ("law", "risk", "months"), [("CN", "high", 6), ("CN", "low", 36), ("HK", "low", 36), ("KP", "low", 12)]
)
def test_the_next_review_follows_from_rating_and_jurisdiction(law, risk, months):
    from products.rules.calendar import shift_months

    customer = a_customer(
        jurisdiction=law,
        risk_level="high" if risk == "high" else "low",
        status="frozen" if risk == "high" else "active",
    )

    rate_customers(at=NOW)

    assert profile(customer).next_review_on == shift_months(TODAY, months)


def test_a_review_from_a_leap_day_is_due_on_the_last_of_february():
    customer = a_customer()
    standing_rule(KycRule, code="review_low", jurisdiction="CN", value=12, unit="months", valid_from=date(2024, 1, 1))

    rate_customers(at=datetime(2024, 2, 29, 4, tzinfo=timezone.get_default_timezone()))

    assert profile(customer).next_review_on == date(2025, 2, 28)


def test_who_left_is_not_rated():
    a_customer(status="closed")
    assert rate_customers(at=NOW) == 0


# Overriding ----------------------------------------------------------------------------------------------------------
def ask_to_override(actor, customer, rating):
    return propose(
        actor=actor, command=RATE, arguments={"customer_id": customer.pk, "override": rating},
        reason="Known from the branch for years", at=NOW,
    )  # fmt: skip


def test_overriding_takes_two_and_moves_the_next_review(officer):
    customer = a_customer()
    rate_customers(at=NOW)
    before = profile(customer).next_review_on

    asked = ask_to_override(officer, customer, "high")
    with pytest.raises(PermissionDenied):
        agreed(asked, officer)
    done = agreed(asked, UserFactory(role="management"))

    assert done.state == "executed", done.error
    found = profile(customer)
    assert (found.effective, found.rating) == ("high", "low")
    assert found.next_review_on < before
    rate_customers(at=NOW)
    assert profile(customer).effective == "high"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE customers_kycprofile SET override = 'low' WHERE customer_id = %s",
        "DELETE FROM customers_kycprofile WHERE customer_id = %s",
        "UPDATE customers_enhancedreview SET outcome = 'approved', ended_at = now() WHERE customer_id = %s",
        "DELETE FROM customers_enhancedreview WHERE customer_id = %s",
        "INSERT INTO customers_enhancedreview (customer_id, cause, opened_at, outcome, ended_at)"
        " SELECT id, 'pep', now(), 'approved', now() FROM customers_customer WHERE id = %s",
        "UPDATE customers_kycreview SET signed_by_id = decided_by_id, state = 'signed' WHERE customer_id = %s",
    ],
)
def test_raw_sql_overrides_approves_and_signs_nothing(officer, sql):
    customer = a_customer()
    rate_customers(at=NOW)
    enhanced_reviews.open_enhanced(actor=officer, customer_id=customer.pk, cause="pep", at=NOW)
    KycReview.objects.create(
        customer=customer, due_on=TODAY, opened_at=NOW, state="decided", decision="go_on", decided_by=officer,
    )  # fmt: skip

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [customer.pk])


@pytest.mark.parametrize("rating", ["extreme", "x"])
def test_a_rating_that_is_none_is_not_asked_for(officer, rating):
    customer = a_customer()
    rate_customers(at=NOW)
    with pytest.raises(ValidationError):
        ask_to_override(officer, customer, rating)
    with pytest.raises(PermissionDenied):
        ask_to_override(UserFactory(role="service"), customer, "low")


# Reviews -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def due(lead):
    customer = a_customer(relationship_owner=lead)
    rate_customers(at=NOW)
    KycProfile.objects.update(next_review_on=TODAY)
    return customer


def test_a_review_that_is_due_is_opened_once_and_told(due, lead):
    assert kyc_reviews.open_due_reviews(at=NOW) == 1
    assert kyc_reviews.open_due_reviews(at=later(1)) == 0

    assert (KycReview.objects.count(), KycTask.objects.open().count()) == (1, 1)
    assert Notification.objects.filter(user=lead).count() == 1


def test_a_review_goes_through_its_steps_and_is_signed_by_somebody_else(due, lead, officer):
    kyc_reviews.open_due_reviews(at=NOW)
    review = KycReview.objects.get()

    with pytest.raises(ValidationError, match="another step"):
        kyc_reviews.decide_review(
            actor=officer, review_id=review.pk, decision="go_on", conclusion="All well known", at=NOW
        )
    kyc_reviews.see_documents(actor=lead, review_id=review.pk, at=NOW)
    kyc_reviews.decide_review(actor=officer, review_id=review.pk, decision="go_on", conclusion="All well known", at=NOW)
    with pytest.raises(PermissionDenied, match="Somebody else"):
        kyc_reviews.sign_review(actor=officer, review_id=review.pk, at=NOW)
    with pytest.raises(PermissionDenied):
        kyc_reviews.sign_review(actor=lead, review_id=review.pk, at=NOW)
    kyc_reviews.sign_review(actor=UserFactory(role="compliance"), review_id=review.pk, at=NOW)

    found = profile(due)
    assert found.reviewed_on == TODAY
    assert found.next_review_on > TODAY + timedelta(days=1_000)
    assert not KycTask.objects.open().exists()
    assert kyc_reviews.open_due_reviews(at=later(1)) == 0


def test_a_decision_may_be_sent_back(due, lead, officer):
    review = kyc_reviews.begin_review(actor=lead, customer_id=due.pk, at=NOW)
    assert kyc_reviews.begin_review(actor=lead, customer_id=due.pk, at=NOW) == review
    kyc_reviews.see_documents(actor=lead, review_id=review.pk, at=NOW)
    kyc_reviews.decide_review(actor=lead, review_id=review.pk, decision="limit", conclusion="Not clear to me", at=NOW)

    kyc_reviews.send_back(actor=officer, review_id=review.pk, at=NOW)

    review.refresh_from_db()
    assert (review.state, review.decided_by) == ("documents", None)


def test_without_a_document_that_holds_no_review_goes_on(due, lead):
    review = kyc_reviews.begin_review(actor=lead, customer_id=due.pk, at=NOW)
    due.identity_documents.update(expires_on=TODAY - timedelta(days=1))

    with pytest.raises(ValidationError, match="verify one first"):
        kyc_reviews.see_documents(actor=lead, review_id=review.pk, at=NOW)


# Enhanced due diligence ----------------------------------------------------------------------------------------------
def answered(officer, customer):
    review = enhanced_reviews.open_enhanced(actor=officer, customer_id=customer.pk, cause="high_risk", at=NOW)
    for step in ("funds", "wealth", "purpose", "media", "ownership"):
        enhanced_reviews.answer_step(
            actor=officer, review_id=review.pk, step=step, finding="Salary, shown by statements", at=NOW
        )
    return review


def ask_to_end(officer, review, outcome):
    return propose(
        actor=officer, command=END, arguments={"review_id": review.pk, "outcome": outcome}, reason="Explained", at=NOW
    )


def test_a_senior_approves_once_every_point_is_answered(officer):
    review = answered(officer, a_customer())

    done = agreed(ask_to_end(officer, review, "approved"), UserFactory(role="management"))

    assert done.state == "executed", done.error
    review.refresh_from_db()
    assert (review.outcome, review.is_open) == ("approved", False)


def test_what_is_not_answered_is_not_approved_and_may_be_refused(officer):
    review = enhanced_reviews.open_enhanced(actor=officer, customer_id=a_customer().pk, cause="pep", at=NOW)

    with pytest.raises(ValidationError, match="Source of wealth"):
        ask_to_end(officer, review, "approved")
    assert agreed(ask_to_end(officer, review, "refused"), UserFactory(role="management")).state == "executed"


def test_compliance_does_not_approve_its_own_work_as_a_senior(officer):
    review = answered(officer, a_customer())
    with pytest.raises(PermissionDenied):
        agreed(ask_to_end(officer, review, "approved"), UserFactory(role="compliance"))


@pytest.mark.parametrize("role", ["service", "service_lead", "risk", "marketing", "administrator"])
def test_nobody_else_learns_of_it(client, officer, role):
    customer = a_customer()
    review = answered(officer, customer)
    user = UserFactory(role=role)
    client.force_login(user)

    assert not EnhancedReview.objects.visible_to(user).exists()
    page = client.get(f"/customers/{customer.reference}/kyc/")
    assert page.status_code == 403 or "nhanced due diligence" not in page.content.decode()
    assert client.get(f"/customers/{customer.reference}/edd/answer/").status_code in {403, 404}
    if role == "administrator":
        assert not Event.objects.visible_to(user).filter(
            table_name__in=["customers_enhancedreview", "customers_edditem"]
        )
    assert review.is_open


# Pages ---------------------------------------------------------------------------------------------------------------
def test_the_tab_leads_through_a_review(client, due, lead, officer):
    client.force_login(lead)
    home = f"/customers/{due.reference}/"
    assert client.post(f"{home}review/begin/").status_code == 302
    assert client.post(f"{home}review/documents/").status_code == 302
    assert client.post(f"{home}review/decide/", {"decision": "go_on", "conclusion": ""}).status_code == 422
    sent = {"decision": "go_on", "conclusion": "Salary account, known since 2020"}
    assert client.post(f"{home}review/decide/", sent).status_code == 302
    assert client.get(f"{home}signature/sign/").status_code == 403

    client.force_login(officer)
    assert client.post(f"{home}signature/sign/").status_code == 302
    page = client.get(f"{home}kyc/").content.decode()
    assert "Signed" in page
    assert client.post(f"{home}kyc/rate/", {"override": "high", "reason": "Seen in the papers"}).status_code == 302
    assert "waits for approval" in client.get(f"{home}kyc/").content.decode()


def test_the_tab_costs_the_same_for_any_length(client, officer, django_assert_max_num_queries):
    customer = a_customer(kind="business")
    rate_customers(at=NOW)
    answered(officer, customer)
    client.force_login(officer)
    client.get(f"/customers/{customer.reference}/kyc/")

    with django_assert_max_num_queries(24):
        client.get(f"/customers/{customer.reference}/kyc/")
