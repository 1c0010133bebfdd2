"""Stories that a person can find in the demo company; `docs/demo.md` tells where. The overdue cohort is in `book.py`."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from customers.models import Customer, CustomerKind, Holding, Interaction, InteractionKind
from operations.demo.book import Book
from operations.demo.movements import Movement, at_time
from staff.models import User

RUN_DAYS = 9
SPRING_DAYS, PACKET_DAYS = 150, 70
ABUSER_PAYEE = "6222 **** 7719"


def redemption_run(book: Book, *, last: date, random: np.random.Generator) -> list[Movement]:
    """In the last nine days nearly half of the holders of Cash Plus take most of it out."""
    moves = []
    for holding in book.holdings:
        if (
            holding.product.code != "cash-plus"
            or holding.opened_on > last - timedelta(days=40)
            or random.random() > 0.45
        ):
            continue
        day = last - timedelta(days=int(RUN_DAYS * random.random() ** 2.6))
        out = (holding.value * Decimal("0.8")).quantize(Decimal("0.01"))
        holding.value = holding.units = holding.value - out
        common = {"account": holding.account, "day": day, "line": "wealth", "product_id": holding.product_id}
        moves += [
            Movement(kind="redemption", amount=out, **common),
            Movement(account=holding.account, day=day, kind="withdrawal", amount=-out, line="wealth", channel="bank"),
        ]
    Holding.objects.bulk_update(book.holdings, ["value", "units"], batch_size=1000)
    return moves


def structuring(book: Book, customer: Customer, *, last: date) -> list[Movement]:
    """Just under 50,000 in cash, three times a day for a week, then nearly all of it out in one transfer."""
    account, start = book.accounts[customer.pk], last - timedelta(days=20)
    moves = [
        Movement(
            account, start + timedelta(days=day), "deposit", Decimal(49_900 - 130 * day - 40 * part), channel="cash"
        )
        for day in range(7)
        for part in range(3)
    ]
    total = sum((move.amount for move in moves), Decimal(0))
    return [
        *moves,
        Movement(
            account,
            start + timedelta(days=8),
            "transfer",
            -(total - 2000),
            channel="bank",
            counterparty="HK trading company",
        ),
    ]


def spring_pool(customers: list[Customer], *, last: date) -> list[Customer]:
    """Those who matched the campaign that worked: people, and many of them, so that what it brought stands out from what
    they do anyway, whatever the day."""
    day = last - timedelta(days=SPRING_DAYS)
    return [one for one in _people(customers) if one.joined_on < day - timedelta(days=30)][::3][:600]


def packet_pool(customers: list[Customer], *, last: date) -> list[Customer]:
    """Those who matched the campaign that drew abusers."""
    first = last - timedelta(days=PACKET_DAYS)
    return [one for one in _people(customers) if first <= one.joined_on <= first + timedelta(days=40)][:80]


def _people(customers: list[Customer]) -> list[Customer]:
    """Whoever is no firm: the payments of one firm outweigh those of a hundred people."""
    return [one for one in customers if one.kind == CustomerKind.INDIVIDUAL]


def written_to(pool: list[Customer]) -> list[Customer]:
    """Of those who matched the half that was not held out: every other one, whatever number a database gives them."""
    return pool[::2]


def campaign_that_worked(book: Book, customers: list[Customer], *, last: date) -> list[Movement]:
    """Spring savers: a reward of 20 five months ago, after which money stayed; half of those who matched got nothing."""
    day = last - timedelta(days=SPRING_DAYS)
    moves = []
    for number, customer in enumerate(written_to(spring_pool(customers, last=last))):
        account = book.accounts[customer.pk]
        moves.append(Movement(account, day, "reward", Decimal(20), purpose="Spring savers"))
        moves += [
            Movement(
                account,
                day + timedelta(days=14 + 30 * month),
                "deposit",
                Decimal(2_000 + 10 * (number % 100)),
                channel="bank",
            )
            for month in range(4)
        ]
    return moves


def campaign_that_drew_abusers(book: Book, customers: list[Customer], *, last: date) -> list[Movement]:
    """New-user red packet: 58 given two months ago, gone the same day to one and the same payee."""
    moves = []
    for customer in written_to(packet_pool(customers, last=last)):
        account = book.accounts[customer.pk]
        moves += [
            Movement(account, customer.joined_on, "reward", Decimal(58), purpose="New-user red packet"),
            Movement(account, customer.joined_on, "transfer", Decimal("-57.50"), counterparty=ABUSER_PAYEE),
        ]
    return moves


def contacts(
    book: Book, customers: list[Customer], *, desk: list[User], last: date, random: np.random.Generator
) -> None:
    """Ordinary calls, and a wave of complaints six weeks ago about late payouts of the Steady 90-day plan."""
    made = []
    for number, customer in enumerate(customers):
        if random.random() < 0.25:
            day = last - timedelta(days=int(random.integers(0, 200)))
            made.append(
                _contact(
                    customer,
                    InteractionKind.CALL,
                    day,
                    number,
                    desk,
                    "Asked about a payment",
                    "Answered; identity verified.",
                )
            )
    holders = [holding for holding in book.holdings if holding.product.code == "steady-90"][:60]
    for number, holding in enumerate(holders):
        day = last - timedelta(days=42 + int(random.integers(0, 12)))
        made.append(
            _contact(
                holding.customer,
                InteractionKind.COMPLAINT,
                day,
                number,
                desk,
                "Payout came late",
                "Steady 90-day plan: money was promised on the day of maturity and came four days later.",
            )
        )
    Interaction.objects.bulk_create(made, batch_size=1000)


def _contact(customer, kind, day: date, number: int, desk: list[User], title: str, text: str) -> Interaction:
    at: datetime = at_time(max(day, customer.joined_on), number)
    return Interaction(customer=customer, kind=kind, at=at, title=title, text=text, author=desk[number % len(desk)])
