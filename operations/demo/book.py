"""Accounts, holdings and loans of the demo company: who holds what since when."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from customers.models import (
    Account,
    AccountHolder,
    Customer,
    CustomerKind,
    HolderRole,
    Holding,
    Instalment,
    Loan,
    LoanState,
    Source,
)
from products.models import Product
from products.rules.schedules import repayment_schedule

CENT = Decimal("0.01")
COHORT = timedelta(days=240)  # the overdue cohort was granted this long before the last day, for two weeks


@dataclass
class Book:
    """What was made, by customer id where it is looked up again."""

    accounts: dict[int, Account] = field(default_factory=dict)
    holdings: list[Holding] = field(default_factory=list)
    loans: list[Loan] = field(default_factory=list)
    instalments: list[Instalment] = field(default_factory=list)


def make_book(
    *, customers: list[Customer], products: dict[str, Product], random: np.random.Generator, last: date
) -> Book:
    """Give every customer a wallet, and many of them holdings and loans in the other lines."""
    source = Source.objects.get(code="platform")
    book = Book()
    lines: dict[int, set[str]] = {}
    wallets = [_wallet(customer, products, source) for customer in customers]
    for account in Account.objects.bulk_create(wallets, batch_size=1000):
        book.accounts[account.customer_id] = account
        lines[account.customer_id] = {"payment"}
    AccountHolder.objects.bulk_create(
        [
            AccountHolder(
                account=a, customer_id=c, role=HolderRole.OWNER, source=source, external_id=f"D{a.external_id}"
            )
            for c, a in book.accounts.items()
        ],
        batch_size=1000,
    )
    for customer in customers:
        _add_holdings(book, lines[customer.pk], customer, products, source, random, last)
        _add_loans(book, lines[customer.pk], customer, products, source, random, last)
    Holding.objects.bulk_create(book.holdings, batch_size=1000)
    Loan.objects.bulk_create(book.loans, batch_size=1000)
    Instalment.objects.bulk_create(book.instalments, batch_size=2000)
    for customer in customers:
        customer.lines = sorted(lines[customer.pk])
    Customer.objects.bulk_update(customers, ["lines"], batch_size=1000)
    return book


def _wallet(customer: Customer, products: dict[str, Product], source: Source) -> Account:
    product = products["wallet-business" if customer.kind == CustomerKind.BUSINESS else "wallet"]
    return Account(
        source=source,
        external_id=f"W{customer.external_id}",
        number=f"8600{customer.pk:010d}",
        customer=customer,
        product=product,
        product_version=product.version,
        currency="CNY",
        opened_on=customer.joined_on,
    )


def _add_holdings(book, lines, customer, products, source, random, last) -> None:
    wanted = [
        ("cash-plus", 0.42),
        ("steady-90", 0.14),
        ("index-300", 0.13),
        ("bond-select", 0.16),
        ("tech-growth", 0.06),
        ("accident", 0.2),
        ("health-million", 0.12),
    ]
    for code, share in wanted:
        if customer.kind == CustomerKind.BUSINESS and code != "cash-plus" or random.random() > share:
            continue
        product, since = products[code], _between(customer.joined_on, last, random)
        lines.add(product.line_id)
        insured = product.line_id == "insurance"
        value = Decimal(product.version.terms["sum_insured"]) if insured else _amount(random, 9.2, 1.1)
        book.holdings.append(
            Holding(
                source=source,
                external_id=f"H{customer.external_id}-{code}",
                customer=customer,
                account=book.accounts[customer.pk],
                product=product,
                product_version=product.version,
                currency="CNY",
                units=None if insured else value,
                value=Decimal(0) if insured else value,
                value_on=last,
                opened_on=since,
                matures_on=since + timedelta(days=365 if insured else 90) if insured or code == "steady-90" else None,
                terms={"sum_insured": str(value)} if insured else {},
            )
        )


def _add_loans(book, lines, customer, products, source, random, last) -> None:
    business = customer.kind == CustomerKind.BUSINESS
    if random.random() > (0.55 if business else 0.17):
        return
    code = (
        str(random.choice(["receivable", "inventory"]))
        if business
        else str(random.choice(["p2p-personal", "p2p-business"], p=[0.8, 0.2]))
    )
    in_cohort = not business and random.random() < 0.22
    granted = (
        last - COHORT + timedelta(days=int(random.integers(0, 14)))
        if in_cohort
        else _between(customer.joined_on, last, random)
    )
    if granted < customer.joined_on:
        granted = _between(customer.joined_on, last, random)
        in_cohort = False
    loan = _loan(customer, products[code], book.accounts[customer.pk], source, granted, random)
    lines.add(loan.product.line_id)
    book.loans.append(loan)
    book.instalments.extend(_instalments(loan, last, random, bad=in_cohort))


def _loan(customer, product, account, source, granted: date, random) -> Loan:
    months = int(random.choice(product.version.terms.get("months", [3])))
    principal = (_amount(random, 10.4, 0.6) // 100 * 100).quantize(CENT) + 5000
    rate = Decimal("0.118") if product.line_id == "p2p" else Decimal("0.078")
    return Loan(
        source=source,
        external_id=f"L{customer.external_id}",
        number=f"LN{customer.pk:08d}",
        customer=customer,
        account=account,
        product=product,
        product_version=product.version,
        currency="CNY",
        principal=principal,
        annual_rate=rate,
        periods=months,
        disbursed_on=granted,
        reported_state=LoanState.RUNNING,
        purpose=str(random.choice(["renovation", "education", "stock", "equipment", "consumption"])),
    )


def _instalments(loan: Loan, last: date, random: np.random.Generator, *, bad: bool) -> list[Instalment]:
    """The schedule, paid up to a point: most pay in time, some late, a few stop; of the bad cohort two in three stop."""
    schedule = repayment_schedule(
        principal=loan.principal,
        annual_rate=loan.annual_rate,
        periods=loan.periods,
        start=loan.disbursed_on,
        day_count="30/360",
    )
    loan.first_due_on, loan.matures_on, loan.instalment_amount = schedule[0].due, schedule[-1].due, schedule[0].amount
    stops_at = int(random.integers(1, 5)) if random.random() < (0.66 if bad else 0.035) else len(schedule) + 1
    late = int(random.integers(3, 25)) if random.random() < 0.08 else 0
    rows = [
        _instalment(loan, number, due, last, stopped=number >= stops_at, late=late)
        for number, due in enumerate(schedule, 1)
    ]
    loan.outstanding = loan.principal - sum((row.principal for row in rows if row.paid_on), Decimal(0))
    if rows[-1].paid_on and loan.outstanding == 0:
        loan.reported_state, loan.reported_on = LoanState.REPAID, rows[-1].paid_on
    return rows


def _instalment(loan: Loan, number: int, due, last: date, *, stopped: bool, late: int) -> Instalment:
    paid_on = due.due + timedelta(days=late)
    paid = not stopped and paid_on <= last
    return Instalment(
        loan=loan,
        number=number,
        due_on=due.due,
        principal=due.principal,
        interest=due.interest,
        paid=due.amount if paid else Decimal(0),
        paid_on=paid_on if paid else None,
    )


def _between(first: date, last: date, random: np.random.Generator) -> date:
    return first + timedelta(days=int(random.integers(0, max((last - first).days, 1))))


def _amount(random: np.random.Generator, mean: float, deviation: float) -> Decimal:
    """A log-normal amount in cents."""
    return Decimal(str(round(float(random.lognormal(mean, deviation)), 2)))
