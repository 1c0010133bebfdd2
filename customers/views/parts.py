"""What a customer has: accounts, loans, holdings, transactions, each with the rows beneath."""

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.filters.transactions import TransactionFilter
from customers.masking import Masked
from customers.models import AccountHolder, Customer
from customers.tables import (
    account_columns,
    holder_columns,
    holding_columns,
    instalment_columns,
    loan_columns,
    order_columns,
    transaction_columns,
)
from customers.views.frame import customer_url, frame, visible_customer
from pages.actions import Action
from pages.columns import opens
from pages.formats import amount, day, money, number, percent
from pages.lists import ListPage, render_list
from pages.templatetags.pages import figure
from products.models import LineCode

SHOWN = 200


@require_safe
@login_required
@permission_required("customers.view_customer", raise_exception=True)
def customer_accounts(request, reference):
    customer, user = visible_customer(request, reference, "accounts"), request.user
    base = customer_url(customer)
    line = request.GET.get("line", "")
    narrowed = {"product__line": line} if line in LineCode else {}
    accounts, loans, holdings = (
        kept.visible_to(user).filter(**narrowed).for_list()[:SHOWN]
        for kept in (customer.accounts, customer.loans, customer.holdings)
    )
    return render(
        request,
        "customers/customer_accounts.html",
        {
            **frame(request, customer, "accounts"),
            "tables": [
                (
                    "accounts",
                    _("Accounts"),
                    account_columns(),
                    accounts,
                    opens(lambda row: f"{base}accounts/{row.pk}/"),
                    _("No account."),
                ),
                (
                    "loans",
                    _("Loans"),
                    loan_columns(),
                    loans,
                    opens(lambda row: f"{base}loans/{row.pk}/"),
                    _("No loan."),
                ),
                (
                    "holdings",
                    _("Products held"),
                    holding_columns(user, customer.reference),
                    holdings,
                    None,
                    _("No product held."),
                ),
            ],
            "shown": SHOWN,
            "line": LineCode(line).label if narrowed else "",
        },
    )


@require_safe
@login_required
@permission_required("customers.view_transaction", raise_exception=True)
def customer_transactions(request, reference):
    customer = visible_customer(request, reference, "transactions")
    rows = customer.movements.visible_to(request.user).select_related("account", "product")
    listing = ListPage(
        request,
        filterset=TransactionFilter(request.GET, queryset=rows, request=request),
        columns=transaction_columns(),
        order=["-booked_on", "-id"],
        label=_("Transactions"),
        views=(),
        empty=_("No movement of money is recorded for this customer."),
    )
    return render_list(
        request, "customers/customer_transactions.html", listing, **frame(request, customer, "transactions")
    )


@require_safe
@login_required
@permission_required("customers.view_customer", raise_exception=True)
def account_detail(request, reference, pk):
    """An account with its holders, standing orders and what hangs on it."""
    customer, user = visible_customer(request, reference, "account", pk), request.user
    account = get_object_or_404(customer.accounts.visible_to(user).for_list(), pk=pk)
    holders = list(
        AccountHolder.objects.filter(account=account, customer__in=Customer.objects.visible_to(user)).select_related(
            "customer"
        )
    )
    hidden = AccountHolder.objects.filter(account=account).count() - len(holders)
    return render(
        request,
        "customers/account_detail.html",
        {
            **part_header(customer, account.number, user),
            "account": account,
            "pills": [(account.get_status_display(), "green" if account.status == "open" else "amber")],
            "facts": [account.product, account.product.line, _("opened on %(day)s") % {"day": day(account.opened_on)}],
            "actions": _transaction_action(user, customer, account),
            "figures": _account_figures(account),
            "holders": holders,
            "hidden": hidden,
            "holder_columns": holder_columns(user),
            "orders": account.standing_orders.order_by("id")[:SHOWN],
            "order_columns": order_columns(),
            "holdings": account.holdings.visible_to(user).for_list()[:SHOWN],
            "holding_columns": holding_columns(user, customer.reference),
            "holder_url": opens(lambda row: customer_url(row.customer)),
        },
    )


def part_header(customer, number, user):
    crumbs = [
        (_("Customers"), "/customers/"),
        (f"{customer.reference} {Masked(user).name(customer)}", customer_url(customer)),
        (_("Accounts, loans, products"), customer_url(customer, "accounts/")),
        (number, ""),
    ]
    return {"customer": customer, "title": number, "crumbs": crumbs}


def _transaction_action(user, customer, account):
    why_not = None if user.has_perm("customers.view_transaction") else _("Your role does not see transactions.")
    return [
        Action(_("Transactions"), customer_url(customer, f"transactions/?account={account.number}"), "list").unless(
            why_not
        )
    ]


def _as_of(at):
    return _("as of %(day)s") % {"day": day(at)} if at else ""


def _account_figures(account):
    version = account.product_version and f"v{account.product_version.number}"
    return [
        figure(_("Balance"), money(account.balance, account.currency), note=_as_of(account.balance_on)),
        figure(
            _("Product version"), version or "–", f"/products/versions/{account.product_version_id}/" if version else ""
        ),
        figure(_("Closed on"), day(account.closed_on)),
    ]


@require_safe
@login_required
@permission_required("customers.view_customer", raise_exception=True)
def loan_detail(request, reference, pk):
    """A loan with its schedule: what was due when, and what was paid."""
    customer, user, today = visible_customer(request, reference, "loan", pk), request.user, timezone.localdate()
    loan = get_object_or_404(
        customer.loans.visible_to(user).select_related("product__line", "product_version", "account"), pk=pk
    )
    return render(
        request,
        "customers/loan_detail.html",
        {
            **part_header(customer, loan.number, user),
            "loan": loan,
            "pills": [
                (
                    loan.get_reported_state_display(),
                    {"running": "blue", "repaid": "green"}.get(loan.reported_state, "red"),
                )
            ],
            "facts": [
                loan.product,
                loan.product.line,
                loan.get_method_display(),
                loan.purpose or _("use of funds not stated"),
            ],
            "figures": _loan_figures(loan, today),
            "terms": _loan_terms(loan),
            "today": today,
            "instalments": loan.instalments.order_by("number"),
            "columns": instalment_columns(today),
        },
    )


def _loan_figures(loan, today):
    sums = loan.instalments.aggregate(
        due=Sum("principal", filter=Q(due_on__lte=today)),
        unpaid=Count("pk", filter=Q(due_on__lt=today, paid_on=None)),
        paid=Count("pk", filter=Q(paid_on__isnull=False)),
    )
    return [
        figure(_("Principal"), money(loan.principal, loan.currency)),
        figure(_("Outstanding principal"), money(loan.outstanding, loan.currency), note=_as_of(loan.reported_on)),
        figure(
            _("Instalments paid"),
            _("%(paid)s of %(all)s") % {"paid": number(sums["paid"]), "all": number(loan.periods)},
        ),
        figure(
            _("Overdue instalments"),
            number(sums["unpaid"]),
            "#schedule" if sums["unpaid"] else "",
            "red" if sums["unpaid"] else "",
        ),
    ]


def _loan_terms(loan):
    return [
        (_("Annual rate"), percent(loan.annual_rate)),
        (_("Instalment"), amount(loan.instalment_amount)),
        (_("Disbursed on"), day(loan.disbursed_on)),
        (_("First due on"), day(loan.first_due_on)),
        (_("Matures on"), day(loan.matures_on)),
        (_("Account no."), loan.account),
        (_("Product version"), loan.product_version and f"v{loan.product_version.number}"),
    ]
