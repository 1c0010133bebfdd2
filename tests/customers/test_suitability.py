"""From answers to a class: how long it counts, how often it may be taken, what looks odd, and who then looks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import SuitabilityCheck, SuitabilityMatrix, SuitabilityResult, SuitabilityRule
from customers.rules.suitability_signs import raised_after_refusal
from customers.services.suitability import CHECKS
from customers.services.suitability_carrying import standing_result
from customers.services.suitability_checks import record_check
from customers.services.suitability_links import ask_by_link, send_link
from customers.services.suitability_results import remind_of_expiry, review_result
from customers.services.suitability_rules import checked_cells, propose_matrix
from products.models import BusinessLine
from staff.models import Notification
from surveys.models import Invitation, Response
from surveys.services.responses import save_answer, start_by_staff, submit
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.customers import CustomerFactory, PersonFactory, PortraitFactory
from tests.factories.products import ProductFactory
from tests.factories.rules import standing_rule
from tests.factories.suitability import ResultFactory
from tests.factories.surveys import QuestionnaireFactory, document, option, single

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 15, 4, tzinfo=UTC)  # noon in Shanghai


@pytest.fixture
def clerk():
    return UserFactory(role="service")


@pytest.fixture
def customer():
    return CustomerFactory(jurisdiction="CN", birth_date=date(1980, 5, 1))


@pytest.fixture(autouse=True)
def questionnaire():
    return QuestionnaireFactory()


def assessed(clerk, customer, at=NOON, **answers):
    """Answer the questionnaire in force at a time, and hand it in."""
    answers = answers or {"experience": "none", "loss": "half"}
    response = start_by_staff(actor=clerk, purpose="suitability", subject=customer.pk, language="en", address="", at=at)
    for key, value in answers.items():
        save_answer(response_id=response.pk, question=key, value=value, language="en", shown_at=None, at=at)
    submit(response_id=response.pk, language="en", at=at)
    return SuitabilityResult.objects.get(response=response)


def test_answers_become_a_class_with_its_evidence(clerk, customer):
    result = assessed(clerk, customer)

    assert (result.investor_class, result.score, result.response.band) == ("C3", 30, "C3")
    assert result.valid_until == date(2027, 6, 15)
    assert standing_result(customer, NOON) == result


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (datetime(2028, 2, 29, 4, tzinfo=UTC), date(2029, 2, 28)),  # a leap day ends on the last of February
        (datetime(2027, 2, 28, 4, tzinfo=UTC), date(2028, 2, 28)),
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), date(2027, 12, 31)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2028, 1, 1)),  # already the new year where the company is
    ],
)
def test_twelve_months_from_the_companys_day(clerk, customer, at, until):
    with timezone.override("America/New_York"):
        assert assessed(clerk, customer, at).valid_until == until


def test_a_rule_of_its_time_and_place_says_how_long(clerk):
    standing_rule(SuitabilityRule,
        code="validity", jurisdiction="HK", value=24, unit="months", valid_from=date(2026, 1, 1),
        valid_to=date(2026, 6, 30),
    )  # fmt: skip
    at_home = CustomerFactory(jurisdiction="HK")

    assert assessed(clerk, at_home).valid_until == date(2028, 6, 15)
    assert assessed(clerk, at_home, NOON + timedelta(days=20)).valid_until == date(2027, 7, 5)


def test_a_third_assessment_on_one_day_is_refused(clerk, customer):
    assessed(clerk, customer)
    assessed(clerk, customer, NOON + timedelta(hours=1))

    with pytest.raises(ValidationError, match="2 a day"):
        assessed(clerk, customer, NOON + timedelta(hours=2))
    assert SuitabilityResult.objects.count() == 2


def test_the_day_of_attempts_ends_at_midnight_where_the_company_is(clerk, customer):
    late = datetime(2026, 6, 15, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
    assessed(clerk, customer, late)
    assessed(clerk, customer, late + timedelta(minutes=10))

    assert assessed(clerk, customer, late + timedelta(minutes=30)).pk


def test_two_begun_before_the_limit_do_not_both_count(clerk, customer):
    """What was begun in time is refused when it is handed in too late."""
    other = UserFactory(role="service")
    begun = start_by_staff(actor=other, purpose="suitability", subject=customer.pk, language="en", address="", at=NOON)
    for key, value in [("experience", "none"), ("loss", "half")]:
        save_answer(response_id=begun.pk, question=key, value=value, language="en", shown_at=None, at=NOON)
    assessed(clerk, customer)
    assessed(clerk, customer, NOON + timedelta(minutes=1))

    with pytest.raises(ValidationError, match="2 a day"):
        submit(response_id=begun.pk, language="en", at=NOON + timedelta(minutes=2))
    assert not Response.objects.get(pk=begun.pk).is_submitted


def test_a_limit_a_year_holds_once_the_company_enters_one(clerk, customer):
    standing_rule(
        SuitabilityRule, code="attempts_a_year", jurisdiction="CN", value=1, unit="times", valid_from=date(2020, 1, 1)
    )
    assessed(clerk, customer)

    with pytest.raises(ValidationError, match="1 a year"):
        assessed(clerk, customer, NOON + timedelta(days=40))
    assert assessed(clerk, customer, NOON + timedelta(days=365)).pk


def test_restricted_customers_are_not_asked(clerk):
    with pytest.raises(ValidationError, match="restricted"):
        assessed(clerk, CustomerFactory(restricted_at=NOON))


# What looks odd


def an_age_question(*bounds):
    options = [option(f"o{low}", 0, low=low, high=high) for low, high in bounds]
    return single("age", *options, about="age")


@pytest.mark.parametrize(("answer", "waits"), [("o31", False), ("o0", True), ("o51", True)])
def test_an_age_that_does_not_fit_the_record_waits_for_a_look(clerk, customer, answer, waits):
    asked = document(questions=[an_age_question((0, 30), (31, 50), (51, 120)), *document()["questions"]])
    QuestionnaireFactory(asked=asked)

    result = assessed(clerk, customer, age=answer, experience="none", loss="half")

    assert (result.review == "waiting") is waits
    assert ([sign["code"] for sign in result.response.signs] == ["age_differs"]) is waits


@pytest.mark.parametrize(("inflow", "codes"), [(100, ["income_differs"]), (12_500, []), (0, [])])
def test_an_income_above_what_came_in_is_a_warning(clerk, customer, inflow, codes):
    PortraitFactory(customer=customer, inflow_90=inflow)
    income = single("income", option("little", 0, low=0, high=50_000), option("more", 0, low=50_000), about="income")
    QuestionnaireFactory(asked=document(questions=[income, *document()["questions"]]))

    result = assessed(clerk, customer, income="more", experience="none", loss="half")

    assert ([sign["code"] for sign in result.response.signs], result.review) == (codes, "")


def refused(clerk, customer, at):
    product = ProductFactory(line=BusinessLine.objects.get(code="fund"), risk_rating="R5")
    record_check(actor=clerk, customer_id=customer.pk, product_code=product.code, use="order", at=at)
    return product


def test_a_class_that_rises_soon_after_a_refusal_waits_and_the_one_before_counts(clerk, customer):
    first = assessed(clerk, customer)
    refused(clerk, customer, NOON + timedelta(days=1))

    raised = assessed(clerk, customer, NOON + timedelta(days=2), experience="some", years="many", loss="half")

    assert (raised.investor_class, raised.review) == ("C5", "waiting")
    assert raised.response.signs == [{"code": "raised_after_refusal", "n": 1, "days": 1}]
    assert standing_result(customer, NOON + timedelta(days=3)) == first


def test_without_a_refusal_a_class_may_rise(clerk, customer):
    assessed(clerk, customer)

    raised = assessed(clerk, customer, NOON + timedelta(days=2), experience="some", years="many", loss="half")

    assert raised.review == ""


@pytest.mark.parametrize(
    ("now", "before", "days", "within", "changed", "is_sign"),
    [
        ("C5", "C3", 30, 30, 1, True),
        ("C5", "C3", 31, 30, 1, False),
        ("C3", "C3", 0, 30, 5, False),
        ("C2", "C3", 0, 30, 5, False),
        ("C5", "C3", 0, 30, 0, False),
        ("C5", "", 0, 30, 1, False),
        ("C1", "C0", 0, 30, 1, True),
        ("C5", "C3", None, 30, 1, False),
        ("C5", "C3", 0, None, 1, False),
    ],
)
def test_when_a_rise_is_a_sign(now, before, days, within, changed, is_sign):
    found = raised_after_refusal(now=now, before=before, days=days, within=within, changed=changed)
    assert (found is not None) is is_sign


@pytest.fixture
def waiting(customer):
    return ResultFactory(customer=customer, investor_class="C5", review="waiting", decided_at=NOON)


def test_a_lead_lets_an_odd_assessment_count_and_says_why(waiting):
    lead = UserFactory(role="service_lead")

    review_result(actor=lead, result_id=waiting.pk, confirm=True, reason="Called back, it is right", at=NOON)

    waiting.refresh_from_db()
    assert (waiting.review, waiting.reviewed_by) == ("confirmed", lead)
    assert standing_result(waiting.customer, NOON) == waiting
    with pytest.raises(ValidationError, match="does not wait"):
        review_result(actor=lead, result_id=waiting.pk, confirm=False, reason="On second thought", at=NOON)


def test_who_filled_it_in_does_not_judge_it(customer):
    lead = UserFactory(role="service_lead")
    made = ResultFactory(customer=customer, review="waiting", decided_at=NOON)
    Response.objects.filter(pk=made.response_id, submitted_at=None).update(filled_by=lead)
    mine = assessed(lead, CustomerFactory(jurisdiction="CN"))
    assert mine.response.filled_by == lead

    with pytest.raises(PermissionDenied):
        review_result(actor=lead, result_id=mine.pk, confirm=True, reason="Mine is right", at=NOON)
    with pytest.raises(PermissionDenied):
        review_result(actor=UserFactory(role="service"), result_id=made.pk, confirm=True, reason="It is right", at=NOON)


# Expiry, links, the matrix


def test_owners_are_told_once_before_an_assessment_expires():
    owner = UserFactory(role="service")
    soon = CustomerFactory(jurisdiction="CN", relationship_owner=owner)
    ResultFactory(customer=soon, valid_until=date(2026, 7, 15), decided_at=NOON - timedelta(days=300))
    later = CustomerFactory(jurisdiction="CN", relationship_owner=owner)
    ResultFactory(customer=later, valid_until=date(2026, 7, 16), decided_at=NOON - timedelta(days=300))
    again = CustomerFactory(jurisdiction="CN", relationship_owner=owner)
    ResultFactory(customer=again, valid_until=date(2026, 7, 1), decided_at=NOON - timedelta(days=300))
    ResultFactory(customer=again, valid_until=date(2027, 6, 1), decided_at=NOON - timedelta(days=1))

    assert remind_of_expiry(at=NOON) == 1
    assert remind_of_expiry(at=NOON + timedelta(hours=1)) == 0
    assert Notification.objects.get(user=owner).url == f"/customers/{soon.reference}/suitability/"


def test_a_link_goes_out_by_mail_once_in_the_customers_language(clerk):
    person = PersonFactory(jurisdiction="CN")
    made = ask_by_link(actor=clerk, customer=person, language="zh-hant", days=7, by_email=True, at=timezone.now())

    assert send_link(invitation_id=made.pk, at=timezone.now())
    assert not send_link(invitation_id=made.pk, at=timezone.now())

    (sent,) = mail.outbox
    assert sent.to == [person.email]
    assert "/surveys/answer/" in sent.body
    assert "投資" in sent.body


def test_without_an_address_no_link_is_mailed(clerk, customer):
    with pytest.raises(ValidationError, match="No e-mail address"):
        ask_by_link(actor=clerk, customer=customer, language="en", days=7, by_email=True, at=timezone.now())
    assert not Invitation.objects.exists()


def cells(**changes):
    kept = {one: dict(row) for one, row in SuitabilityMatrix.objects.the_one("CN", date(2026, 1, 1)).cells.items()}
    for place, match in changes.items():
        kept[place[:2]][place[2:]] = match
    return kept


def a_matrix(**changes):
    return {
        "jurisdiction": "CN", "valid_from": timezone.localdate().isoformat(), "lines": ["fund"], "source": "New rules",
        "cells": cells(), **changes,
    }  # fmt: skip


def test_a_matrix_comes_into_force_once_somebody_else_agrees():
    officer = UserFactory(role="compliance")
    request = propose_matrix(
        actor=officer, arguments=a_matrix(cells=cells(C1R5="no", C1R4="no")), reason="Stricter", at=timezone.now()
    )

    done = agreed(request, UserFactory(role="compliance"))

    assert done.state == "executed", done.error
    standing = SuitabilityMatrix.objects.the_one("CN", timezone.localdate())
    assert (standing.match("C1", "R5"), standing.match("C1", "R3"), standing.lines) == ("no", "confirm", ["fund"])
    assert SuitabilityMatrix.objects.the_one("CN", date(2020, 1, 1)).match("C1", "R5") == "confirm"


@pytest.mark.parametrize(
    "wrong",
    [
        {"jurisdiction": "XX"},
        {"lines": []},
        {"lines": ["gold"]},
        {"valid_from": "2020-01-01"},
        {"valid_from": "soon"},
        {"cells": {}},
        {"cells": {"C0": {"R1": "yes"}}},
    ],
)
def test_a_matrix_that_makes_no_sense_is_not_even_asked_for(wrong):
    with pytest.raises(ValidationError):
        propose_matrix(
            actor=UserFactory(role="compliance"), arguments=a_matrix(**wrong), reason="Oops", at=timezone.now()
        )


@pytest.mark.parametrize("changes", [{"C2R1": "no"}, {"C4R4": "no"}, {"C3R2": "confirm"}])
def test_a_higher_class_is_never_allowed_less_nor_a_riskier_product_more(changes):
    with pytest.raises(ValidationError, match="look at the rows again"):
        checked_cells(cells(**changes))


# Pages and API


def page_of(customer, part=""):
    customer.refresh_from_db()
    return f"/customers/{customer.reference}/{part}"


def test_the_tab_shows_class_evidence_and_periods(client, clerk, customer):
    result = assessed(clerk, customer, timezone.now())
    client.force_login(clerk)

    text = client.get(page_of(customer, "suitability/")).content.decode()

    assert "C3 balanced" in text
    assert f"/surveys/responses/{result.response_id}/" in text


def test_what_they_may_buy_is_said_with_reasons_while_one_types(client, clerk, customer):
    assessed(clerk, customer, timezone.now())
    ProductFactory(line=BusinessLine.objects.get(code="fund"), risk_rating="R5", name="Tech growth")
    client.force_login(clerk)

    answer = client.get(
        page_of(customer, "may-buy/?q=tech"), headers={"HX-Request": "true", "HX-Target": "may-buy-answers"}
    )

    text = answer.content.decode()
    assert "R5 is above C3 balanced" in text
    assert "<html" not in text


@pytest.mark.parametrize("products", [1, 3])
def test_more_products_cost_no_more_queries(client, clerk, customer, products):
    for _n in range(products):
        ProductFactory(name="Alike")
    client.force_login(clerk)
    path = page_of(customer, "may-buy/?q=Alike")
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        client.get(path, headers={"HX-Request": "true", "HX-Target": "may-buy-answers"})
    assert len(queries) <= 11 + len(CHECKS)


def test_an_order_is_recorded_on_its_page(client, clerk, customer):
    assessed(clerk, customer, timezone.now())
    product = ProductFactory(line=BusinessLine.objects.get(code="fund"), risk_rating="R2")
    client.force_login(clerk)

    answer = client.post(page_of(customer, f"may-buy/{product.code}/"), {"use": "order", "amount": "1000"})

    assert answer.status_code == 302
    assert SuitabilityCheck.objects.get().verdict == "yes"
    assert product.name in client.get(page_of(customer, "suitability/")).content.decode()


@pytest.mark.parametrize("how", ["fill", "show", "email"])
def test_an_assessment_is_begun_from_the_tab(client, clerk, how):
    person = PersonFactory(jurisdiction="CN")
    client.force_login(clerk)

    answer = client.post(page_of(person, "suitability/ask/"), {"how": how, "language": "zh-hans", "days": "5"})

    assert answer.status_code == 302
    if how == "fill":
        assert answer["Location"] == f"/surveys/responses/{Response.objects.get().pk}/fill/"
    else:
        assert "/surveys/answer/" in client.get(page_of(person, "suitability/")).content.decode()


def test_a_review_is_made_on_its_page(client, waiting):
    client.force_login(UserFactory(role="service_lead"))
    path = page_of(waiting.customer, f"suitability/{waiting.pk}/review/")

    client.post(path, {"decision": "reject", "reason": "They never said that"})

    waiting.refresh_from_db()
    assert waiting.review == "rejected"


def test_a_change_of_the_matrix_is_asked_for_on_its_page(client):
    client.force_login(UserFactory(role="compliance"))
    first = client.get("/customers/suitability/matrix/new/").context["form"].initial
    posted = {**first, "valid_from": timezone.localdate().isoformat(), "reason": "Stricter", "source": "Circular 7"}

    answer = client.post("/customers/suitability/matrix/new/", posted)

    assert answer.status_code == 302
    assert "waits for approval" in client.get("/customers/suitability/matrix/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_queries_for_any_length(client, rows):
    for _n in range(rows):
        ResultFactory()
    client.force_login(UserFactory(role="compliance"))
    client.get("/customers/suitability/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/customers/suitability/").status_code == 200
    assert len(queries) == 9


def test_marketing_sees_the_matrix_and_nobodys_class(client, customer):
    ResultFactory(customer=customer)
    client.force_login(UserFactory(role="marketing"))

    assert client.get("/customers/suitability/matrix/").status_code == 200
    assert client.get("/customers/suitability/").status_code == 403
    assert "C3 balanced" not in client.get(page_of(customer)).content.decode()


def test_programs_ask_and_record(client, clerk, customer):
    assessed(clerk, customer, timezone.now())
    product = ProductFactory(line=BusinessLine.objects.get(code="fund"), risk_rating="R5")
    client.force_login(clerk)
    base = f"/api/v1{page_of(customer)}"

    (asked,) = client.get(f"{base}may-buy/?product={product.code}").json()
    kept = client.post(
        f"{base}may-buy/", {"product": product.code, "use": "order", "amount": "10.00"}, "application/json"
    ).json()
    link = client.post(f"{base}suitability/", {"language": "en"}, "application/json").json()
    shown = client.get(f"{base}suitability/").json()

    assert (asked["verdict"], asked["reasons"][0]["code"]) == ("confirm", "class_too_low")
    assert (kept["goes_ahead"], SuitabilityCheck.objects.get().pk) == (False, int(kept["id"]))
    assert "/surveys/answer/" in link["link"]
    assert shown["current"]["investor_class"] == "C3"
    assert client.get(f"{base}may-buy/?product=none").status_code == 400
