"""How the figures of a customer came about: back to accounts, holdings, loans and movements, and to the night that
wrote them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audit.explanations import Explainer, Explanation, Source, register_explainer
from customers.models import Account, Customer, Instalment
from customers.services.portraits import as_of
from customers.sql import fingerprint
from pages.formats import day, money, number
from staff.models import User

SHOWN = 12
Found = tuple[list[Source], list[tuple[str, str]]]


@dataclass(frozen=True)
class Question:
    """One figure: its name, what it counts, the statement that counts it, and where its rows are."""

    label: str | Promise
    rule: str | Promise
    statement: str
    rows: Callable[["Asked"], Found]
    days: int = 0
    is_money: bool = True


@dataclass(frozen=True)
class Asked:
    """Who asks about whom, as of which night, over which days."""

    reader: User
    customer: Customer
    night: date
    days: int

    @property
    def first(self) -> date:
        return self.night - timedelta(days=self.days - 1)

    def url(self, part: str) -> str:
        return f"/customers/{self.customer.reference}/{part}"


def accounts(asked: Asked) -> Found:
    rows = list(asked.customer.accounts.visible_to(asked.reader).order_by("-balance", "pk")[:SHOWN])
    sources = [
        Source(
            row.number,
            _balance(row),
            asked.url(f"accounts/{row.pk}/"),
        )
        for row in rows
    ]
    return sources, [("customers_account", str(row.pk)) for row in rows]


def _balance(account: Account) -> str:
    shown = money(account.balance, account.currency)
    on = day(account.balance_on)
    return _("%(amount)s on %(day)s") % {"amount": shown, "day": on} if account.balance_on else shown


def holdings(asked: Asked) -> Found:
    keys = asked.customer.holdings.visible_to(asked.reader).order_by("-pk").values_list("pk", flat=True)[:SHOWN]
    found = [("customers_holding", str(pk)) for pk in keys]
    return [Source(_("Products held"), number(len(found)), asked.url("accounts/#holdings"))], found


def loans(asked: Asked) -> Found:
    rows = list(asked.customer.loans.visible_to(asked.reader).order_by("-disbursed_on", "-pk")[:SHOWN])
    sources = [
        Source(row.number, money(row.principal, row.currency), asked.url(f"loans/{row.pk}/#schedule")) for row in rows
    ]
    due = Instalment.objects.filter(loan__in=rows, due_on__lt=asked.night).order_by("-due_on", "-pk")
    keys = due.values_list("pk", flat=True)[:SHOWN]
    return sources, [
        *(("customers_loan", str(row.pk)) for row in rows),
        *(("customers_instalment", str(pk)) for pk in keys),
    ]


def movements(asked: Asked) -> Found:
    """The movements of the window, and the imports that brought them: each is one event of the log."""
    seen = asked.customer.movements.visible_to(asked.reader)
    inside = seen.filter(booked_on__gte=asked.first, booked_on__lte=asked.night, currency=asked.customer.currency)
    brought = dict(inside.values_list("batch").annotate(n=Count("pk")).order_by("-n")[:SHOWN])
    window = f"transactions/?booked_after={asked.first}&booked_before={asked.night}"
    may_open = asked.reader.has_perm("customers.view_transaction")
    sources = [Source(_("Movements"), number(sum(brought.values())), asked.url(window) if may_open else "")]
    may_see_imports = asked.reader.has_perm("customers.view_importrun")
    sources += [
        Source(
            _("Import %(n)s") % {"n": pk} if pk else _("Without an import"),
            number(n),
            reverse("customers:import_detail", args=[pk]) if pk and may_see_imports else "",
        )
        for pk, n in brought.items()
    ]
    return sources, [("customers_transaction", str(pk)) for pk in brought if pk]


IN_30 = gettext_lazy("The last 30 days end on the business date, which is one of them. Other currencies are left out.")
IN_90 = gettext_lazy("The last 90 days end on the business date, which is one of them. Other currencies are left out.")
QUESTIONS = {
    "balance": Question(
        gettext_lazy("Balance"),
        gettext_lazy("The sum of the balances of all accounts in the customer's currency that were open on the day."),
        "account_standing",
        accounts,
    ),
    "holdings_value": Question(
        gettext_lazy("Products held"),
        gettext_lazy("The sum of the latest known values of the products held, from opening to closing."),
        "portrait_write",
        holdings,
    ),
    "loans_outstanding": Question(
        gettext_lazy("Loans outstanding"),
        gettext_lazy("What is owed on all loans that are not repaid: by recorded payments, else as the source says."),
        "loan_standing",
        loans,
    ),
    "overdue_days": Question(
        gettext_lazy("Days past due"),
        gettext_lazy("Days from the oldest unpaid instalment of the latest loan in arrears to the business date."),
        "loan_standing",
        loans,
        is_money=False,
    ),
    "n_30": Question(
        gettext_lazy("Movements in 30 days"), IN_30, "portrait_window", movements, days=30, is_money=False
    ),
    "inflow_30": Question(gettext_lazy("In, 30 days"), IN_30, "portrait_window", movements, days=30),
    "outflow_30": Question(gettext_lazy("Out, 30 days"), IN_30, "portrait_window", movements, days=30),
    "inflow_90": Question(gettext_lazy("In, 90 days"), IN_90, "portrait_window", movements, days=90),
    "outflow_90": Question(gettext_lazy("Out, 90 days"), IN_90, "portrait_window", movements, days=90),
}


def explain_portrait(reader: User, record: str, figure: str) -> Explanation | None:
    """How a figure of a customer came about, with rows as far as the reader sees them."""
    customer = Customer.objects.visible_to(reader).select_related("portrait").filter(reference=record.upper()).first()
    portrait = getattr(customer, "portrait", None)
    if customer is None or portrait is None:
        return None
    question = QUESTIONS[figure]
    asked = Asked(reader, customer, as_of() or portrait.as_of, question.days)
    sources, records = question.rows(asked)
    value = getattr(portrait, figure)
    return Explanation(
        title=question.label,
        value=money(value, portrait.currency) if question.is_money else number(value),
        rule=question.rule,
        crumbs=[(_("Customers"), reverse("customers:customer_list")), (customer.reference, asked.url(""))],
        facts=_facts(asked, portrait, question),
        sources=sources,
        run=portrait.run,
        records=records,
        note=_left_out(portrait.other_currency_n) if question.rows is movements else "",
    )


def _facts(asked: Asked, portrait: Any, question: Question) -> list[tuple[str, Any]]:
    """`as_of` of the row is the night that last wrote it; it holds until the latest night, which had nothing new."""
    window = [(_("Days counted"), f"{day(asked.first)} – {day(asked.night)}")] if question.days else []
    return [
        (_("Business date"), day(asked.night)),
        (_("Last changed for"), day(portrait.as_of)),
        *window,
        (_("Currency"), portrait.currency),
        (_("Rule"), f"{question.statement}.sql"),
        (_("Version of the rule"), fingerprint(question.statement)),
    ]


def _left_out(n: int) -> str:
    sentence = ngettext(
        "%(n)s movement in another currency is not in this sum.",
        "%(n)s movements in other currencies are not in this sum.",
        n,
    )
    return sentence % {"n": number(n)} if n else ""


def register() -> None:
    register_explainer("portrait", Explainer(explain_portrait, "customers.view_customer", tuple(QUESTIONS)))
