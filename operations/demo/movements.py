"""What money did: the movements of every wallet over the demo company's days, with running balances that never go below zero."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np

from customers.models import Account, Customer, CustomerKind, Holding, Instalment, Loan

CENT = Decimal("0.01")
SHOPS = [
    "Metro fare",
    "Supermarket",
    "Food delivery",
    "Utilities",
    "Online shop",
    "Mobile top-up",
    "Cinema",
    "Pharmacy",
]


@dataclass(frozen=True)
class Movement:
    """One row to be booked; positive comes to the customer."""

    account: Account
    day: date
    kind: str
    amount: Decimal
    line: str = "payment"
    product_id: int | None = None
    channel: str = "app"
    counterparty: str = ""
    purpose: str = ""


def wallet_movements(
    customer: Customer, account: Account, *, last: date, random: np.random.Generator
) -> list[Movement]:
    """Income once a month and payments in between; one customer in four fell silent on the way."""
    days = (last - customer.joined_on).days
    if days <= 0:
        return []
    active_until = days if random.random() > 0.25 else int(days * random.random())
    scale = 12.0 if customer.kind == CustomerKind.BUSINESS else 1.0
    income = float(random.lognormal(8.3, 0.5)) * scale
    moves = [
        Movement(
            account,
            customer.joined_on + timedelta(days=day),
            "deposit",
            _cents(income * random.uniform(0.9, 1.1)),
            channel="bank",
            purpose="salary" if scale == 1 else "turnover",
        )
        for day in range(0, active_until + 1, 30)
    ]
    moves += [
        Movement(
            account, move.day + timedelta(days=4), "withdrawal", -_cents(move.amount * Decimal("0.62")), channel="bank"
        )
        for move in moves
        if move.day + timedelta(days=4) <= last and random.random() < 0.9
    ]
    rate = float(random.gamma(1.3, 0.11)) * (2 if scale > 1 else 1)
    for day in np.flatnonzero(random.random(active_until + 1) < min(rate, 0.9)):
        amount = _cents(min(float(random.lognormal(4.1, 1.0)) * scale, income / 3))
        moves.append(
            Movement(
                account,
                customer.joined_on + timedelta(days=int(day)),
                "payment",
                -amount,
                counterparty=str(random.choice(SHOPS)),
                channel=str(random.choice(["app", "qr", "web"])),
            )
        )
    return moves


def holding_movements(holding: Holding, *, last: date, random: np.random.Generator) -> list[Movement]:
    """What buying, keeping and cashing in a holding moves through the wallet."""
    common = {"account": holding.account, "line": holding.product.line_id, "product_id": holding.product_id}
    if holding.product.line_id == "insurance":
        premium = holding.product.fees.all()[0].value.quantize(CENT)
        moves = [Movement(day=holding.opened_on, kind="premium", amount=-premium, **common)]
        if random.random() < 0.05 and holding.opened_on + timedelta(days=40) < last:
            moves.append(
                Movement(day=holding.opened_on + timedelta(days=40), kind="claim", amount=_cents(premium * 4), **common)
            )
        return moves
    moves = [Movement(day=holding.opened_on, kind="purchase", amount=-holding.value, **common)]
    if holding.product.line_id == "fund":
        moves.append(
            Movement(day=holding.opened_on, kind="fee", amount=-max(_cents(holding.value * CENT / 10), CENT), **common)
        )
    for month in range(1, (last - holding.opened_on).days // 30):
        day = holding.opened_on + timedelta(days=30 * month)
        moves.append(
            Movement(day=day, kind="interest", amount=max(_cents(holding.value * Decimal("0.002")), CENT), **common)
        )
    if random.random() < 0.3 and holding.opened_on + timedelta(days=30) < last:
        day = holding.opened_on + timedelta(days=int(random.integers(20, (last - holding.opened_on).days)))
        moves += [
            Movement(day=day, kind="redemption", amount=_cents(holding.value / 3), **common),
            Movement(day=day, kind="purchase", amount=-_cents(holding.value / 3), **common),
        ]
    return moves


def loan_movements(loan: Loan, instalments: list[Instalment]) -> list[Movement]:
    common = {"account": loan.account, "line": loan.product.line_id, "product_id": loan.product_id}
    return [
        Movement(day=loan.disbursed_on, kind="disbursement", amount=loan.principal, **common),
        Movement(day=loan.disbursed_on, kind="fee", amount=-_cents(loan.principal / 100), purpose="matching", **common),
        Movement(
            day=loan.disbursed_on,
            kind="withdrawal",
            amount=-_cents(loan.principal * Decimal("0.97")),
            account=loan.account,
            channel="bank",
        ),
        *(
            Movement(day=row.paid_on, kind="repayment", amount=-row.paid, **common)
            for row in instalments
            if row.paid_on
        ),
    ]


def covered(moves: list[Movement]) -> list[tuple[Movement, Decimal]]:
    """Put one wallet's movements in order and pair each with the balance after it; a first deposit covers any gap."""
    if not moves:
        return []
    ordered = sorted(moves, key=lambda move: (move.day, -move.amount))
    lowest = balance = Decimal(0)
    for move in ordered:
        balance += move.amount
        lowest = min(lowest, balance)
    if lowest < 0:
        first = Movement(
            ordered[0].account, ordered[0].day, "deposit", -lowest + 100, channel="bank", purpose="opening"
        )
        ordered.insert(0, first)
    balance, rows = Decimal(0), []
    for move in ordered:
        balance += move.amount
        rows.append((move, balance))
    return rows


def at_time(day: date, number: int) -> datetime:
    """A time within the company's waking hours, spread by the row's number; the rows of one account follow each other."""
    return datetime.combine(day, time(1), tzinfo=UTC) + timedelta(seconds=number % 1_000 * 50)


def _cents(amount) -> Decimal:
    return Decimal(str(amount)).quantize(CENT)
