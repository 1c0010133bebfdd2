from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.templatetags.why import why
from customers.filters.customers import CustomerFilter
from customers.forms.exports import ExportReasonForm
from customers.forms.interactions import ContactForm
from customers.masking import Masked
from customers.models import Customer
from customers.panels import panels_of
from customers.services.exports import export_customers, needs_approval
from customers.services.flows import monthly_balance, monthly_flow
from customers.services.interactions import log_contact
from customers.services.reading import record_search
from customers.services.timeline import timeline_of
from customers.tables import customer_columns
from customers.views.frame import customer_url, frame, personal_facts, reveal_url, visible_customer
from customers.views.listing import CustomerListing
from pages.formats import day, money
from pages.lists import render_list
from pages.templatetags.pages import masked
from staff.bulk import bulk_action
from staff.models import ChangeRequest
from staff.rate_limits import limited, searches
from staff.reauth import recently_authenticated
from staff.views.waiting import say_waiting

CHART_DAYS = 730


@require_safe
@login_required
@permission_required("customers.view_customer", raise_exception=True)
@limited("search", when=searches)
def customer_list(request):
    seen = Customer.objects.visible_to(request.user).for_list()
    listing = CustomerListing(
        request,
        filterset=CustomerFilter(request.GET, queryset=seen, request=request),
        columns=customer_columns(request.user),
        order=["-id"],
        row_url=customer_url,
        actions=bulk_action("customers", request.user),
        export_url=reverse("customers:customer_export") if request.user.has_perm("customers.export_customer") else "",
        label=_("Customers"),
        all_label=_("All customers"),
        empty=_("No customer is recorded yet. Import a file, or send customers over the API."),
    )
    record_search(request.GET.get("q", ""), listing.page.rows, "list")
    return render_list(request, "customers/customer_list.html", listing)


@require_POST
@login_required
@permission_required("customers.export_customer", raise_exception=True)
@limited("export")
@recently_authenticated
def customer_export(request):
    """Ask for the customers that match the list's filters as a file; it waits in the jobs, a large one for approval."""
    asked = {"query": request.POST.get("query", ""), "format": request.POST.get("format", "csv")}
    try:
        if needs_approval(request.user, asked["query"]) and "reason" not in request.POST:
            return _ask_why(request, ExportReasonForm(initial=asked))
        made = export_customers(actor=request.user, reason=request.POST.get("reason", ""), at=timezone.now(), **asked)
    except ValidationError as error:
        if "reason" in request.POST:
            form = ExportReasonForm(request.POST)
            form.add_error(None, error.messages)
            return _ask_why(request, form)
        messages.error(request, " ".join(error.messages))
        return redirect("customers:customer_list")
    if isinstance(made, ChangeRequest):
        return redirect("staff:change_detail", say_waiting(request, made).pk)
    return redirect("staff:job_detail", made.pk)


def _ask_why(request, form):
    context = {"form": form, "alone": settings.EXPORT_ROWS_ALONE}
    return render(request, "customers/customer_export.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
@permission_required("customers.view_customer", raise_exception=True)
def customer_detail(request, reference):
    """The customer in one screen; opening it is logged."""
    is_preview = request.htmx.target == "preview-body"
    customer = visible_customer(request, reference, "preview" if is_preview else "overview")
    header = frame(request, customer, "overview")
    if is_preview:
        return render(
            request, "customers/customer_preview.html", {**header, "personal": personal_facts(request.user, customer)}
        )
    kind, today = request.GET.get("kind", ""), timezone.localdate()
    bounds = {"since": today - timedelta(days=CHART_DAYS), "until": today, "lines": request.user.business_lines}
    return render(
        request,
        "customers/customer_detail.html",
        {
            **header,
            "kind": kind,
            "panels": panels_of(request.user, customer),
            "events": timeline_of(customer, reader=request.user, kind=kind),
            "balance": monthly_balance(customer, **bounds),
            "flow": monthly_flow(customer, **bounds),
            "profile": [*personal_facts(request.user, customer), *_profile(request.user, customer)],
            "activity": _activity(customer),
        },
    )


def _profile(user, customer):
    born = customer.birth_date and masked(customer.birth_date.year, reveal_url(user, customer, "birth_date"))
    return [
        *_hidden_name(user, customer),
        (_("Born in"), born),
        (_("Region"), customer.region),
        (_("Jurisdiction"), customer.jurisdiction),
        (_("Relationship owner"), customer.relationship_owner),
        (_("Source"), customer.source and f"{customer.source} {customer.external_id}"),
    ]


def _hidden_name(user, customer):
    """The name with its eye, for who reads it masked over the page and may reveal it."""
    shown, url = Masked(user), reveal_url(user, customer, "name")
    return [(_("Name"), masked(shown.name(customer), url))] if url and not shown.may_name(customer) else []


def _activity(customer):
    portrait = getattr(customer, "portrait", None)
    if portrait is None:
        return []

    def explained(key, label):
        return format_html("{}{}", label, why("portrait", customer.reference, key, label))

    return [
        (_("Lifecycle"), portrait.get_lifecycle_display()),
        (_("First movement"), day(portrait.first_on)),
        (_("Last movement"), day(portrait.last_on)),
        (explained("inflow_30", _("In, 30 days")), money(portrait.inflow_30, portrait.currency)),
        (explained("outflow_30", _("Out, 30 days")), money(portrait.outflow_30, portrait.currency)),
        (explained("inflow_90", _("In, 90 days")), money(portrait.inflow_90, portrait.currency)),
        (explained("outflow_90", _("Out, 90 days")), money(portrait.outflow_90, portrait.currency)),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.log_contact", raise_exception=True)
def customer_contact(request, reference):
    customer, now = visible_customer(request, reference, "contact" if request.method == "GET" else ""), timezone.now()
    form = ContactForm(request.POST or None, initial={"at": now}, cancel_url=customer_url(customer))
    if form.is_valid():
        try:
            log_contact(actor=request.user, customer_id=customer.pk, now=now, **form.cleaned_data)
            return redirect(customer_url(customer))
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "form": form,
        "title": _("Log contact with %(name)s") % {"name": Masked(request.user).name(customer)},
        "crumbs": [
            (_("Customers"), reverse("customers:customer_list")),
            (customer.reference, customer_url(customer)),
            (_("Log contact"), ""),
        ],
    }
    return render(request, "customers/customer_contact.html", context, status=422 if form.errors else 200)
