"""The demo company's products: at least two in each line, with versions, rates and fees as dated rows."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from products.models import (
    FeeBasis,
    Product,
    ProductFee,
    ProductRate,
    ProductStatus,
    ProductVersion,
    RateKind,
    VersionState,
)
from staff.models import User

# code, name, line, rating, target group, terms, rate (kind, annual), fee (name, basis, value)
CATALOGUE = [
    (
        "wallet",
        "Meridian Wallet",
        "payment",
        "R1",
        "Everyone with a verified phone",
        {"daily_limit": "50000", "settlement": "real time"},
        None,
        ("Withdrawal to bank", "share", "0.001"),
    ),
    (
        "wallet-business",
        "Merchant Wallet",
        "payment",
        "R1",
        "Shops and small firms",
        {"daily_limit": "500000", "settlement": "T+1"},
        None,
        ("Acquiring", "share", "0.006"),
    ),
    (
        "cash-plus",
        "Cash Plus money fund",
        "wealth",
        "R1",
        "Savers who need their money any day",
        {"nav": "1.0000", "fast_redemption_limit": "10000"},
        ("yield", "0.0215"),
        ("Management", "share_per_year", "0.003"),
    ),
    (
        "steady-90",
        "Steady 90-day plan",
        "wealth",
        "R2",
        "Savers with a three-month horizon",
        {"lock_days": 90, "minimum": "1000"},
        ("yield", "0.0325"),
        None,
    ),
    (
        "p2p-personal",
        "Personal loan",
        "p2p",
        "R3",
        "Salaried borrowers with a checked income",
        {"maximum": "200000", "months": [6, 12, 24]},
        ("interest", "0.118"),
        ("Matching", "share", "0.01"),
    ),
    (
        "p2p-business",
        "Shop loan",
        "p2p",
        "R4",
        "Sole traders on the platform",
        {"maximum": "1000000", "months": [6, 12]},
        ("interest", "0.132"),
        ("Matching", "share", "0.012"),
    ),
    (
        "accident",
        "Accident cover",
        "insurance",
        "R1",
        "Commuters aged 18 to 60",
        {"sum_insured": "300000", "cooling_off_days": 15, "minimum_age": 18, "maximum_age": 60},
        None,
        ("Premium", "fixed", "168"),
    ),
    (
        "health-million",
        "Million health cover",
        "insurance",
        "R2",
        "Families without a group plan",
        {"sum_insured": "1000000", "deductible": "10000", "cooling_off_days": 15},
        None,
        ("Premium", "fixed", "620"),
    ),
    (
        "index-300",
        "CSI 300 index fund",
        "fund",
        "R4",
        "Investors for five years and more",
        {"settlement": "T+2", "benchmark": "CSI 300"},
        None,
        ("Subscription", "share", "0.0012"),
    ),
    (
        "bond-select",
        "Select bond fund",
        "fund",
        "R2",
        "Cautious investors",
        {"settlement": "T+1", "benchmark": "China Bond Composite"},
        None,
        ("Subscription", "share", "0.0008"),
    ),
    (
        "tech-growth",
        "Technology growth fund",
        "fund",
        "R5",
        "Experienced investors",
        {"settlement": "T+2", "benchmark": "CSI Technology"},
        None,
        ("Subscription", "share", "0.0015"),
    ),
    (
        "receivable",
        "Receivables advance",
        "supply_chain",
        "R3",
        "Suppliers of a core enterprise",
        {"advance_rate": "0.8", "days": [60, 90, 120]},
        ("interest", "0.072"),
        ("Handling", "share", "0.003"),
    ),
    (
        "inventory",
        "Inventory credit",
        "supply_chain",
        "R4",
        "Distributors with pledged stock",
        {"advance_rate": "0.6", "days": [90, 180]},
        ("interest", "0.085"),
        None,
    ),
]


def make_catalogue(*, owner: User, opened: date, now: datetime) -> dict[str, Product]:
    """Create the products, on sale since `opened`; return them by code."""
    return {row[0]: _make_product(row, owner=owner, opened=opened, now=now) for row in CATALOGUE}


def _make_product(row, *, owner: User, opened: date, now: datetime) -> Product:
    code, name, line, rating, group, terms, rate, fee = row
    product = Product.objects.create(
        code=code,
        name=name,
        line_id=line,
        currency="CNY",
        jurisdiction="CN",
        owner=owner,
        status=ProductStatus.ON_SALE,
        created_at=now,
    )
    product.version = ProductVersion.objects.create(
        product=product,
        number=1,
        state=VersionState.SUBMITTED,
        risk_rating=rating,
        target_group=group,
        terms=terms,
        description=f"{name} as opened.",
        created_at=now,
        created_by=owner,
        submitted_at=now,
        submitted_by=owner,
    )
    product.save(update_fields=["version"])
    if rate:
        _make_rates(product, RateKind(rate[0]), Decimal(rate[1]), opened)
    if fee:
        ProductFee.objects.create(
            product=product, name=fee[0], basis=FeeBasis(fee[1]), value=Decimal(fee[2]), valid_from=opened
        )
    return product


def _make_rates(product: Product, kind: RateKind, annual: Decimal, opened: date) -> None:
    """A rate of the first year, and the one in force since."""
    changed = opened + timedelta(days=365)
    earlier = (annual * Decimal("1.08")).quantize(Decimal("0.0001"))
    ProductRate.objects.create(
        product=product, kind=kind, annual_rate=earlier, valid_from=opened, valid_to=changed - timedelta(days=1)
    )
    ProductRate.objects.create(product=product, kind=kind, annual_rate=annual, valid_from=changed)
