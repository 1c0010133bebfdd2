"""What is said of customers: by whom, how surely, until when; rules each night; and who may not know is not told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Event
from customers.models import Customer, CustomerTag, Tag
from customers.services.tags import derive_tags, end_tag, tag_customer
from staff.services.tokens import create_token
from tests.factories import UserFactory
from tests.factories.customers import CustomerFactory, PersonFactory, PortraitFactory

pytestmark = pytest.mark.django_db
NIGHT = date(2024, 6, 30)


@pytest.fixture
def clerk():
    return UserFactory(role="service")


def tag(code):
    return Tag.objects.get(code=code)


def say(clerk, customer, code="prefers_phone", **fields):
    said = {"grounds": "Said so on the phone", "at": timezone.now(), **fields}
    return tag_customer(actor=clerk, customer_id=customer.pk, tag=tag(code), **said)


def derive(day=NIGHT):
    return derive_tags(business_date=day, at=timezone.now())


def standing(code):
    return set(CustomerTag.objects.standing().filter(tag__code=code).values_list("customer_id", flat=True))


def test_what_a_person_says_keeps_source_time_grounds_and_confidence(clerk):
    customer, at = PersonFactory(), timezone.now()

    said = say(clerk, customer, confidence=Decimal("0.7"), at=at)

    assert (said.source, said.by, said.confidence, said.at) == ("person", clerk, Decimal("0.7"), at)
    event = Event.objects.get(action="customers.tag.said", table_name="customers_customertag")
    assert "Said so on the phone" not in event.body


def test_a_tag_stands_once_and_can_be_said_again_after_its_end(clerk):
    customer = PersonFactory()
    said = say(clerk, customer)
    with pytest.raises(ValidationError, match="already"):
        say(clerk, customer)

    end_tag(actor=clerk, customer_id=customer.pk, pk=said.pk, at=timezone.now())

    assert say(clerk, customer).pk != said.pk
    assert customer.tags.count() == 2


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"grounds": "  "}, "grounds"), ({"expires_on": date(2020, 1, 1)}, "passed already"),
])  # fmt: skip
def test_bad_input_gets_a_sentence(clerk, fields, sentence):
    with pytest.raises(ValidationError, match=sentence):
        say(clerk, PersonFactory(), **fields)


def test_nothing_is_said_of_a_restricted_customer_or_with_a_tag_out_of_use(clerk):
    restricted = PersonFactory(restricted_at=timezone.now())
    with pytest.raises(ValidationError, match="restricted"):
        say(clerk, restricted)
    Tag.objects.filter(code="prefers_phone").update(is_active=False)
    with pytest.raises(ValidationError, match="not in use"):
        say(clerk, PersonFactory())


def test_a_tag_with_days_ends_by_itself_after_its_last_one(clerk):
    customer = PersonFactory()
    said = say(clerk, customer, "interested_wealth")
    last = timezone.localdate() + timedelta(days=180)
    assert said.expires_on == last

    derive(last)
    assert standing("interested_wealth") == {customer.pk}
    derive(last + timedelta(days=1))
    assert standing("interested_wealth") == set()


@pytest.mark.parametrize(
    ("role", "code"), [("marketing", "elderly"), ("service", "fraud_suspected"), ("management", "prefers_phone")]
)
def test_a_role_says_only_what_it_may(role, code):
    with pytest.raises(PermissionDenied):
        say(UserFactory(role=role), PersonFactory(), code)


def test_rules_find_those_at_the_bound_and_end_what_no_longer_holds():
    at_bound, below = CustomerFactory(), CustomerFactory()
    rich = PortraitFactory(customer=at_bound, balance=200_000, holdings_value=300_000)
    PortraitFactory(customer=below, balance=499_999, holdings_value=Decimal("0.99"))
    foreign = CustomerFactory(currency="EUR")
    PortraitFactory(customer=foreign, balance=900_000, currency="EUR")

    assert derive() >= 1
    assert standing("affluent") == {at_bound.pk}
    assert derive() == 0, "a second run for the same night moves nothing"

    rich.balance = 0
    rich.save()
    derive(NIGHT + timedelta(days=1))
    assert standing("affluent") == set()
    assert CustomerTag.objects.get(tag__code="affluent").grounds == "wealth ge 500000.00 (500000.00, 2024-06-30)"


@pytest.mark.parametrize(("born", "day", "is_elderly"), [
    (date(1959, 6, 30), NIGHT, True), (date(1959, 7, 1), NIGHT, False),
    (date(1960, 2, 29), date(2025, 2, 28), False), (date(1960, 2, 29), date(2025, 3, 1), True), (None, NIGHT, False),
])  # fmt: skip
def test_age_is_counted_in_whole_years_leap_days_too(born, day, is_elderly):
    customer = PersonFactory(birth_date=born)

    derive(day)

    assert standing("elderly") == ({customer.pk} if is_elderly else set())


def test_what_a_person_said_is_not_ended_by_a_rule_that_does_not_find_it(clerk):
    customer = PersonFactory(birth_date=date(1990, 1, 1))
    say(clerk, customer, "elderly")

    derive()

    assert standing("elderly") == {customer.pk}


def test_a_rule_switched_off_ends_what_it_said():
    PortraitFactory(overdue_days=5)
    derive()
    assert standing("late_payer")
    Tag.objects.filter(code="late_payer").update(is_active=False)

    derive()

    assert standing("late_payer") == set()


def test_half_a_rule_is_refused_by_the_table():
    with pytest.raises(IntegrityError), transaction.atomic():
        Tag.objects.create(code="half", name="Half", figure="age")


@pytest.mark.parametrize(
    ("role", "knows"),
    [("service", False), ("marketing", False), ("product", False), ("compliance", True), ("risk", True)],
)
def test_who_may_not_know_of_a_risk_is_shown_nothing_of_it(client, role, knows):
    customer = PersonFactory(lines=["payment"])
    say(UserFactory(role="compliance"), customer, "fraud_suspected", grounds="Unusual payees")
    client.force_login(UserFactory(role=role))
    base = f"/customers/{customer.reference}/"

    paths = [base, f"{base}tags/", "/customers/", "/customers/tags/", f"/api/v1{base}tags/", f"{base}?preview=1"]
    answers = [client.get(path) for path in paths]
    shown = [answer.content.decode() for answer in answers]

    assert {answer.status_code for answer in answers} == {200}

    assert any("Fraud suspected" in page or "fraud_suspected" in page for page in shown) is knows
    assert any("Unusual payees" in page for page in shown) is knows


def test_the_list_is_narrowed_by_tags(client, clerk):
    bears, other = PersonFactory(), PersonFactory()
    say(clerk, bears)
    client.force_login(clerk)

    rows = client.get("/customers/", {"tag": "prefers_phone"}).context["list"].page.rows

    assert [row.pk for row in rows] == [bears.pk]
    assert other.pk


def test_a_tag_of_risk_is_not_a_filter_for_those_who_may_not_know(client, clerk):
    say(UserFactory(role="risk"), PersonFactory(), "fraud_suspected")
    PersonFactory()
    client.force_login(clerk)

    page = client.get("/customers/", {"tag": "fraud_suspected"})

    assert len(page.context["list"].page.rows) == 2
    assert "Fraud suspected" not in page.content.decode()


def test_a_desk_sees_the_flag_of_a_vulnerable_customer_over_every_page_and_marketing_does_not(client, clerk):
    customer = PersonFactory(lines=["payment"])
    say(clerk, customer, "hard_of_hearing")
    client.force_login(clerk)
    assert "Hard of hearing" in client.get(f"/customers/{customer.reference}/accounts/").content.decode()
    client.force_login(UserFactory(role="marketing"))
    assert "Hard of hearing" not in client.get(f"/customers/{customer.reference}/").content.decode()


def test_a_clerk_adds_and_ends_a_tag_on_the_page(client, clerk):
    customer = PersonFactory()
    client.force_login(clerk)
    base = f"/customers/{customer.reference}/tags/"

    answer = client.post(
        f"{base}add/", {"tag": tag("prefers_chat").pk, "confidence": "0.7", "grounds": "Wrote twice by chat"}
    )
    said = customer.tags.get()
    assert answer.status_code == 302
    assert "Wrote twice by chat" in client.get(base).content.decode()

    client.post(f"{base}{said.pk}/end/")
    said.refresh_from_db()
    assert said.ended_by == clerk


def test_anothers_tag_cannot_be_ended_through_a_customer_it_is_not_of(client, clerk):
    said, other = say(clerk, PersonFactory()), PersonFactory()
    client.force_login(clerk)

    assert client.post(f"/customers/{other.reference}/tags/{said.pk}/end/").status_code == 404
    assert CustomerTag.objects.get().ended_at is None


def test_compliance_makes_a_tag_with_a_rule_and_half_a_rule_is_refused_in_words(client):
    client.force_login(UserFactory(role="compliance"))
    fields = {
        "code": "debtor",
        "name": "Large debtor",
        "audience": "everyone",
        "tone": "amber",
        "confidence": "1",
        "is_active": "on",
    }

    half = client.post("/customers/tags/new/", {**fields, "figure": "loans_outstanding"})
    whole = client.post(
        "/customers/tags/new/",
        {**fields, "figure": "loans_outstanding", "bound": "ge", "value": "100000", "currency": "cny"},
    )

    assert (half.status_code, "all three or none" in half.content.decode()) == (422, True)
    assert (whole.status_code, Tag.objects.get(code="debtor").currency) == (302, "CNY")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_tags(client, clerk, count, django_assert_max_num_queries):
    customer = PersonFactory()
    for code in ["prefers_phone", "prefers_chat", "hard_of_hearing"][:count]:
        say(clerk, customer, code)
    client.force_login(clerk)
    with django_assert_max_num_queries(17):
        client.get(f"/customers/{customer.reference}/tags/")
    with django_assert_max_num_queries(13):
        client.get("/customers/tags/")


def test_erasure_takes_the_grounds(clerk):
    from customers.services.erasing import erase_notes

    customer = PersonFactory()
    say(clerk, customer)

    assert ("customers_customertag", customer.tags.get().pk) in erase_notes(Customer.objects.get(pk=customer.pk))
    assert customer.tags.get().grounds == ""


def test_a_program_says_a_tag_and_hears_of_none_that_it_may_not_say(client, clerk):
    customer, path = PersonFactory(), "/api/v1/customers/{}/tags/"
    token = create_token(actor=clerk, name="campaigns", days=1, at=timezone.now())[1]
    headers = {"Authorization": f"Bearer {token}"}
    said = {"tag": "prefers_chat", "grounds": "Wrote ten times", "confidence": "0.85"}

    made = client.post(path.format(customer.reference), said, content_type="application/json", headers=headers)
    hidden, unknown = (
        client.post(
            path.format(customer.reference), {**said, "tag": code}, content_type="application/json", headers=headers
        )
        for code in ("fraud_suspected", "no_such_tag")
    )

    kept = customer.tags.get()
    assert (made.status_code, kept.source, kept.by, kept.confidence) == (201, "program", clerk, Decimal("0.85"))
    assert (hidden.status_code, unknown.status_code) == (400, 400)
    assert hidden.content.decode().replace("fraud_suspected", "no_such_tag") == unknown.content.decode()
