"""May a customer buy a product: the one answer that page, API, campaigns and offers ask for.

Rooms and parts that know more reasons add to `CHECKS` in `AppConfig.ready`:

    CHECKS.append(Check("kyc", find=expired_kyc, sentences={"kyc_expired": lambda values: _("…")}))

`find(customers, product, day, amount)` returns findings by customer id, for the customers asked about, or for everybody
where `customers` is None: one statement, however many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from customers.models import CoolingOff, Customer, CustomerKind, Purpose, SuitabilityResult
from customers.rules.consents import is_agreed
from customers.rules.suitability import (
    CustomerFacts,
    Finding,
    PlaceFacts,
    ProductFacts,
    age_on,
    judge,
    verdict_of,
    written,
)
from customers.services.consents import words_of
from customers.services.suitability_carrying import standing_result
from customers.services.suitability_rules import company_day, law_on, place_facts
from customers.sql import statement
from customers.suitability_sentences import SENTENCES, sentence_of
from products.models import Product

Find = Callable[[Collection[int] | None, Product, date, Decimal | None], Mapping[int, list[Finding]]]
Sentence = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True)
class Check:
    """Reasons that this module does not know of itself, and what each says. Where they are the same for every product
    (`by_product` is False), `find` is asked once for several of them."""

    key: str
    find: Find
    sentences: Mapping[str, Sentence] = field(default_factory=dict)
    by_product: bool = False


CHECKS: list[Check] = []


def register_check(check: Check) -> None:
    if any(one.key == check.key for one in CHECKS):
        raise ValueError(f"There is a check {check.key!r} already: give the new one its own key.")
    SENTENCES.update(check.sentences)
    CHECKS.append(check)


@dataclass(frozen=True)
class Answer:
    """Whether, and why: `verdict` is `yes`, `confirm` (of their own accord, after a written warning) or `no`."""

    verdict: str
    findings: list[Finding]
    facts: dict[str, Any]
    result: SuitabilityResult | None = None

    @property
    def reasons(self) -> list[dict[str, str]]:
        """Each reason with its code, its weight and its sentence, in the reader's language."""
        return [
            {"code": one.code, "weight": one.weight, "text": sentence_of(one.code, one.values)} for one in self.findings
        ]


def may_buy(
    customer: Customer, product: Product, at: datetime, amount: Decimal | None = None, *, offer: str = ""
) -> Answer:
    """Return whether `customer` may buy `product` at `at`, with every reason. `offer` is the channel by which it would be
    offered to them: an offer also needs their consent to personalised offers there."""
    return may_buy_each(customer, [product], at, amount, offer=offer)[0]


def may_buy_each(
    customer: Customer, products: Sequence[Product], at: datetime, amount: Decimal | None = None, *, offer: str = ""
) -> list[Answer]:
    """Return the answer for each product, in order; what they share is asked for once."""
    day = company_day(at)
    law = law_on(customer.jurisdiction, day)
    result = standing_result(customer, at)
    known = customer_facts(customer, at, result, offer)
    running = CoolingOff.objects.filter(customer=customer, product__in=products).running(day).order_by("ends_on")
    ends = dict(running.values_list("product", "ends_on"))
    shared = [
        finding
        for check in CHECKS
        if products and not check.by_product
        for finding in check.find([customer.pk], products[0], day, amount).get(customer.pk, [])
    ]
    answers = []
    for product in products:
        of_this = replace(known, cooling_off_until=ends.get(product.pk))
        sold, place = product_facts(product), place_facts(product, law)
        findings = judge(of_this, sold, place, day)
        for check in CHECKS:
            findings += check.find([customer.pk], product, day, amount).get(customer.pk, []) if check.by_product else []
        findings += shared
        facts = {
            "day": day.isoformat(),
            "customer": written(of_this),
            "product": written(sold),
            "place": written(place),
        }
        answers.append(Answer(verdict_of([one.weight for one in findings]), findings, facts, result))
    return answers


def customer_facts(customer: Customer, at: datetime, result: SuitabilityResult | None, offer: str) -> CustomerFacts:
    """Return what is known of a customer that a purchase hangs on, whatever the product."""
    later = SuitabilityResult.objects.filter(customer=customer, review="waiting", decided_at__lte=at)
    return CustomerFacts(
        status=customer.status,
        region=customer.region,
        is_restricted=customer.restricted_at is not None,
        is_erased=customer.erased_at is not None,
        is_person=customer.kind == CustomerKind.INDIVIDUAL,
        age=age_on(company_day(at), customer.birth_date),
        investor_class=result.investor_class if result else "",
        valid_until=result.valid_until if result else None,
        is_waiting=(later.filter(decided_at__gt=result.decided_at) if result else later).exists(),
        has_consent=is_agreed(words_of(customer, at), Purpose.PERSONALISED, offer) if offer else None,
    )


def product_facts(product: Product) -> ProductFacts:
    terms = product.version.terms if product.version else {}
    return ProductFacts(
        status=product.status,
        line=product.line_id,
        line_is_on=product.line.is_on,
        rating=product.version.risk_rating if product.version else "",
        jurisdiction=product.jurisdiction,
        minimum_age=terms.get("minimum_age"),
        maximum_age=terms.get("maximum_age"),
        regions=tuple(terms.get("regions") or ()),
    )


@dataclass(frozen=True)
class Short:
    """The answer for one of many: the verdict, and the codes of its reasons in order."""

    verdict: str
    codes: tuple[str, ...]


def may_buy_many(
    product: Product,
    at: datetime,
    *,
    customers: Iterable[int] | None = None,
    amount: Decimal | None = None,
    offer: str = "",
) -> dict[int, Short]:
    """Return the answer for each of `customers` (everybody where None): what `may_buy` says, in one statement and one
    for each of `CHECKS`."""
    picked = None if customers is None else list(customers)
    day = company_day(at)
    with connection.cursor() as cursor:
        cursor.execute(statement("may_buy_many"), _asked(product, picked, at, day, offer))
        found = {pk: list(zip(codes, weights, strict=True)) for pk, codes, weights in cursor.fetchall()}
    for check in sorted(CHECKS, key=lambda one: not one.by_product):
        for pk, findings in check.find(picked, product, day, amount).items():
            if pk in found:
                found[pk] += [(one.code, one.weight) for one in findings]
    return {
        pk: Short(verdict_of([weight for _code, weight in pairs]), tuple(code for code, _weight in pairs))
        for pk, pairs in found.items()
    }


def _asked(product: Product, picked: list[int] | None, at: datetime, day: date, offer: str) -> dict[str, Any]:
    """The parameters of the statement: what is the same for everybody, and the law of each jurisdiction."""
    sold, laws = product_facts(product), _laws(product, picked, day)
    of_product = judge(NOBODY, replace(sold, regions=()), ANYWHERE, day)
    return {
        "customers": picked,
        "at": at,
        "day": day,
        "product": product.pk,
        "offer": offer,
        "personalised": Purpose.PERSONALISED.value,
        "product_codes": [one.code for one in of_product],
        "rated": product.version is not None,
        "minimum_age": sold.minimum_age,
        "maximum_age": sold.maximum_age,
        "regions": list(sold.regions) or None,
        "places": list(laws),
        "is_sold": [one.is_sold for one in laws.values()],
        "is_governed": [one.is_governed for one in laws.values()],
        "extra_step_ages": [one.extra_step_age for one in laws.values()],
        "never": [_classes(one, "no") for one in laws.values()],
        "confirm": [_classes(one, "confirm") for one in laws.values()],
    }


# Against these, only the product itself gives reasons.
NOBODY = CustomerFacts(status="active", region="", is_restricted=False, is_erased=False, is_person=False)
ANYWHERE = PlaceFacts(is_sold=True, is_governed=False)


def _classes(place: PlaceFacts, match: str) -> str:
    return ",".join(one for one, said in place.matches.items() if said == match)


def _laws(product: Product, picked: list[int] | None, day: date) -> dict[str, PlaceFacts]:
    asked = Customer.objects.all() if picked is None else Customer.objects.filter(pk__in=picked)
    places = asked.order_by().values_list("jurisdiction", flat=True).distinct()
    return {place: place_facts(product, law_on(place, day)) for place in places}
