"""Customers of the demo company who are recorded twice, who were merged, and who are tied to each other."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from customers.encryption import email_index, phone_index, phone_tail_index
from customers.merge_commands import MERGE
from customers.models import Customer, CustomerDevice, CustomerKind, Guarantee, Loan, SupplyLink
from customers.rules.matching import sound_of
from customers.services.match_keys import device_index
from staff.models import User
from staff.services.changes import approve, execute_approved, propose

TWICE = 9  # people who came a second time by another way
EVERY = 7  # one customer in seven signed in with a known device


def make_records(customers: list[Customer], people: dict[str, User], *, last: date, now: datetime) -> None:
    """A few people recorded twice, one such pair merged, devices that families share, guarantors, a supply chain."""
    persons = [one for one in customers if one.kind == CustomerKind.INDIVIDUAL]
    businesses = [one for one in customers if one.kind == CustomerKind.BUSINESS]
    again = Customer.objects.bulk_create(_again(persons[3 : 3 + TWICE], last))
    CustomerDevice.objects.bulk_create(_devices(persons, last))
    Guarantee.objects.bulk_create(_guarantees(persons, last))
    if len(businesses) > 3:
        SupplyLink.objects.bulk_create(_chain(businesses, last))
    if again:
        _merge(persons[3], again[0], people, now)


def _again(persons: list[Customer], last: date) -> Iterator[Customer]:
    """The same person as another source writes them: by sound, with a new telephone, or with a slip in the name."""
    for number, one in enumerate(persons):
        phone = one.phone if number % 3 else f"+86137{number:08d}"
        name = one.name if number % 2 else sound_of(one.name).title()
        yield Customer(
            source=one.source, external_id=f"W{number:05d}", kind=one.kind, name=name, sex=one.sex,
            birth_date=one.birth_date, phone=phone, phone_index=phone_index(phone), phone_tail_index=phone_tail_index(phone),
            email=f"again{number}@mail.example", email_index=email_index(f"again{number}@mail.example"),
            address=one.address, region=one.region, city=one.city, jurisdiction=one.jurisdiction, language=one.language,
            currency=one.currency, joined_on=max(one.joined_on, last - timedelta(days=30 + number)),
        )  # fmt: skip


def _devices(persons: list[Customer], last: date) -> Iterator[CustomerDevice]:
    """Two neighbours in the order of joining share a device now and then."""
    for number, one in enumerate(persons[::EVERY]):
        yield CustomerDevice(
            customer=one, source=one.source, external_id=f"D{number:06d}", fingerprint_index=device_index(f"device {number // 2}"),
            first_seen_on=one.joined_on, last_seen_on=last,
        )  # fmt: skip


def _guarantees(persons: list[Customer], last: date) -> Iterator[Guarantee]:
    loans = Loan.objects.filter(customer__kind=CustomerKind.INDIVIDUAL).order_by("pk")[:40]
    for number, loan in enumerate(loans):
        guarantor = persons[(number * 17 + 5) % len(persons)]
        if number % 3 == 0 and guarantor.pk != loan.customer_id:
            yield Guarantee(
                loan=loan, guarantor=guarantor, amount=loan.principal, currency=loan.currency, since=loan.disbursed_on,
                source=loan.source, external_id=f"G{number:05d}",
            )  # fmt: skip


def _chain(businesses: list[Customer], last: date) -> Iterator[SupplyLink]:
    core, *members = businesses[: min(len(businesses), 13)]
    for number, member in enumerate(members):
        role = ("supplier", "supplier", "distributor")[number % 3]
        yield SupplyLink(
            core=core,
            member=member,
            role=role,
            since=last - timedelta(days=200),
            source=core.source,
            external_id=f"S{number:05d}",
        )


def _merge(survivor: Customer, absorbed: Customer, people: dict[str, User], now: datetime) -> None:
    """Asked for and agreed to, as the people of the company would."""
    arguments = {"survivor_id": survivor.pk, "absorbed_id": absorbed.pk, "choices": []}
    reason = "Same identity card, shown at the counter"
    request = propose(actor=people["service"], command=MERGE, arguments=arguments, reason=reason, at=now)
    approve(actor=people["lead"], request_id=request.pk, comment="Seen the copies", at=now)
    execute_approved(request_id=request.pk, at=now)
