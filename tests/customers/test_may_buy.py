"""May somebody buy something: each reason alone, all of them for many at once, and what is kept of the question."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from customers.models import (
    Consent,
    Customer,
    Notice,
    SuitabilityCheck,
    SuitabilityMatrix,
    SuitabilityRule,
)
from customers.rules.suitability import Finding, age_on, verdict_of
from customers.services import suitability
from customers.services.suitability import Check, may_buy, may_buy_many, register_check
from customers.services.suitability_checks import goes_ahead, record_check
from products.models import BusinessLine, ProductVersion
from tests.factories import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.products import ProductFactory
from tests.factories.rules import standing_rule
from tests.factories.staff import past_the_guards
from tests.factories.suitability import CoolingOffFactory, ResultFactory

pytestmark = pytest.mark.django_db
RATINGS = ["R1", "R2", "R3", "R4", "R5"]


def fund(rating="R3", **fields):
    return ProductFactory(line=BusinessLine.objects.get(code="fund"), risk_rating=rating, **fields)


def person(**fields):
    return CustomerFactory(**{"jurisdiction": "CN", "birth_date": date(1980, 5, 1), "region": "北京", **fields})


def codes(customer, product, at=None, **said):
    return [one.code for one in may_buy(customer, product, at or timezone.now(), **said).findings]


# The matrix of the AMAC guideline, written down by hand: what each class may, R1 to R5.
PUBLISHED = {
    "C0": "ynnnn",
    "C1": "ycccc",
    "C2": "yyccc",
    "C3": "yyycc",
    "C4": "yyyyc",
    "C5": "yyyyy",
}


@pytest.mark.parametrize("investor_class", PUBLISHED)
def test_each_class_may_buy_what_the_published_matrix_says(investor_class):
    customer = ResultFactory(investor_class=investor_class, customer=person()).customer

    verdicts = [may_buy(customer, fund(rating), timezone.now()).verdict for rating in RATINGS]

    assert "".join(verdict[0] for verdict in verdicts) == PUBLISHED[investor_class]


def test_the_lowest_class_buys_nothing_above_r1_even_of_its_own_accord():
    customer = ResultFactory(investor_class="C0", customer=person()).customer

    answer = may_buy(customer, fund("R2"), timezone.now())

    assert (answer.verdict, [one.code for one in answer.findings]) == ("no", ["class_never"])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"status": "frozen"}, "frozen"),
        ({"status": "closed"}, "closed"),
        ({"restricted_at": datetime(2026, 1, 1, tzinfo=UTC)}, "restricted"),
        ({"erased_at": datetime(2026, 1, 1, tzinfo=UTC), "restricted_at": datetime(2026, 1, 1, tzinfo=UTC)}, "erased"),
        ({"jurisdiction": "US"}, "not_sold_there"),
    ],
)
def test_what_stands_against_a_customer_is_said(fields, code):
    customer = ResultFactory(investor_class="C5", customer=person(**fields)).customer

    answer = may_buy(customer, fund(), timezone.now())

    assert (answer.verdict, [one.code for one in answer.findings]) == ("no", [code])


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"status": "suspended"}, ["not_on_sale"]),
        ({"status": "draft", "version": None}, ["not_on_sale", "no_version"]),
    ],
)
def test_what_stands_against_a_product_is_said(fields, found):
    customer = ResultFactory(investor_class="C5", customer=person()).customer

    assert codes(customer, fund(**fields)) == found


def test_a_line_that_is_switched_off_sells_nothing():
    customer, product = ResultFactory(investor_class="C5", customer=person()).customer, fund()
    product.line.switched_off_on, product.line.reason = timezone.localdate(), "Closed by the regulator"
    product.line.save()

    assert codes(customer, product) == ["line_off"]


def with_terms(product, **terms):
    version = ProductVersion.objects.create(
        product=product, number=9, risk_rating="R1", terms=terms, created_at=timezone.now()
    )
    product.version = version
    product.save()
    return product


@pytest.mark.parametrize(
    ("born", "found"),
    [
        (date(2008, 3, 2), ["too_young"]),
        (date(2008, 3, 1), []),
        (date(1965, 3, 2), []),
        (date(1965, 3, 1), ["too_old"]),
        (None, ["age_unknown"]),
    ],
)
def test_a_product_for_certain_ages(born, found):
    product = with_terms(ProductFactory(), minimum_age=18, maximum_age=60)
    customer = person(birth_date=born)

    assert codes(customer, product, datetime(2026, 3, 1, 4, tzinfo=UTC)) == found


def test_a_business_has_no_age():
    product = with_terms(ProductFactory(), minimum_age=18)

    assert codes(person(kind="business", birth_date=None), product) == []


def test_a_product_for_certain_regions():
    product = with_terms(ProductFactory(), regions=["上海", "北京"])

    assert codes(person(), product) == []
    assert codes(person(region="四川"), product) == ["region"]


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2004, 2, 29), date(2025, 2, 28), 20),
        (date(2004, 2, 29), date(2025, 3, 1), 21),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        (date(2000, 12, 31), date(2025, 12, 30), 24),
        (date(2030, 1, 1), date(2026, 1, 1), None),
        (None, date(2026, 1, 1), None),
    ],
)
def test_ages_are_whole_years(born, day, age):
    assert age_on(day, born) == age
    if age is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(year FROM age(%s::date, %s::date))::int", [day, born])
            assert cursor.fetchone() == (age,)


def test_without_an_assessment_nothing_governed_is_sold_and_everything_else_is():
    customer = person()

    assert codes(customer, fund("R1")) == ["no_assessment"]
    assert codes(customer, ProductFactory(risk_rating="R5")) == []


@pytest.mark.parametrize(("days", "found"), [(0, []), (1, ["expired"])])
def test_an_assessment_counts_through_its_last_day(days, found):
    last = date(2027, 2, 28)
    customer = ResultFactory(
        customer=person(), valid_until=last, decided_at=datetime(2026, 2, 28, 4, tzinfo=UTC)
    ).customer

    assert codes(customer, fund("R1"), datetime(2027, 2, 28 - 0, 4, tzinfo=UTC) + timedelta(days=days)) == found


def test_the_day_is_the_companys_whoever_asks(settings):
    """16:30 UTC is already the next day in Shanghai, and is not where the asking person sits."""
    customer = ResultFactory(
        customer=person(), valid_until=date(2026, 6, 30), decided_at=datetime(2026, 1, 1, tzinfo=UTC)
    ).customer
    at = datetime(2026, 6, 30, 16, 30, tzinfo=UTC)

    with timezone.override("America/Los_Angeles"):
        assert codes(customer, fund("R1"), at) == ["expired"]
    with timezone.override("Asia/Shanghai"):
        assert codes(customer, fund("R1"), at - timedelta(hours=1)) == []


def test_the_newest_assessment_counts_and_one_that_waits_does_not_yet():
    customer, now = person(), timezone.now()
    ResultFactory(customer=customer, investor_class="C5", decided_at=now - timedelta(days=9))
    ResultFactory(customer=customer, investor_class="C2", decided_at=now - timedelta(days=5))
    ResultFactory(customer=customer, investor_class="C5", decided_at=now - timedelta(days=1), review="waiting")

    answer = may_buy(customer, fund("R4"), now)

    assert [(one.code, one.weight) for one in answer.findings] == [("class_too_low", "confirm"), ("waiting", "note")]


def test_yesterdays_question_gets_yesterdays_answer():
    customer, now = person(), timezone.now()
    ResultFactory(customer=customer, investor_class="C1", decided_at=now - timedelta(days=9))
    ResultFactory(customer=customer, investor_class="C5", decided_at=now - timedelta(days=1))

    assert may_buy(customer, fund("R5"), now).verdict == "yes"
    assert may_buy(customer, fund("R5"), now - timedelta(days=3)).verdict == "confirm"


def agree(customer, channel, given, at):
    notice = Notice.objects.filter(purpose="personalised").first() or Notice.objects.create(
        purpose="personalised", version=1, language="en", text="May we?", sha256="0" * 64, published_at=at
    )
    Consent.objects.create(
        customer=customer, purpose="personalised", channel=channel, given=given, notice=notice if given else None,
        at=at, origin="app", recorded_at=at,
    )  # fmt: skip


def test_an_offer_needs_the_consent_that_an_order_does_not():
    customer, product, now = ResultFactory(customer=person()).customer, fund("R1"), timezone.now()

    assert codes(customer, product) == []
    assert codes(customer, product, offer="sms") == ["no_consent"]
    agree(customer, "any", True, now - timedelta(days=2))
    assert codes(customer, product, offer="sms") == []
    agree(customer, "sms", False, now - timedelta(days=1))
    assert codes(customer, product, offer="sms") == ["no_consent"]
    assert codes(customer, product, offer="email") == []


def test_a_cooling_off_that_runs_is_said_and_hinders_nothing():
    customer = ResultFactory(customer=person()).customer
    running = CoolingOffFactory(customer=customer)

    answer = may_buy(customer, running.product, timezone.now())

    assert (answer.verdict, [one.code for one in answer.findings]) == ("yes", ["cooling_off"])


def test_an_age_that_the_company_enters_asks_for_an_extra_step():
    standing_rule(
        SuitabilityRule, code="extra_step_age", jurisdiction="CN", value=65, unit="years", valid_from=date(2020, 1, 1)
    )
    old = ResultFactory(customer=person(birth_date=date(1950, 1, 1))).customer

    assert may_buy(old, fund("R1"), timezone.now()).verdict == "confirm"
    assert codes(ResultFactory(customer=person()).customer, fund("R1")) == []


def test_every_reason_has_a_sentence_in_each_language():
    said = set()
    for language in ["en", "zh-hans", "zh-hant"]:
        with translation.override(language):
            texts = [may_buy(person(status="frozen"), fund("R5"), timezone.now()).reasons]
            said.add(texts[0][0]["text"])
            assert all(one["text"] != one["code"] for one in texts[0])
    assert len(said) == 3


@pytest.fixture
def checks():
    before = list(suitability.CHECKS)
    yield
    suitability.CHECKS[:] = before


def test_other_parts_add_reasons_of_their_own(checks):
    late = person(city="Late")

    def find(customers, product, day, amount):
        found = Customer.objects.filter(city="Late")
        found = found if customers is None else found.filter(pk__in=customers)
        return {one.pk: [Finding("kyc_late")] for one in found}

    register_check(Check("late", find, {"kyc_late": lambda values: "Papers are late."}))

    answer = may_buy(late, ProductFactory(), timezone.now())
    assert (answer.verdict, answer.reasons[-1]["text"]) == ("no", "Papers are late.")
    assert may_buy_many(ProductFactory(), timezone.now())[late.pk].codes == ("kyc_late",)
    with pytest.raises(ValueError, match="already"):
        register_check(Check("late", find))


# Many at once


def a_crowd(random, now):
    """Customers of every kind that a reason looks at, with assessments, words and periods by chance."""
    made = []
    for _n in range(120):
        customer = person(
            status=random.choice(["active", "active", "review", "frozen", "closed"]),
            jurisdiction=random.choice(["CN", "CN", "", "DE", "CZ", "GB", "US"]),
            region=random.choice(["北京", "上海", ""]),
            kind=random.choice(["individual", "individual", "business"]),
            birth_date=random.choice(
                [None, date(2009, 2, 28), date(2004, 2, 29), date(1950, 6, 1), date(2031, 1, 1), now.date()]
            ),
            restricted_at=random.choice([None, None, None, now]),
            erased_at=random.choice([None, None, None, None, now]),
        )
        for _m in range(random.choice([0, 1, 1, 2, 3])):
            ResultFactory(
                customer=customer,
                investor_class=random.choice(["C0", "C1", "C2", "C3", "C4", "C5"]),
                decided_at=now + timedelta(days=random.randint(-300, 2)),
                valid_until=now.date() + timedelta(days=random.choice([-1, 0, 1, 100])),
                review=random.choice(["", "", "waiting"]),
            )
        for _m in range(random.choice([0, 1, 2, 3])):
            at = now + timedelta(days=random.choice([-2, -1, -1, 1]))
            agree(customer, random.choice(["any", "sms", "email"]), random.random() < 0.6, at)
        made.append(customer)
    with past_the_guards():
        for absorbed, survivor in zip(made[:30:3], made[1:30:3], strict=True):
            Customer.objects.filter(pk=absorbed.pk).update(merged_into=survivor)
            Customer.objects.filter(pk=survivor.pk).update(absorbed=[absorbed.pk])
    gone = set(Customer.objects.filter(merged_into__isnull=False).values_list("pk", flat=True))
    return list(Customer.objects.filter(pk__in={one.pk for one in made} - gone))


@pytest.mark.parametrize("seed", range(3))
def test_many_answers_are_the_single_ones(seed):
    random, now = Random(seed), timezone.now()
    standing_rule(
        SuitabilityRule, code="extra_step_age", jurisdiction="CN", value=65, unit="years", valid_from=date(2020, 1, 1)
    )
    crowd = a_crowd(random, now)
    products = [
        fund("R4"),
        with_terms(fund(), minimum_age=18, maximum_age=60, regions=["北京"]),
        with_terms(fund(jurisdiction="EU"), maximum_age=60),
        fund(status="suspended"),
        fund(version=None, status="draft"),
        ProductFactory(risk_rating="R5", jurisdiction="UK"),
        fund("R1"),
    ]
    for customer in random.sample(crowd, 20):
        CoolingOffFactory(
            customer=customer, product=products[0], ends_on=now.date() + timedelta(days=random.choice([-1, 0, 5])),
            starts_on=now.date() - timedelta(days=10),
        )  # fmt: skip
    for product in products:
        for offer in ["", "sms"]:
            many = may_buy_many(product, now, customers=[one.pk for one in crowd], offer=offer)
            single = {one.pk: may_buy(one, product, now, offer=offer) for one in crowd}
            assert {pk: (short.verdict, list(short.codes)) for pk, short in many.items()} == {
                pk: (answer.verdict, [finding.code for finding in answer.findings]) for pk, answer in single.items()
            }
    assert may_buy_many(products[0], now).keys() == {one.pk for one in Customer.objects.filter(merged_into=None)}


def test_many_cost_the_same_queries_as_few():
    product, now = fund("R4"), timezone.now()
    few = [ResultFactory(customer=person()).customer.pk for _n in range(2)]
    with CaptureQueriesContext(connection) as queries:
        may_buy_many(product, now, customers=few)
    more = [*few, *(ResultFactory(customer=person()).customer.pk for _n in range(20))]
    with CaptureQueriesContext(connection) as again:
        may_buy_many(product, now, customers=more)
    assert len(queries) == len(again) <= 6


def test_nobody_asked_about_is_nobody_answered():
    assert may_buy_many(fund(), timezone.now(), customers=[]) == {}


@pytest.mark.parametrize(
    ("weights", "verdict"),
    [([], "yes"), (["note"], "yes"), (["note", "confirm"], "confirm"), (["confirm", "no", "note"], "no")],
)
def test_the_gravest_reason_decides(weights, verdict):
    assert verdict_of(weights) == verdict


# What is kept


@pytest.fixture
def clerk():
    return UserFactory(role="service")


def asked(clerk, customer, product, **more):
    said = {"use": "order", "at": timezone.now(), **more}
    return record_check(actor=clerk, customer_id=customer.pk, product_code=product.code, **said)


def test_a_check_keeps_the_facts_that_it_saw(clerk):
    result = ResultFactory(customer=person(), investor_class="C2")
    product = fund("R4")

    check, answer = asked(clerk, result.customer, product, amount=Decimal("1000.50"))

    assert (check.verdict, check.result, check.product_version) == ("confirm", result, product.version)
    assert check.facts["customer"]["investor_class"] == "C2"
    assert check.facts["place"]["matches"]["C2"] == "confirm"
    assert check.reasons == [{"code": "class_too_low", "weight": "confirm"}]
    assert not goes_ahead(check)


def test_of_their_own_accord_they_confirm_after_a_warning_that_is_kept(clerk):
    customer = ResultFactory(customer=person(), investor_class="C2").customer

    check, _answer = asked(clerk, customer, fund("R4"), confirmed=True, warning="You may lose all of it.")

    assert goes_ahead(check)
    assert check.warning == "You may lose all of it."
    with pytest.raises(ValidationError, match="text of the warning"):
        asked(clerk, customer, fund("R4"), confirmed=True)


def test_confirming_does_not_help_the_lowest_class(clerk):
    customer = ResultFactory(customer=person(), investor_class="C0").customer

    check, _answer = asked(clerk, customer, fund("R2"), confirmed=True, warning="You may lose all of it.")

    assert (check.verdict, check.confirmed, goes_ahead(check)) == ("no", False, False)


@pytest.mark.parametrize("wrong", [{"amount": Decimal(0)}, {"amount": Decimal(-1)}, {"use": "gift"}, {"use": "offer"}])
def test_a_check_that_makes_no_sense_is_refused(clerk, wrong):
    with pytest.raises(ValidationError):
        asked(clerk, person(), fund(), **wrong)
    assert not SuitabilityCheck.objects.exists()


def test_nobody_asks_outside_ones_scope():
    with pytest.raises(PermissionDenied):
        asked(UserFactory(role="service", regions=["上海"]), person(), fund())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE customers_suitabilitycheck SET verdict = 'yes'",
        "DELETE FROM customers_suitabilitycheck",
        "UPDATE customers_suitabilitymatrix SET source = 'mine'",
        "DELETE FROM customers_suitabilitymatrix",
        "UPDATE customers_suitabilityresult SET investor_class = 'C5'",
        "UPDATE customers_suitabilityresult SET review = 'confirmed'",
        "DELETE FROM customers_suitabilityresult",
        "INSERT INTO customers_suitabilitymatrix (jurisdiction, valid_from, lines, cells, source, needs_confirmation)"
        " VALUES ('CN', '2030-01-01', '{fund}', '{}', '', false)",
    ],
)
def test_what_was_decided_never_changes_by_sql_either(clerk, statement):
    asked(clerk, ResultFactory(customer=person()).customer, fund())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_matrix_of_the_day_counts():
    assert SuitabilityMatrix.objects.the_one("CN", date(2026, 1, 1)).jurisdiction == "CN"
    assert SuitabilityMatrix.objects.the_one("DE", date(2026, 1, 1)).jurisdiction == ""
    assert SuitabilityMatrix.objects.the_one("CN", date(2000, 1, 1)).jurisdiction == ""
