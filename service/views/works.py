"""Work on a ticket beside talking: sub-tasks, links, merging."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.views.asking import ask
from service.forms.desk import LinkForm, OtherTicketForm, SubtaskForm
from service.models import Subtask
from service.services.merging import merge_tickets, unmerge_ticket
from service.services.works import add_subtask, link_tickets, tick_subtask
from service.views.page import ticket_url, visible_ticket


def _crumbs(ticket):
    return [(_("Tickets"), reverse("service:ticket_list")), (ticket.reference, ticket_url(ticket))]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.answer_ticket", raise_exception=True)
def subtask_add(request, reference):
    ticket = visible_ticket(request, reference)
    keep = lambda cleaned: add_subtask(actor=request.user, ticket_id=ticket.pk, **cleaned)  # noqa: E731
    form = SubtaskForm(request.POST or None)
    return ask(request, form, title=_("Add sub-task"), crumbs=_crumbs(ticket), service=keep, then=ticket_url(ticket))


@require_POST
@login_required
@permission_required("service.answer_ticket", raise_exception=True)
def subtask_tick(request, reference, pk):
    ticket = visible_ticket(request, reference)
    get_object_or_404(Subtask, ticket=ticket, pk=pk)
    tick_subtask(actor=request.user, ticket_id=ticket.pk, pk=pk, at=timezone.now())
    return redirect(ticket_url(ticket))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.answer_ticket", raise_exception=True)
def link_add(request, reference):
    ticket = visible_ticket(request, reference)

    def keep(cleaned):
        link_tickets(actor=request.user, ticket_id=ticket.pk, other_id=cleaned["other"].pk, kind=cleaned["kind"])

    form = LinkForm(request.POST or None, user=request.user)
    return ask(request, form, title=_("Link a ticket"), crumbs=_crumbs(ticket), service=keep, then=ticket_url(ticket))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.merge_ticket", raise_exception=True)
def ticket_merge(request, reference):
    """Everything of this ticket goes into another; that can be undone on this one's page."""
    ticket = visible_ticket(request, reference)

    def keep(cleaned):
        merge_tickets(actor=request.user, source_id=ticket.pk, target_id=cleaned["other"].pk, at=timezone.now())

    form = OtherTicketForm(request.POST or None, user=request.user)
    form.fields["other"].label = _("Goes into ticket no.")
    title = _("Merge %(ticket)s") % {"ticket": ticket}
    return ask(
        request, form, title=title, verb=_("Merge"), crumbs=_crumbs(ticket), service=keep, then=ticket_url(ticket)
    )


@require_POST
@login_required
@permission_required("service.merge_ticket", raise_exception=True)
def ticket_unmerge(request, reference):
    ticket = visible_ticket(request, reference)
    try:
        unmerge_ticket(actor=request.user, source_id=ticket.pk, at=timezone.now())
        messages.success(request, _("The tickets are parted again."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(ticket_url(ticket))
