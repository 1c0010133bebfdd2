from dataclasses import dataclass

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from customers.views.asking import add_errors
from pages.actions import Action
from pages.forms import form_helper
from pages.lists import SAVED_VIEWS, BulkAction, ListPage, render_list
from service.columns import ticket_columns
from service.filters.tickets import TicketFilter
from service.forms.tickets import TicketForm
from service.models import Ticket
from service.registries import fetched_for_list
from service.services.opening import open_ticket_with_words
from service.views.answers import ticket_answer
from service.views.page import opened_ticket, ticket_page, ticket_url
from staff.rate_limits import limited, searches


@dataclass(frozen=True)
class View:
    """A view that everybody has, as a tab before those that people saved."""

    pk: str
    name: str
    query: str


def desk_views():
    return [
        View("mine", _("Mine"), "state=open&assignee=me"),
        View("unassigned", _("Unassigned"), "state=open&assignee=none"),
        View("soon", _("Breaching soon"), "due=soon"),
        View("breached", _("Breached"), "due=breached"),
        View("open", _("All open"), "state=open"),
    ]


class TicketListing(ListPage):
    """Open tickets stand in the order of their deadlines, all tickets with the newest first: each has its index."""

    @property
    def keys(self):
        return super().keys if self.sort else ["due_at", "id"] if only_open(self.query) else ["-opened_at", "-id"]


def only_open(query):
    return query.get("state") == "open" or query.get("due") in ("soon", "breached")


@require_safe
@login_required
@permission_required("service.view_ticket", raise_exception=True)
@limited("search", when=searches)
def ticket_list(request):
    user = request.user
    seen = Ticket.objects.visible_to(user).unmerged().for_rows()
    saved = [view for source in SAVED_VIEWS for view in source(user, "service:ticket_list")]
    new = Action(_("New ticket"), reverse("service:ticket_create"), "plus", primary=True, key="n")
    may_answer = user.has_perm("service.answer_ticket")
    listing = TicketListing(
        request,
        filterset=TicketFilter(request.GET, queryset=fetched_for_list(user, seen), request=request),
        columns=ticket_columns(user, by_due=only_open(request.GET)),
        order=["-opened_at", "-id"],
        row_url=ticket_url,
        views=[*desk_views(), *saved],
        actions=[BulkAction(_("Change…"), reverse("service:ticket_bulk"), "edit")] if may_answer else [],
        export_url=reverse("service:ticket_export") if user.has_perm("service.export_ticket") else "",
        label=_("Tickets"),
        all_label=_("All"),
        empty=_("No ticket yet. One opens when a customer writes, or by New ticket."),
    )
    call = Action(_("Log call"), reverse("service:call_log"), "phone", key="l")
    actions = [call] if user.has_perm("customers.log_contact") and user.has_perm("service.add_ticket") else []
    actions += [new.unless(None if user.has_perm("service.add_ticket") else _("Your role does not open tickets."))]
    return render_list(request, "service/ticket_list.html", listing, actions=actions)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("service.view_ticket", raise_exception=True)
def ticket_detail(request, reference):
    """A ticket with all that was said; that somebody read a customer's words is logged. What is posted is an answer."""
    if request.method == "POST":
        return ticket_answer(request, reference)
    is_preview = request.htmx.target == "preview-body"
    ticket = opened_ticket(request, reference, "ticket_preview" if is_preview else "ticket")
    return ticket_page(request, ticket)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.add_ticket", raise_exception=True)
def ticket_create(request):
    """A new ticket, from the list or, with `?customer=`, from a customer's page."""
    customer = request.GET.get("customer", "")
    form = TicketForm(
        request.POST or None,
        user=request.user,
        initial={"customer": customer, "channel": request.GET.get("channel", "phone")},
    )
    back = f"/customers/{customer}/" if customer else reverse("service:ticket_list")
    form.helper = form_helper(form, _("Open ticket"), cancel_url=back)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(
                ticket_url(open_ticket_with_words(actor=request.user, at=timezone.now(), **form.cleaned_data))
            )
        except ValidationError as error:
            add_errors(form, error)
    crumbs = [(_("Tickets"), reverse("service:ticket_list")), (_("New ticket"), "")]
    context = {"form": form, "title": _("New ticket"), "crumbs": crumbs, "draft": "ticket", "suggests": True}
    return render(request, "service/form.html", context, status=422 if form.errors else 200)
