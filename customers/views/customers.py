from datetime import timedelta

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.filters.customers import CustomerFilter
from customers.forms.interactions import ContactForm
from customers.masking import Masked
from customers.models import Customer
from customers.services.flows import monthly_balance, monthly_flow
from customers.services.interactions import log_contact
from customers.services.reading import open_customer
from customers.services.timeline import timeline_of
from customers.tables import RISK_TONE, STATUS_TONE, account_columns, customer_columns, holding_columns, loan_columns, transaction_columns
from pages.actions import Action
from pages.formats import day, money
from pages.forms import form_helper
from pages.keyset import keyset_page
from pages.lists import ListPage, render_list
from staff.exports import start_export

CHART_DAYS = 730
PERSONAL = [
    (gettext_lazy("Phone"), "phone"), (gettext_lazy("E-mail"), "email"), (gettext_lazy("Identity number"), "identity_number"),
    (gettext_lazy("Address"), "address"),
]  # fmt: skip
SHOWN = 50


@require_safe
@login_required
@permission_required("customers.view_customer", raise_exception=True)
def customer_list(request):
    seen = Customer.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=CustomerFilter(request.GET, queryset=seen),
        columns=customer_columns(request.user),
        order=["-id"],
        row_url=customer_url,
        export_url=reverse("customers:customer_export") if request.user.has_perm("customers.export_customer") else "",
        all_label=_("All customers"),
        empty=_("No customer is recorded yet. Import a file, or send customers over the API."),
    )
    return render_list(request, "customers/customer_list.html", listing)


def customer_url(customer):
    return f"/customers/{customer.reference}/"  # 50 rows a page: reverse() would cost more than the row


@require_POST
@login_required
@permission_required("customers.export_customer", raise_exception=True)
def customer_export(request):
    """Ask for the customers that match the list's filters as a file; it waits in the jobs."""
    job = start_export(
        actor=request.user, kind="customers.export", title=_("Export of customers"),
        parameters={"query": request.POST.get("query", ""), "format": request.POST.get("format", "csv")}, at=timezone.now(),
    )
    return redirect("staff:job_detail", job.pk)


def _customer(request, reference):
    seen = Customer.objects.visible_to(request.user).select_related("portrait", "relationship_owner", "source")
    return get_object_or_404(seen, reference=reference.upper())


@require_safe
@login_required
@permission_required("customers.view_customer", raise_exception=True)
def customer_detail(request, reference):
    """The customer in one screen; opening it is logged."""
    customer = _customer(request, reference)
    open_customer(customer)
    if request.htmx.target == "preview-body":
        return render(request, "customers/customer_preview.html", _header(request, customer))
    since = timezone.localdate() - timedelta(days=CHART_DAYS)
    kind = request.GET.get("kind", "")
    return render(request, "customers/customer_detail.html", {
        **_header(request, customer, "overview"), "kind": kind, "events": timeline_of(customer, kind=kind),
        "balance": monthly_balance(customer, since=since), "flow": monthly_flow(customer, since=since),
        "profile": _profile(customer),
    })  # fmt: skip


def _header(request, customer, tab=""):
    """What stands over every tab of a customer, masked for this reader."""
    masked, user = Masked(request.user), request.user
    name = masked.name(customer)
    return {
        "customer": customer, "portrait": getattr(customer, "portrait", None), "name": name,
        "pills": [(customer.get_risk_level_display(), RISK_TONE[customer.risk_level]),
                  (customer.get_status_display(), STATUS_TONE.get(customer.status, ""))],
        "facts": [customer.reference, customer.get_kind_display(), customer.city,
                  _("customer since %(day)s") % {"day": day(customer.joined_on)}],
        "crumbs": [(_("Customers"), reverse("customers:customer_list")), (customer.reference, "")],
        "personal": [(label, masked.of(customer, field)) for label, field in PERSONAL],
        "tabs": _tabs(user, customer, tab), "may_see_transactions": user.has_perm("customers.view_transaction"),
        "actions": [Action(_("Log contact"), reverse("customers:customer_contact", args=[customer.reference]), "phone", primary=True)
                    .unless(None if user.has_perm("customers.log_contact") else _("Customer service logs contacts."))],
    }  # fmt: skip


def _tabs(user, customer, tab):
    pages = [("overview", _("Overview"), "customer_detail", ""), ("accounts", _("Accounts, loans, products"), "customer_accounts", ""),
             ("transactions", _("Transactions"), "customer_transactions", "customers.view_transaction")]  # fmt: skip
    tabs = [
        {"label": label, "url": reverse(f"customers:{view}", args=[customer.reference]), "active": tab == key}
        for key, label, view, permission in pages
        if not permission or user.has_perm(permission)
    ]
    if user.has_perm("audit.view_event"):
        tabs.append({"label": _("History"), "url": reverse("audit:record_history", args=["customers_customer", customer.pk]), "active": False})
    return tabs


def _profile(customer):
    portrait = getattr(customer, "portrait", None)
    facts = [
        (_("Born in"), customer.birth_date and customer.birth_date.year), (_("Region"), customer.region),
        (_("Jurisdiction"), customer.jurisdiction), (_("Relationship owner"), customer.relationship_owner),
        (_("Source"), customer.source and f"{customer.source} {customer.external_id}"),
    ]  # fmt: skip
    if portrait:
        facts += [
            (_("Lifecycle"), portrait.get_lifecycle_display()), (_("Last movement"), day(portrait.last_on)),
            (_("In, 30 days"), money(portrait.inflow_30, portrait.currency)), (_("Out, 30 days"), money(portrait.outflow_30, portrait.currency)),
            (_("In, 90 days"), money(portrait.inflow_90, portrait.currency)), (_("Out, 90 days"), money(portrait.outflow_90, portrait.currency)),
        ]  # fmt: skip
    return facts


@require_safe
@login_required
@permission_required("customers.view_customer", raise_exception=True)
def customer_accounts(request, reference):
    customer = _customer(request, reference)
    return render(request, "customers/customer_accounts.html", {
        **_header(request, customer, "accounts"),
        "tables": [
            (_("Accounts"), account_columns(), customer.accounts.visible_to(request.user).for_list()[:SHOWN]),
            (_("Loans"), loan_columns(), customer.loans.visible_to(request.user).for_list()[:SHOWN]),
            (_("Products held"), holding_columns(request.user), customer.holdings.visible_to(request.user).for_list()[:SHOWN]),
        ],
    })  # fmt: skip


@require_safe
@login_required
@permission_required("customers.view_transaction", raise_exception=True)
def customer_transactions(request, reference):
    customer = _customer(request, reference)
    rows = customer.transactions.visible_to(request.user).select_related("account", "product")
    try:
        page = keyset_page(rows, order=["-booked_on", "-id"], cursor=request.GET.get("cursor"))
    except ValidationError:
        return HttpResponseRedirect(request.path)
    columns = transaction_columns()
    return render(request, "customers/customer_transactions.html", {
        **_header(request, customer, "transactions"), "page": page, "columns": columns,
    })  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.log_contact", raise_exception=True)
def customer_contact(request, reference):
    customer = _customer(request, reference)
    form = ContactForm(request.POST or None)
    form.helper = form_helper(_("Log contact"), cancel_url=customer_url(customer))
    if form.is_valid():
        try:
            log_contact(actor=request.user, customer_id=customer.pk, at=timezone.now(), **form.cleaned_data)
            return redirect("customers:customer_detail", customer.reference)
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "form": form, "title": _("Log contact with %(name)s") % {"name": Masked(request.user).name(customer)},
        "crumbs": [(_("Customers"), reverse("customers:customer_list")), (customer.reference, customer_url(customer)), (_("Log contact"), "")],
    }  # fmt: skip
    return render(request, "customers/customer_contact.html", context, status=422 if form.errors else 200)
