from datetime import timedelta

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.filters.customers import CustomerFilter
from customers.forms.interactions import ContactForm
from customers.masking import Masked
from customers.models import Customer
from customers.services.flows import monthly_balance, monthly_flow
from customers.services.interactions import log_contact
from customers.services.reading import open_customer
from customers.services.timeline import timeline_of
from customers.tables import account_columns, customer_columns, holding_columns, loan_columns, transaction_columns
from pages.keyset import keyset_page
from pages.lists import ListPage, render_list
from staff.services.jobs import start_job

CHART_DAYS = 730
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
    job = start_job(
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
    if request.GET.get("preview"):
        return render(request, "customers/customer_preview.html", _header(request, customer))
    since = timezone.localdate() - timedelta(days=CHART_DAYS)
    kind = request.GET.get("kind", "")
    return render(request, "customers/customer_detail.html", {
        **_header(request, customer), "tab": "overview", "kind": kind, "moments": timeline_of(customer, kind=kind),
        "charts": [monthly_balance(customer, since=since), monthly_flow(customer, since=since)],
    })  # fmt: skip


def _header(request, customer):
    masked = Masked(request.user)
    return {
        "customer": customer,
        "portrait": getattr(customer, "portrait", None),
        "name": masked.name(customer),
        "personal": [
            (label, masked.of(customer, field)) for field, label in
            (("phone", _("Phone")), ("email", _("E-mail")), ("identity_number", _("Identity number")), ("address", _("Address")))
        ],
        "may_log": request.user.has_perm("customers.log_contact"),
        "may_see_transactions": request.user.has_perm("customers.view_transaction"),
        "may_see_log": request.user.has_perm("audit.view_event"),
    }  # fmt: skip


@require_safe
@login_required
@permission_required("customers.view_customer", raise_exception=True)
def customer_accounts(request, reference):
    customer = _customer(request, reference)
    return render(request, "customers/customer_accounts.html", {
        **_header(request, customer), "tab": "accounts",
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
        **_header(request, customer), "tab": "transactions", "page": page, "columns": columns,
    })  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.log_contact", raise_exception=True)
def customer_contact(request, reference):
    customer = _customer(request, reference)
    form = ContactForm(request.POST or None)
    if form.is_valid():
        try:
            log_contact(actor=request.user, customer_id=customer.pk, at=timezone.now(), **form.cleaned_data)
            return redirect("customers:customer_detail", customer.reference)
        except ValidationError as error:
            form.add_error(None, error)
    context = {**_header(request, customer), "form": form}
    return render(request, "customers/customer_contact.html", context, status=422 if form.errors else 200)
