"""What a file may hold: targets, each with its table, its fields and what fills a field that the mapping leaves out.

Here stand those of the platform's books; `ties.py` and `papers.py` have those of knowing customers, rooms above add their own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Choices
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import (
    AccountStatus,
    CustomerKind,
    CustomerRisk,
    CustomerStatus,
    HolderRole,
    HoldingStatus,
    IdentityKind,
    LoanState,
    RepayMethod,
    Sex,
    TransactionKind,
)


@dataclass(frozen=True)
class Field:
    """A field of a target. `kind` says how text becomes its value; `fallback` is SQL for when there is no text, over
    the other fields as `t.name` and the joined `customer`, `account` and `product`.
    """

    name: str
    kind: str  # text | date | moment | money | number | whole | choice | several | currency | sealed | customer | account | loan | product
    required: bool = False
    longest: int = 0
    choices: type[Choices] | None = None
    fallback: str = ""
    column: str = ""
    sealing: str = ""  # how a sealed field is sealed, where its name does not say it

    @property
    def db_column(self) -> str:
        return self.column or self.name


@dataclass(frozen=True)
class Check:
    """A row is refused with `code` at `field` where `condition` holds: SQL over `t.v_name` and joined rows by their field's
    name. It is asked only where the mapping fills all of `needs`."""

    condition: str
    code: str
    field: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """A table that rows go to. `fixed` are columns that no mapping fills, with their SQL.

    `unique` are columns that name a row beside its number, among rows where `unique_where` holds; `settle` is called in the
    transaction of a piece, with the source, once its rows stand; `lists` names the pages that offer to import into it."""

    name: str
    table: str
    fields: tuple[Field, ...]
    fixed: dict[str, str] = field(default_factory=dict)
    whole: bool = False  # every field is in the result, filled or not
    label: str | Promise = ""
    checks: tuple[Check, ...] = ()
    unique: tuple[str, ...] = ()
    unique_where: str = "true"
    settle: Callable[[int], None] | None = None
    lists: tuple[str, ...] = ()

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name == name), None)


EXTERNAL_ID = Field("external_id", "text", required=True, longest=64)
CUSTOMER = Field("customer", "customer", column="customer_id")
OWNER = Field("customer", "customer", required=True, column="customer_id", fallback="account.customer_id")
# Movements of an account that came to its customer by a merge go on under the number of before.
BOOKED = Field(
    "customer", "customer", required=True, column="customer_id", fallback="account.booked_for_id, account.customer_id"
)
ACCOUNT = Field("account", "account", column="account_id")
PRODUCT = Field("product", "product", required=True, column="product_id")
CURRENCY = Field("currency", "currency", required=True, fallback="product.currency")
OF_VERSION = {"product_version_id": "product.version_id"}
# Nothing personal comes back of whom the platform still knows and who is being erased here.
NOT_ERASED = Check(
    "EXISTS (SELECT FROM customers_erasure e WHERE e.customer_id IN (customer.id, customer.merged_into_id))",
    "being_erased",
    "customer",
    ("customer",),
)


def text(name: str, longest: int) -> Field:
    """A text that is empty where nothing fills it."""
    return Field(name, "text", longest=longest, fallback="''")


def choice(name: str, choices: type[Choices], default: str | None) -> Field:
    """One of `choices`; needed where there is no default."""
    return Field(
        name, "choice", choices=choices, required=default is None, fallback="" if default is None else f"'{default}'"
    )


CUSTOMERS = Target(
    "customers",
    "customers_customer",
    (
        EXTERNAL_ID,
        choice("kind", CustomerKind, "individual"),
        Field("name", "text", required=True, longest=160),
        choice("sex", Sex, ""),
        Field("birth_date", "date"),
        Field("phone", "sealed", longest=40),
        Field("email", "sealed", longest=254),
        Field("address", "sealed", longest=500),
        choice("identity_kind", IdentityKind, ""),
        Field("identity_number", "sealed", longest=64),
        choice("status", CustomerStatus, "active"),
        choice("risk_level", CustomerRisk, "low"),
        text("region", 40),
        text("city", 60),
        text("jurisdiction", 2),
        text("language", 10),
        Field("currency", "currency", required=True),
        Field("joined_on", "date", required=True),
    ),
    fixed={"lines": "'{}'"},
    label=_("Customers"),
    lists=("customers:customer_list",),
)
ACCOUNTS = Target(
    "accounts",
    "customers_account",
    (
        EXTERNAL_ID,
        Field("number", "text", longest=40, fallback="t.external_id"),
        Field("customer", "customer", required=True, column="customer_id"),
        PRODUCT,
        CURRENCY,
        Field("balance", "money", fallback="0"),
        Field("balance_on", "date"),
        choice("status", AccountStatus, "open"),
        Field("opened_on", "date", required=True),
        Field("closed_on", "date"),
    ),
    fixed={**OF_VERSION, "terms": "'{}'"},
    label=_("Accounts"),
)
HOLDERS = Target(
    "holders",
    "customers_accountholder",
    (
        EXTERNAL_ID,
        Field("account", "account", required=True, column="account_id"),
        Field("customer", "customer", required=True, column="customer_id"),
        choice("role", HolderRole, None),
    ),
    label=_("Account holders"),
    unique=("account_id", "customer_id", "role"),
)
STANDING_ORDERS = Target(
    "standing_orders",
    "customers_standingorder",
    (
        EXTERNAL_ID,
        Field("account", "account", required=True, column="account_id"),
        Field("amount", "money", required=True),
        Field("currency", "currency", required=True, fallback="account.currency"),
        text("payee_bank", 40),
        text("payee_account", 40),
        text("purpose", 60),
    ),
    label=_("Standing orders"),
)
LOANS = Target(
    "loans",
    "customers_loan",
    (
        EXTERNAL_ID,
        Field("number", "text", longest=40, fallback="t.external_id"),
        OWNER,
        ACCOUNT,
        PRODUCT,
        CURRENCY,
        Field("principal", "money", required=True),
        Field("annual_rate", "number", fallback="0"),
        Field("periods", "whole", required=True),
        choice("method", RepayMethod, "equal_instalment"),
        Field("instalment_amount", "money"),
        Field("disbursed_on", "date", required=True),
        Field("first_due_on", "date", fallback="(t.disbursed_on + interval '1 month')::date"),
        Field("matures_on", "date", fallback="(t.disbursed_on + make_interval(months => t.periods))::date"),
        choice("reported_state", LoanState, "running"),
        Field("reported_on", "date"),
        Field("outstanding", "money"),
        text("purpose", 80),
    ),
    fixed=OF_VERSION,
    label=_("Loans"),
)
HOLDINGS = Target(
    "holdings",
    "customers_holding",
    (
        EXTERNAL_ID,
        OWNER,
        ACCOUNT,
        PRODUCT,
        CURRENCY,
        Field("units", "number"),
        Field("value", "money", fallback="0"),
        Field("value_on", "date"),
        Field("card_number", "sealed", longest=40),
        choice("status", HoldingStatus, "active"),
        Field("opened_on", "date", required=True),
        Field("matures_on", "date"),
        Field("closed_on", "date"),
    ),
    fixed={**OF_VERSION, "terms": "'{}'"},
    label=_("Holdings"),
)
TRANSACTIONS = Target(
    "transactions",
    "customers_transaction",
    (
        EXTERNAL_ID,
        BOOKED,
        ACCOUNT,
        Field("booked_on", "date", required=True),
        Field("booked_at", "moment"),
        choice("kind", TransactionKind, None),
        Field("amount", "money", required=True),
        Field("currency", "currency", required=True, fallback="account.currency"),
        Field("balance_after", "money"),
        text("channel", 20),
        text("counterparty", 80),
        text("purpose", 60),
    ),
    fixed={"product_id": "account.product_id", "line": "product.line_id", "repeats": "NULL::text"},
    whole=True,
    label=_("Transactions"),
    lists=("customers:customer_transactions",),
)
TARGETS = {one.name: one for one in (CUSTOMERS, ACCOUNTS, HOLDERS, STANDING_ORDERS, LOANS, HOLDINGS, TRANSACTIONS)}
RANKS = {name: rank for rank, name in enumerate(TARGETS)}


def register_target(target: Target) -> None:
    """Add a target whose table has `source_id` and `external_id` as those here have; it is loaded after those that are there.
    Called in an `AppConfig.ready`."""
    if target.name in TARGETS:
        raise ValueError(f"{target.name} is a target already: choose another name.")
    TARGETS[target.name] = target
    RANKS[target.name] = len(RANKS)


def import_url_for(user: Any, page: str) -> str:
    """Return where rows of a list are imported, the target chosen already; "" where they are not, or by somebody else."""
    target = next((one for one in TARGETS.values() if page in one.lists), None)
    if target is None or not user.has_perm("customers.add_importrun"):
        return ""
    return f"{reverse('customers:import_create')}?target={target.name}"
