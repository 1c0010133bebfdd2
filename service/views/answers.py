from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.views.asking import add_errors
from service.forms.tickets import AnswerForm, PropertiesForm
from service.models import Direction, TicketStatus
from service.services.answers import CameInBetween, answer_ticket
from service.services.changes import change_ticket, take_ticket
from service.services.tickets import set_status
from service.views.page import ticket_page, ticket_url, visible_ticket


@permission_required("service.answer_ticket", raise_exception=True)
def ticket_answer(request, reference):
    """Send an answer or a note. One that crossed another message comes back with it, and with what was typed."""
    ticket = visible_ticket(request, reference)
    form = AnswerForm(request.POST)
    came_in_after = None
    if form.is_valid():
        try:
            answer_ticket(actor=request.user, ticket_id=ticket.pk, at=timezone.now(), **form.cleaned_data)
            was_note = form.cleaned_data["direction"] == Direction.NOTE
            messages.success(request, _("Note kept.") if was_note else _("Answer sent."))
            return redirect(ticket_url(ticket))
        except CameInBetween as error:
            form, came_in_after = _asked_again(request, ticket, error), form.cleaned_data["seen"]
        except ValidationError as error:
            add_errors(form, error)
    return ticket_page(request, ticket, answer=form, came_in_after=came_in_after)


def _asked_again(request, ticket, error):
    """The same words, now beside what had come in: sent once more they are an answer to that too."""
    newest = ticket.messages.order_by("-id").values_list("pk", flat=True).first() or 0
    form = AnswerForm({**request.POST.dict(), "seen": newest})
    form.full_clean()
    form.add_error(None, error)
    return form


@require_POST
@login_required
@permission_required("service.answer_ticket", raise_exception=True)
def ticket_change(request, reference):
    ticket = visible_ticket(request, reference)
    form = PropertiesForm(request.POST, user=request.user, ticket=ticket)
    if form.is_valid():
        try:
            change_ticket(actor=request.user, ticket_id=ticket.pk, at=timezone.now(), **form.cleaned_data)
            return redirect(ticket_url(ticket))
        except PermissionDenied as error:
            form.add_error("assignee", str(error))
        except ValidationError as error:
            add_errors(form, error)
    return ticket_page(request, ticket, properties=form)


@require_POST
@login_required
@permission_required("service.answer_ticket", raise_exception=True)
def ticket_take(request, reference):
    ticket = visible_ticket(request, reference)
    return _done(request, ticket, lambda: take_ticket(actor=request.user, ticket_id=ticket.pk, at=timezone.now()))


@require_POST
@login_required
@permission_required("service.answer_ticket", raise_exception=True)
def ticket_status(request, reference, status):
    ticket = visible_ticket(request, reference)
    if status not in TicketStatus.values:
        raise Http404
    return _done(
        request,
        ticket,
        lambda: set_status(actor=request.user, ticket_id=ticket.pk, status=status, at=timezone.now()),
    )


def _done(request, ticket, service):
    try:
        service()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except PermissionDenied as error:
        messages.error(request, str(error))
    return redirect(ticket_url(ticket))
