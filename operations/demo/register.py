"""The demo company's risk register and who looks after its indicators."""

from datetime import date, datetime, timedelta

from risk.models import Indicator, RatingKind, Risk
from risk.services.register import rate_risk, record_risk
from staff.models import User

# title, class, line, causes, consequences, inherent (likelihood, impact), residual, days until the review
RISKS = [
    (
        "Borrowers of the personal loan stop paying",
        "credit",
        "p2p",
        "Income checked once, no fresh data",
        "Lenders lose principal",
        (4, 4),
        (4, 3),
        -12,
    ),
    (
        "Shop loans cluster in one trade",
        "credit",
        "p2p",
        "Growth through one partner",
        "Losses come together",
        (3, 4),
        (3, 3),
        40,
    ),
    (
        "A core enterprise fails and its suppliers with it",
        "credit",
        "supply_chain",
        "Few large debtors",
        "Receivables go unpaid",
        (2, 5),
        (2, 4),
        65,
    ),
    (
        "Rates rise and bond funds fall",
        "market",
        "fund",
        "Long durations",
        "Redemptions, complaints",
        (3, 3),
        (3, 2),
        20,
    ),
    (
        "Index falls by a fifth within a month",
        "market",
        "fund",
        "Market shock",
        "Investors sell at the bottom",
        (2, 4),
        (2, 3),
        90,
    ),
    (
        "Mass redemption of Cash Plus cannot be met in a day",
        "liquidity",
        "wealth",
        "Rumours, rate change",
        "Payouts late, run spreads",
        (3, 5),
        (3, 4),
        -3,
    ),
    (
        "Fast redemption advance exceeds its line",
        "liquidity",
        "wealth",
        "Evening peaks",
        "Limit breach",
        (3, 3),
        (2, 3),
        33,
    ),
    (
        "Payout file is released twice",
        "operational",
        "payment",
        "Manual release",
        "Money paid twice",
        (2, 4),
        (1, 4),
        75,
    ),
    (
        "Claims are settled later than the law allows",
        "operational",
        "insurance",
        "Staff shortage",
        "Fines, complaints",
        (3, 3),
        (2, 2),
        15,
    ),
    (
        "Staff member changes a payee without a second pair of eyes",
        "operational",
        None,
        "Weak separation of duties",
        "Fraud",
        (2, 5),
        (2, 3),
        28,
    ),
    (
        "Payment gateway fails in the evening peak",
        "technology",
        "payment",
        "Single provider",
        "Payments refused",
        (4, 3),
        (3, 2),
        10,
    ),
    (
        "Customer data leaks from an export",
        "technology",
        None,
        "Wide export rights",
        "Regulator, loss of trust",
        (3, 5),
        (2, 4),
        5,
    ),
    (
        "Credentials stuffed into customer accounts",
        "technology",
        "payment",
        "Reused passwords",
        "Accounts taken over",
        (4, 4),
        (3, 3),
        50,
    ),
    (
        "Sales page promises a yield",
        "legal",
        "wealth",
        "Copy not reviewed",
        "Fine under advertising law",
        (3, 4),
        (2, 3),
        22,
    ),
    (
        "Suspicious reports are filed late",
        "legal",
        "payment",
        "Alert backlog",
        "Fine, licence review",
        (3, 4),
        (2, 4),
        -20,
    ),
    (
        "Lending rules change for the platform",
        "legal",
        "p2p",
        "New regulation",
        "Business line must close",
        (4, 4),
        (4, 4),
        12,
    ),
    ("Press links the brand to a failed platform", "other", None, "Sector news", "Customers leave", (3, 3), (3, 2), 60),
    (
        "New-user rewards are drained by rings",
        "other",
        "payment",
        "Shared devices and payees",
        "Budget lost, figures wrong",
        (4, 3),
        (3, 3),
        8,
    ),
]


HALF_A_YEAR = timedelta(days=182)


def make_register(people: dict[str, User], *, last: date, now: datetime) -> None:
    """Record the risks with their ratings of half a year ago, so that the map has moved since, and give every indicator an
    owner."""
    owners = [people["risk"], people["risk2"]]
    then = now - HALF_A_YEAR
    for number, (title, risk_class, line, causes, consequences, inherent, residual, days) in enumerate(RISKS):
        risk = record_risk(
            actor=people["risk"],
            at=then,
            title=title,
            risk_class=risk_class,
            line_id=line,
            causes=causes,
            consequences=consequences,
            owner=owners[number % 2],
            review_on=last + timedelta(days=days),
        )
        for kind, (likelihood, impact) in ((RatingKind.INHERENT, inherent), (RatingKind.RESIDUAL, residual)):
            rate_risk(
                actor=people["risk"],
                risk_id=risk.pk,
                kind=kind,
                likelihood=likelihood,
                impact=impact,
                at=then,
                reason="First assessment by the risk office."
                if kind == RatingKind.INHERENT
                else "After controls in place.",
            )
    for number, indicator in enumerate(Indicator.objects.order_by("code")):
        indicator.owner = owners[number % 2]
        indicator.save(update_fields=["owner"])
        indicator.risks.set(Risk.objects.filter(risk_class=indicator.risk_class).order_by("pk")[:2])
