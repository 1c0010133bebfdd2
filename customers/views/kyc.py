"""The KYC tab of a customer, what is to be done for all of them, and the rules that it follows."""

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from customers.dated_rules import KYC_RULES
from customers.filters.kyc import KycTaskFilter
from customers.masking import Masked
from customers.models import KycFactor, KycRule, KycTask, KycTaskKind
from customers.rules.deadlines import tone_of_deadline
from customers.services.privacy_rules import working_calendar
from customers.views.dated_rules import changing, confirmed_pill
from customers.views.documents import DOCUMENT_COLUMNS, document_url, documents_of
from customers.views.frame import customer_url, frame, visible_customer
from customers.views.kyc_profiles import edd_part, profile_part
from customers.views.ownership import ownership_part
from pages.actions import Action
from pages.columns import Column, opens
from pages.formats import day, number
from pages.lists import ListPage, render_list
from pages.templatetags.pages import deadline, moment, pill_html

TASK_TONES = {KycTaskKind.DOCUMENT_EXPIRED: "red", KycTaskKind.DOCUMENT_EXPIRING: "amber", KycTaskKind.REVIEW: "blue"}


@require_safe
@login_required
@permission_required("customers.view_identitydocument", raise_exception=True)
def customer_kyc(request, reference):
    """What says who a customer is, and how well they are known."""
    customer, user = visible_customer(request, reference, "kyc"), request.user
    return render(
        request,
        "customers/customer_kyc.html",
        {
            **frame(request, customer, "kyc"),
            "documents": documents_of(user, customer),
            "document_columns": DOCUMENT_COLUMNS,
            "document_url": opens(document_url),
            "tasks": KycTask.objects.visible_to(user).open().for_list().filter(customer=customer).order_by("due_on"),
            "task_columns": task_columns(user, timezone.localdate())[:-2],
            "rating": profile_part(user, customer),
            "edd": edd_part(user, customer),
            "ownership": ownership_part(user, customer),
            "acts": _acts(user, customer),
        },
    )


def _acts(user, customer):
    why_not = None if user.has_perm("customers.add_identitydocument") else _("Customer service records documents.")
    return [Action(_("Record document"), customer_url(customer, "documents/new/"), "id", primary=True).unless(why_not)]


def task_columns(user, today):
    masked, calendar = Masked(user), working_calendar("CN", today)

    def due(row):
        tone = tone_of_deadline(today, row.due_on, is_working=calendar)
        return deadline(row.due_on, tone=tone, done=not row.is_open)

    return [
        Column("kind", gettext_lazy("What"), lambda row: pill_html(row.get_kind_display(), TASK_TONES[row.kind])),
        Column("document", gettext_lazy("Document"), lambda row: row.document.get_kind_display() if row.document else "–"),
        Column("due_on", gettext_lazy("Due"), due, sort="due_on"),
        Column("opened_at", gettext_lazy("Opened"), lambda row: moment(row.opened_at), sort="opened_at"),
        Column("closed_at", gettext_lazy("Done"), lambda row: moment(row.closed_at), default=False),
        Column("customer", gettext_lazy("Customer"), lambda row: f"{row.customer.reference} {masked.name(row.customer)}", link=True),
        Column("owner", gettext_lazy("Relationship owner"), lambda row: row.customer.relationship_owner or "–"),
    ]  # fmt: skip


@require_safe
@login_required
@permission_required("customers.view_kyctask", raise_exception=True)
def kyc_task_list(request):
    """What is to be done so that customers stay known, the next deadline first."""
    seen = KycTask.objects.visible_to(request.user).for_list()
    if "closed" not in request.GET:
        seen = seen.open()
    listing = ListPage(
        request,
        filterset=KycTaskFilter(request.GET, queryset=seen, request=request),
        columns=task_columns(request.user, timezone.localdate()),
        order=["due_on", "id"],
        row_url=lambda row: customer_url(row.customer, "kyc/"),
        search_field="",
        label=_("KYC tasks"),
        empty=_("Nothing is to be done: no identity document expires soon and no review is due."),
    )
    return render_list(request, "customers/kyc_task_list.html", listing)


RULE_COLUMNS = (
    Column("code", gettext_lazy("Rule"), lambda row: row.get_code_display()),
    Column("jurisdiction", gettext_lazy("Jurisdiction"), lambda row: row.jurisdiction or _("elsewhere")),
    Column("applies_from", gettext_lazy("Applies from"), lambda row: row.applies_from or "–", numeric=True),
    Column("span", gettext_lazy("Value"), lambda row: row.span),
    Column("valid_from", gettext_lazy("From"), lambda row: day(row.valid_from)),
    Column("valid_to", gettext_lazy("Until"), lambda row: day(row.valid_to)),
    Column("source", gettext_lazy("Source"), lambda row: row.source),
)


FACTOR_COLUMNS = (
    Column("code", gettext_lazy("Risk factor"), lambda row: row.get_code_display()),
    Column("value", gettext_lazy("Which"), lambda row: row.value or "–"),
    Column("least", gettext_lazy("From"), lambda row: number(row.least) if row.least else "–", numeric=True),
    Column("points", gettext_lazy("Points"), lambda row: number(row.points), numeric=True),
    Column("valid_from", gettext_lazy("Valid from"), lambda row: day(row.valid_from)),
    Column("valid_to", gettext_lazy("Until"), lambda row: day(row.valid_to)),
    Column("source", gettext_lazy("Source"), lambda row: row.source),
    Column("confirmed", gettext_lazy("Confirmed"), lambda row: confirmed_pill(row)),
)


@require_safe
@login_required
@permission_required("customers.view_kycrule", raise_exception=True)
def kyc_rule_list(request):
    """By which numbers customers are known: reminders, reviews, thresholds, and where each comes from."""
    today = timezone.localdate()
    in_force = KycRule.objects.visible_to(request.user).in_force(today)
    pages = changing(request.user, KYC_RULES, change="customers:kyc_rule_change", confirm="customers:kyc_rule_confirm")
    return render(
        request,
        "customers/kyc_rule_list.html",
        {
            "rules": in_force,
            "others": KycRule.objects.visible_to(request.user).exclude(pk__in=in_force.values("pk")),
            "columns": (*RULE_COLUMNS, Column("confirmed", gettext_lazy("Confirmed"), pages["confirmed"])),
            "factors": KycFactor.objects.order_by("code", "value"),
            "factor_columns": FACTOR_COLUMNS,
            "unsure": in_force.filter(needs_confirmation=True).count(),
            "today": today,
            **pages,
        },
    )
