"""The agents' side: who waits, and one's chats side by side."""

import time

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.masking import Masked
from customers.models import Customer
from customers.services.reading import record_search
from service.chat_panes import list_of, pane_of, said_since
from service.models import Chat, EndedBy, Macro, Queue
from service.services import chat_stamps
from service.services.chat_transcripts import mail_transcript
from service.services.chats import (
    accept_chat,
    accept_next,
    end_chat,
    link_customer,
    note_read,
    send_file,
    transfer_chat,
    write_as_agent,
)
from service.services.macros import preview
from service.views.page import ticket_url
from staff.models import User
from staff.rate_limits import limited

PERMITTED = permission_required("service.answer_ticket", raise_exception=True)
MOST_PANES = 20


@require_safe
@login_required
@PERMITTED
def chat_desk(request):
    chats = Chat.objects.visible_to(request.user).with_agent(request.user).for_list()
    context = {
        "version": _version(request.user, []),
        "panes": [pane_of(request.user, chat) for chat in chats[:MOST_PANES]],
        **list_of(request.user),
    }
    return render(request, "service/chat_desk.html", context)


@require_safe
@login_required
@PERMITTED
@transaction.non_atomic_requests
def chat_news(request):
    """What is new for one agent since their stamp; 204, and no query about chats, where nothing is.

    `chats` holds the numbers of the open panes with the last message that each shows: `12:3401,15:3388`."""
    shown = _shown(request.GET.get("chats", ""))
    note = [number for number in _numbers(request.GET.get("typing", "")) if number in shown]
    if note:
        chat_stamps.note_typing(Chat.objects.with_agent(request.user).filter(pk__in=note).values_list("pk", flat=True))
    version = _version(request.user, list(shown))
    if request.GET.get("since") == version:
        return HttpResponse(status=204)
    signs = chat_stamps.signs_of(list(shown))
    seen = Chat.objects.visible_to(request.user).filter(pk__in=shown).for_list()
    return JsonResponse(
        {
            "version": version,
            "list": render_to_string("service/chat_desk.html#list", list_of(request.user), request),
            "mine": list(Chat.objects.with_agent(request.user).values_list("pk", flat=True)),
            "chats": [{**said_since(request, chat, shown[chat.pk]), "visitor": signs[chat.pk]} for chat in seen],
        }
    )


def _shown(text):
    """Return `{chat: last message shown}` of what a browser says that it shows."""
    pairs = [part.partition(":") for part in text.split(",")[:MOST_PANES]]
    return {int(chat): int(last or 0) for chat, _colon, last in pairs if _is_number(chat) and _is_number(last or "0")}


def _numbers(text):
    return [int(part) for part in text.split(",")[:MOST_PANES] if _is_number(part)]


def _is_number(text):
    return text.isdecimal() and len(text) < 19


def _version(user, chats):
    signs = ",".join(f"{number}{sign[0]}" for number, sign in sorted(chat_stamps.signs_of(chats).items()))
    return f"{chat_stamps.version_of(chat_stamps.desk_stamp_of(user.pk), str(user.pk), now=time.time())}.{signs}"


def acting(view):
    """Call the view with a chat that the person sees; what the services refuse is 422 with a sentence."""

    @require_POST
    @login_required
    @PERMITTED
    def answering(request, pk):
        chat = get_object_or_404(Chat.objects.visible_to(request.user), pk=pk)
        try:
            return view(request, chat) or HttpResponse(status=204)
        except ValidationError as error:
            return _refused(error)

    answering.__name__ = view.__name__
    return answering


def _refused(error):
    return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")


@require_safe
@login_required
@PERMITTED
def chat_pane(request, pk):
    chat = get_object_or_404(Chat.objects.visible_to(request.user).for_list(), pk=pk)
    return render(request, "service/chat_pane.html", {"pane": pane_of(request.user, chat)})


@require_POST
@login_required
@PERMITTED
def chat_next(request):
    """Take whoever waits longest; the answer names the chat, or says that nobody waits."""
    try:
        chat = accept_next(actor=request.user, at=timezone.now())
    except ValidationError as error:
        return _refused(error)
    if chat is None:
        return _refused(ValidationError(_("Nobody waits in your queues.")))
    return JsonResponse({"chat": chat.pk})


@acting
def chat_accept(request, chat):
    return JsonResponse({"chat": accept_chat(actor=request.user, chat_id=chat.pk, at=timezone.now()).pk})


@acting
def chat_write(request, chat):
    message = write_as_agent(
        actor=request.user,
        chat_id=chat.pk,
        text=request.POST.get("text", ""),
        client_id=request.POST.get("client_id", ""),
        macro=_macro(request.POST.get("macro", "")),
        at=timezone.now(),
    )
    return JsonResponse({"id": message.pk})


def _macro(number):
    return Macro.objects.filter(pk=number, is_active=True).first() if _is_number(number) else None


@acting
def chat_file(request, chat):
    if "file" not in request.FILES:
        raise ValidationError(_("Send a picture or a PDF."))
    message = send_file(
        actor=request.user, chat_id=chat.pk, file=request.FILES["file"],
        client_id=request.POST.get("client_id", ""), at=timezone.now(),
    )  # fmt: skip
    return JsonResponse({"id": message.pk})


@require_safe
@login_required
@PERMITTED
def chat_macro(request, pk, macro):
    """The words of a macro for a chat, filled in: the agent reads them before they are sent."""
    chat = get_object_or_404(Chat.objects.visible_to(request.user).for_list(), pk=pk)
    chosen = get_object_or_404(Macro, pk=macro, is_active=True)
    shown = preview(macro=chosen, ticket=chat.ticket, actor=request.user, today=timezone.localdate())
    return HttpResponse(shown.text, content_type="text/plain; charset=utf-8")


@acting
def chat_read(request, chat):
    if _is_number(request.POST.get("up_to", "")):
        note_read(actor=request.user, chat_id=chat.pk, up_to=int(request.POST["up_to"]), at=timezone.now())


@acting
def chat_end(request, chat):
    resolve = request.POST.get("resolve") == "1"
    end_chat(actor=request.user, chat_id=chat.pk, by=EndedBy.AGENT, at=timezone.now(), resolve=resolve)


@acting
def chat_transfer(request, chat):
    """Hand on to `agent:<number>` or `queue:<number>`."""
    kind, _colon, number = request.POST.get("to", "").partition(":")
    if kind not in ("agent", "queue") or not _is_number(number):
        raise ValidationError(_("Choose who or which queue takes the chat."))
    to = User.objects.filter(is_active=True, agent__isnull=False, pk=number).first() if kind == "agent" else None
    queue = Queue.objects.filter(is_active=True, pk=number).first() if kind == "queue" else None
    if not (to or queue) or (to and not to.has_perm("service.answer_ticket")):
        raise ValidationError(_("Choose who or which queue takes the chat."))
    transfer_chat(actor=request.user, chat_id=chat.pk, to=to, queue=queue, at=timezone.now())


@acting
def chat_link(request, chat):
    visible = Customer.objects.visible_to(request.user)
    customer = visible.filter(reference=request.POST.get("reference", "")[:16]).first()
    if customer is None:
        raise ValidationError(_("No customer matches."))
    link_customer(actor=request.user, chat_id=chat.pk, customer=customer, at=timezone.now())


@require_POST
@login_required
@PERMITTED
def chat_transcript(request, pk):
    """Send a chat that is over to its visitor by e-mail, from the ticket's page."""
    chat = get_object_or_404(Chat.objects.visible_to(request.user).select_related("ticket"), pk=pk)
    try:
        mail_transcript(actor=request.user, chat=chat, at=timezone.now())
        messages.success(request, _("The conversation is on its way by e-mail."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(ticket_url(chat.ticket))


@require_safe
@login_required
@PERMITTED
@limited("search")
def chat_customers(request):
    """Customers whom a chat may be of, as the list's search finds them."""
    text, masked = request.GET.get("q", "").strip(), Masked(request.user)
    visible = Customer.objects.visible_to(request.user)
    found = list(visible.matching(text).only("reference", "name", "restricted_at").order_by("-id")[:8]) if text else []
    record_search(text, found, "chat")
    return JsonResponse({"customers": [{"reference": one.reference, "name": masked.name(one)} for one in found]})
