"""Columns of the customers' lists, on the page and in exports."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.masking import Masked, mask_field
from customers.models import CustomerRisk, CustomerStatus, Lifecycle
from pages.formats import amount, day, number, percent
from pages.lists import Column
from pages.templatetags.pages import masked as masked_html
from pages.templatetags.pages import pill_html

RISK_TONE = {CustomerRisk.LOW: "green", CustomerRisk.MEDIUM: "amber", CustomerRisk.HIGH: "red"}
STATUS_TONE = {CustomerStatus.ACTIVE: "green", CustomerStatus.REVIEW: "amber", CustomerStatus.FROZEN: "red"}


def _portrait(row: Any, name: str) -> Any:
    """A portrait's value; a customer whom no night has seen yet has none."""
    portrait = getattr(row, "portrait", None)
    return getattr(portrait, name) if portrait else None


def _overdue(row: Any) -> str | None:
    days = _portrait(row, "overdue_days")
    return pill_html(number(days), "red") if days else number(days)


def _pills(choices: Any, tones: dict[str, str]) -> dict[str, Any]:
    """The pill of each choice, made once for all rows."""
    return {value: pill_html(label, tones.get(value, "")) for value, label in choices.choices}


def customer_columns(user: Any) -> Sequence[Column]:
    """Columns of the customer list as `user` may read them."""
    masked = Masked(user)
    risks, statuses = _pills(CustomerRisk, RISK_TONE), _pills(CustomerStatus, STATUS_TONE)
    lifecycles = dict(Lifecycle.choices)
    return (
        Column("reference", _("Customer no."), lambda row: row.reference, sort="id", mono=True),
        Column("name", _("Name"), masked.name, sort="name"),
        Column("identity", _("Identity number"), lambda row: masked.of(row, "identity_number"), mono=True),
        Column("phone", _("Phone"), lambda row: masked.of(row, "phone"), mono=True, default=False),
        Column("kind", _("Kind"), lambda row: row.get_kind_display(), default=False),
        Column("risk", _("Risk"), lambda row: risks[row.risk_level]),
        Column("status", _("Status"), lambda row: statuses[row.status]),
        Column("region", _("Region"), lambda row: row.region, default=False),
        Column("city", _("City"), lambda row: row.city),
        Column(
            "balance",
            _("Balance"),
            lambda row: amount(_portrait(row, "balance")),
            sort="portrait__balance",
            numeric=True,
        ),
        Column("currency", _("Currency"), lambda row: row.currency),
        Column(
            "movements",
            _("Movements, 30 days"),
            lambda row: number(_portrait(row, "n_30")),
            numeric=True,
            default=False,
        ),
        Column("overdue", _("Days past due"), lambda row: _overdue(row), numeric=True, default=False),
        Column("lifecycle", _("Lifecycle"), lambda row: lifecycles.get(_portrait(row, "lifecycle"), "–")),
        Column("last_on", _("Last movement"), lambda row: day(_portrait(row, "last_on"))),
        Column("joined", _("Customer since"), lambda row: day(row.joined_on), sort="joined_on", default=False),
        Column("owner", _("Owner"), lambda row: row.relationship_owner or "–"),
    )


def account_columns() -> Sequence[Column]:
    return (
        Column("number", _("Account no."), lambda row: row.number, mono=True),
        Column("product", _("Product"), lambda row: row.product),
        Column("line", _("Line"), lambda row: row.product.line),
        Column(
            "version",
            _("Version"),
            lambda row: row.product_version.number if row.product_version else None,
            numeric=True,
        ),
        Column("status", _("Status"), lambda row: row.get_status_display()),
        Column("opened", _("Opened on"), lambda row: day(row.opened_on)),
        Column("balance", _("Balance"), lambda row: amount(row.balance), numeric=True),
        Column("currency", _("Currency"), lambda row: row.currency),
        Column("balance_on", _("Balance as of"), lambda row: day(row.balance_on)),
    )


def loan_columns() -> Sequence[Column]:
    return (
        Column("number", _("Loan no."), lambda row: row.number, mono=True),
        Column("product", _("Product"), lambda row: row.product),
        Column("principal", _("Principal"), lambda row: amount(row.principal), numeric=True),
        Column("outstanding", _("Outstanding principal"), lambda row: amount(row.outstanding), numeric=True),
        Column("currency", _("Currency"), lambda row: row.currency),
        Column("rate", _("Annual rate"), lambda row: percent(row.annual_rate), numeric=True),
        Column("periods", _("Instalments"), lambda row: number(row.periods), numeric=True),
        Column("state", _("State"), lambda row: row.get_reported_state_display()),
        Column("disbursed", _("Disbursed on"), lambda row: day(row.disbursed_on)),
        Column("matures", _("Matures on"), lambda row: day(row.matures_on)),
    )


def _card(row: Any, masked: Masked, home: str) -> Any:
    url = f"{home}holdings/{row.pk}/reveal/" if home and row.card_number else ""
    return masked_html(masked.of(row, "card_number"), url)


def holding_columns(user: Any, reference: str) -> Sequence[Column]:
    """Columns of what the customer of that number holds; an eye beside a card for those who may reveal it."""
    masked = Masked(user)
    home = f"/customers/{reference}/" if user.has_perm("customers.reveal_field") else ""
    return (
        Column("product", _("Product"), lambda row: row.product),
        Column("line", _("Line"), lambda row: row.product.line),
        Column("units", _("Units"), lambda row: number(row.units, 4), numeric=True),
        Column("value", _("Value"), lambda row: amount(row.value), numeric=True),
        Column("currency", _("Currency"), lambda row: row.currency),
        Column("card", _("Card number"), lambda row: _card(row, masked, home), mono=True),
        Column("status", _("Status"), lambda row: row.get_status_display()),
        Column("opened", _("Since"), lambda row: day(row.opened_on)),
        Column("matures", _("Matures on"), lambda row: day(row.matures_on)),
    )


def transaction_columns() -> Sequence[Column]:
    return (
        Column("booked", _("Business date"), lambda row: day(row.booked_on)),
        Column("id", _("Number at its source"), lambda row: row.external_id, mono=True, default=False),
        Column("kind", _("Kind"), lambda row: row.get_kind_display()),
        Column("product", _("Product"), lambda row: row.product or row.account),
        Column("purpose", _("Purpose"), lambda row: row.purpose),
        Column("counterparty", _("Counterparty"), lambda row: row.counterparty),
        Column("channel", _("Channel"), lambda row: row.channel),
        Column("amount", _("Amount"), lambda row: amount(row.amount), numeric=True),
        Column("currency", _("Currency"), lambda row: row.currency),
        Column("balance", _("Balance after"), lambda row: amount(row.balance_after), numeric=True),
    )


def instalment_columns(today: date) -> Sequence[Column]:
    return (
        Column("number", _("No."), lambda row: number(row.number), numeric=True),
        Column("due", _("Due on"), lambda row: day(row.due_on)),
        Column("principal", _("Principal"), lambda row: amount(row.principal), numeric=True),
        Column("interest", _("Interest"), lambda row: amount(row.interest), numeric=True),
        Column("fee", _("Fee"), lambda row: amount(row.fee), numeric=True),
        Column("total", _("To be paid"), lambda row: amount(row.amount), numeric=True),
        Column("paid", _("Paid"), lambda row: amount(row.paid), numeric=True),
        Column("paid_on", _("Paid in full on"), lambda row: day(row.paid_on)),
        Column("state", _("State"), lambda row: _instalment_pill(row, today)),
    )


def _instalment_pill(row: Any, today: date) -> Any:
    if row.paid_on:
        return pill_html(_("Paid late"), "amber") if row.paid_on > row.due_on else pill_html(_("Paid"), "green")
    return pill_html(_("Overdue"), "red") if row.due_on < today else pill_html(_("Not due yet"))


def holder_columns(user: Any) -> Sequence[Column]:
    masked = Masked(user)
    return (
        Column("reference", _("Customer no."), lambda row: row.customer.reference, mono=True),
        Column("name", _("Name"), lambda row: masked.name(row.customer)),
        Column("role", _("Role"), lambda row: row.get_role_display()),
    )


def order_columns() -> Sequence[Column]:
    return (
        Column("purpose", _("Purpose"), lambda row: row.purpose),
        Column("bank", _("Payee's bank"), lambda row: row.payee_bank),
        Column("payee", _("Payee's account"), lambda row: mask_field("card_number", row.payee_account), mono=True),
        Column("amount", _("Amount"), lambda row: amount(row.amount), numeric=True),
        Column("currency", _("Currency"), lambda row: row.currency),
    )
