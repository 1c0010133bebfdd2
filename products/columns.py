"""Columns of the catalogue and of a product's tables."""

from django.utils.translation import gettext_lazy as _

from pages.formats import amount, day, number, percent
from pages.lists import Column
from pages.templatetags.pages import pill_html
from products.models import FeeBasis, ProductStatus

STATUS_TONES = {
    ProductStatus.ON_SALE: "green",
    ProductStatus.REVIEW: "amber",
    ProductStatus.APPROVED: "blue",
    ProductStatus.SUSPENDED: "red",
}
RATING_TONES = {"R1": "green", "R2": "green", "R3": "amber", "R4": "orange", "R5": "red"}


def rating_pill(rating):
    return pill_html(rating, RATING_TONES.get(rating, "")) if rating else None


def status_pill(product):
    return pill_html(product.get_status_display(), STATUS_TONES.get(product.status, ""))


def _version(product):
    return f"v{product.version.number}" if product.version else None


PRODUCT_COLUMNS = [
    Column("name", _("Name"), lambda product: product.name, sort="name", link=True),
    Column("code", _("Code"), lambda product: product.code, sort="code", mono=True),
    Column("line", _("Line"), lambda product: product.line, sort="line__position"),
    Column(
        "rating",
        _("Risk rating"),
        lambda product: rating_pill(product.version and product.version.risk_rating),
        sort="version__risk_rating",
    ),
    Column("status", _("Status"), status_pill, sort="status"),
    Column("version", _("Version"), _version),
    Column("holders", _("Holders"), lambda product: number(product.holders), numeric=True),
    Column("balance", _("Balance"), lambda product: amount(product.balance), numeric=True),
    Column("flow", _("Net flow of the day"), lambda product: amount(product.net_flow), numeric=True),
    Column("currency", _("Currency"), lambda product: product.currency),
    Column("jurisdiction", _("Jurisdiction"), lambda product: product.get_jurisdiction_display(), default=False),
    Column("owner", _("Owner"), lambda product: product.owner, default=False),
]

VERSION_COLUMNS = [
    Column("number", _("Version"), lambda version: f"v{version.number}", mono=True),
    Column(
        "state",
        _("State"),
        lambda version: pill_html(version.get_state_display(), "green" if version.state == "submitted" else "amber"),
    ),
    Column("rating", _("Risk rating"), lambda version: rating_pill(version.risk_rating)),
    Column("submitted", _("Submitted on"), lambda version: day(version.submitted_at)),
    Column("by", _("By"), lambda version: version.submitted_by, card="wide"),
]

RATE_COLUMNS = [
    Column("kind", _("Kind"), lambda rate: rate.get_kind_display()),
    Column("amount_from", _("From amount"), lambda rate: amount(rate.amount_from), numeric=True),
    Column("rate", _("Annual rate"), lambda rate: percent(rate.annual_rate), numeric=True),
    Column("from", _("From"), lambda rate: day(rate.valid_from)),
    Column("until", _("Until"), lambda rate: day(rate.valid_to)),
]


def fee_value(fee):
    return amount(fee.value) if fee.basis == FeeBasis.FIXED else percent(fee.value)


FEE_COLUMNS = [
    Column("name", _("Fee"), lambda fee: fee.name),
    Column("basis", _("Basis"), lambda fee: fee.get_basis_display()),
    Column("value", _("Value"), fee_value, numeric=True),
    Column("from", _("From"), lambda fee: day(fee.valid_from)),
    Column("until", _("Until"), lambda fee: day(fee.valid_to)),
]
