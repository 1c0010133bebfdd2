"""May somebody buy something: what is known comes in, reasons come out. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

YES, CONFIRM, NO = "yes", "confirm", "no"
NOTE = "note"  # worth saying, decides nothing
GRAVITY = {NO: 2, CONFIRM: 1}


@dataclass(frozen=True)
class Finding:
    """One reason by its code, how much it weighs (`no`, `confirm`, `note`), and the values of its sentence."""

    code: str
    weight: str = NO
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ProductFacts:
    """What is known of a product; it is the same for every customer. `rating` is empty without a version."""

    status: str
    line: str
    line_is_on: bool
    rating: str
    jurisdiction: str
    minimum_age: int | None = None
    maximum_age: int | None = None
    regions: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlaceFacts:
    """What the law of a customer's jurisdiction says: whether the product is sold there, whether its line is governed by
    a matrix, and that matrix's column for the product's rating, by class."""

    is_sold: bool
    is_governed: bool
    matches: Mapping[str, str] = field(default_factory=dict)
    extra_step_age: int | None = None


@dataclass(frozen=True)
class CustomerFacts:
    """What is known of a customer on a day. `has_consent` is None where no consent is needed."""

    status: str
    region: str
    is_restricted: bool
    is_erased: bool
    age: int | None = None
    is_person: bool = True
    investor_class: str = ""
    valid_until: date | None = None
    is_waiting: bool = False
    has_consent: bool | None = None
    cooling_off_until: date | None = None


def judge(customer: CustomerFacts, product: ProductFacts, place: PlaceFacts, day: date) -> list[Finding]:
    """Return everything that stands against a purchase on `day`, or is worth saying about it, in a fixed order."""
    return [
        *_of_customer(customer),
        *_of_product(product),
        *_of_sale(customer, product, place),
        *(_of_class(customer, product, place, day) if place.is_governed and product.rating else []),
        *_of_the_rest(customer),
    ]


def _of_customer(customer: CustomerFacts) -> Iterator[Finding]:
    if customer.is_erased:
        yield Finding("erased")
    elif customer.is_restricted:
        yield Finding("restricted")
    if customer.status in ("frozen", "closed"):
        yield Finding(customer.status)
    elif customer.status == "review":
        yield Finding("in_review", NOTE)


def _of_product(product: ProductFacts) -> Iterator[Finding]:
    if product.status != "on_sale":
        yield Finding("not_on_sale", values={"status": product.status})
    if not product.line_is_on:
        yield Finding("line_off", values={"line": product.line})
    if not product.rating:
        yield Finding("no_version")


def _of_sale(customer: CustomerFacts, product: ProductFacts, place: PlaceFacts) -> Iterator[Finding]:
    if not place.is_sold:
        yield Finding("not_sold_there", values={"jurisdiction": product.jurisdiction})
    if product.regions and customer.region not in product.regions:
        yield Finding("region", values={"region": customer.region})
    youngest, oldest = product.minimum_age, product.maximum_age
    if customer.is_person and (youngest is not None or oldest is not None):
        if customer.age is None:
            yield Finding("age_unknown")
        elif youngest is not None and customer.age < youngest:
            yield Finding("too_young", values={"age": youngest})
        elif oldest is not None and customer.age > oldest:
            yield Finding("too_old", values={"age": oldest})


def _of_class(customer: CustomerFacts, product: ProductFacts, place: PlaceFacts, day: date) -> Iterator[Finding]:
    said = {"class": customer.investor_class, "rating": product.rating}
    if not customer.investor_class or customer.valid_until is None:
        yield Finding("no_assessment")
    elif customer.valid_until < day:
        yield Finding("expired", values={"day": customer.valid_until})
    else:
        match = place.matches.get(customer.investor_class, NO)
        if match == NO:
            yield Finding("class_never", NO, said)
        elif match == CONFIRM:
            yield Finding("class_too_low", CONFIRM, said)
    if customer.is_waiting:
        yield Finding("waiting", NOTE)
    if place.extra_step_age is not None and customer.age is not None and customer.age >= place.extra_step_age:
        yield Finding("extra_step", CONFIRM, {"age": place.extra_step_age})


def _of_the_rest(customer: CustomerFacts) -> Iterator[Finding]:
    if customer.has_consent is False:
        yield Finding("no_consent")
    if customer.cooling_off_until is not None:
        yield Finding("cooling_off", NOTE, {"day": customer.cooling_off_until})


def verdict_of(weights: Sequence[str]) -> str:
    """Return the gravest of the weights: `no`, `confirm`, else `yes`."""
    return max((one for one in weights if one in GRAVITY), key=lambda one: GRAVITY[one], default=YES)


def age_on(day: date, born: date | None) -> int | None:
    """Return whole years on `day`. Who is born on 29 February completes a year on 1 March of other years."""
    if born is None or born > day:
        return None
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def written(facts: CustomerFacts | ProductFacts | PlaceFacts) -> dict[str, Any]:
    """Return facts as JSON holds them: dates as text."""
    return {
        name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in asdict(facts).items()
    }
