"""What a file may hold: seven targets and those of rooms above, each with its table, its fields and what fills a field
that the mapping leaves out.
"""

from dataclasses import dataclass, field

from django.db.models import Choices

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
    kind: (
        str  # text | date | moment | money | number | whole | choice | currency | customer | account | product | sealed
    )
    required: bool = False
    longest: int = 0
    choices: type[Choices] | None = None
    fallback: str = ""
    column: str = ""

    @property
    def db_column(self) -> str:
        return self.column or self.name


@dataclass(frozen=True)
class Target:
    """A table that rows go to. `fixed` are columns that no mapping fills, with their SQL."""

    name: str
    table: str
    fields: tuple[Field, ...]
    fixed: dict[str, str] = field(default_factory=dict)
    whole: bool = False  # every field is in the result, filled or not

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


def _text(name: str, longest: int) -> Field:
    return Field(name, "text", longest=longest, fallback="''")


def _choice(name: str, choices: type[Choices], default: str | None) -> Field:
    return Field(
        name, "choice", choices=choices, required=default is None, fallback="" if default is None else f"'{default}'"
    )


CUSTOMERS = Target(
    "customers",
    "customers_customer",
    (
        EXTERNAL_ID,
        _choice("kind", CustomerKind, "individual"),
        Field("name", "text", required=True, longest=160),
        _choice("sex", Sex, ""),
        Field("birth_date", "date"),
        Field("phone", "sealed", longest=40),
        Field("email", "sealed", longest=254),
        Field("address", "sealed", longest=500),
        _choice("identity_kind", IdentityKind, ""),
        Field("identity_number", "sealed", longest=64),
        _choice("status", CustomerStatus, "active"),
        _choice("risk_level", CustomerRisk, "low"),
        _text("region", 40),
        _text("city", 60),
        _text("jurisdiction", 2),
        _text("language", 10),
        Field("currency", "currency", required=True),
        Field("joined_on", "date", required=True),
    ),
    fixed={"lines": "'{}'"},
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
        _choice("status", AccountStatus, "open"),
        Field("opened_on", "date", required=True),
        Field("closed_on", "date"),
    ),
    fixed={**OF_VERSION, "terms": "'{}'"},
)
HOLDERS = Target(
    "holders",
    "customers_accountholder",
    (
        EXTERNAL_ID,
        Field("account", "account", required=True, column="account_id"),
        Field("customer", "customer", required=True, column="customer_id"),
        _choice("role", HolderRole, None),
    ),
)
STANDING_ORDERS = Target(
    "standing_orders",
    "customers_standingorder",
    (
        EXTERNAL_ID,
        Field("account", "account", required=True, column="account_id"),
        Field("amount", "money", required=True),
        Field("currency", "currency", required=True, fallback="account.currency"),
        _text("payee_bank", 40),
        _text("payee_account", 40),
        _text("purpose", 60),
    ),
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
        _choice("method", RepayMethod, "equal_instalment"),
        Field("instalment_amount", "money"),
        Field("disbursed_on", "date", required=True),
        Field("first_due_on", "date", fallback="(t.disbursed_on + interval '1 month')::date"),
        Field("matures_on", "date", fallback="(t.disbursed_on + make_interval(months => t.periods))::date"),
        _choice("reported_state", LoanState, "running"),
        Field("reported_on", "date"),
        Field("outstanding", "money"),
        _text("purpose", 80),
    ),
    fixed=OF_VERSION,
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
        _choice("status", HoldingStatus, "active"),
        Field("opened_on", "date", required=True),
        Field("matures_on", "date"),
        Field("closed_on", "date"),
    ),
    fixed={**OF_VERSION, "terms": "'{}'"},
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
        _choice("kind", TransactionKind, None),
        Field("amount", "money", required=True),
        Field("currency", "currency", required=True, fallback="account.currency"),
        Field("balance_after", "money"),
        _text("channel", 20),
        _text("counterparty", 80),
        _text("purpose", 60),
    ),
    fixed={"product_id": "account.product_id", "line": "product.line_id", "repeats": "NULL::text"},
    whole=True,
)
TARGETS = {one.name: one for one in (CUSTOMERS, ACCOUNTS, HOLDERS, STANDING_ORDERS, LOANS, HOLDINGS, TRANSACTIONS)}
RANKS = {name: rank for rank, name in enumerate(TARGETS)}


def register_target(target: Target) -> None:
    """Add a target of a room above, whose table has `source_id` and `external_id` as those here have; it is loaded after
    them. Called in an `AppConfig.ready`."""
    if target.name in TARGETS:
        raise ValueError(f"{target.name} is a target already: choose another name.")
    TARGETS[target.name] = target
    RANKS[target.name] = len(RANKS)
