"""The chat of the public: no sign-in, no cookie. Whoever holds a chat's token, in the header `X-Chat-Token`, is its
visitor; as no cookie counts, another site can use none, and the views are exempt from Django's check of that.
"""

import json
from functools import wraps

from csp.decorators import csp_replace
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from audit.middleware import client_address
from service.chat_words import window_words
from service.models import EndedBy, MessageFile
from service.services.chat_transcripts import mail_transcript, transcript
from service.services.chat_windows import (
    chat_of,
    customer_named,
    is_staffed,
    messages_of,
    news_of,
    note_seen,
    queue_named,
)
from service.services.chats import end_chat, open_chat, rate_chat, send_file, write_as_visitor
from service.services.offline import leave_message
from service.views.files import attachment
from staff.rate_limits import wait_for

NO_STORE = {"Cache-Control": "no-store"}
LONGEST_BODY = 64 * 1024
WIDGET = "meridian/chat_widget.js"


@require_safe
def page(request):
    """The window itself, for a page of its own or for a frame on pages of CHAT_EMBED_ORIGINS."""
    language = request.GET.get("lang", "")
    if language not in dict(settings.LANGUAGES):
        language = translation.get_language()
    shown = csp_replace({"frame-ancestors": settings.CHAT_EMBED_ORIGINS or ["'none'"]})(_page)(request, language)
    shown.xframe_options_exempt = bool(settings.CHAT_EMBED_ORIGINS)
    return shown


def _page(request, language):
    queue = queue_named(request.GET.get("queue", ""))
    with translation.override(language):
        context = {
            "queue": queue.code if queue else "",
            "staffed": is_staffed(queue),
            "words": window_words(),
            "language": language,
            "file_bytes": settings.CHAT_FILE_BYTES,
            "file_mb": settings.CHAT_FILE_BYTES // 2**20,
            "embedders": settings.CHAT_EMBED_ORIGINS,
        }
        return _kept_by_nobody(render(request, "service/chat_public.html", context))


def _kept_by_nobody(response):
    response["Cache-Control"] = NO_STORE["Cache-Control"]
    return response


@require_safe
def widget(request):
    """The few lines that a company's page includes; other origins may load them."""
    script = (settings.ROOT / "static" / WIDGET).read_bytes()
    headers = {"Cache-Control": "public, max-age=3600", "Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers=headers)


def of_visitor(view):
    """Give the view the chat whose token was sent, or answer 404; what the services refuse is 422 with sentences."""

    @wraps(view)
    def answering(request, *args, **kwargs):
        chat = chat_of(request.headers.get("X-Chat-Token", ""), at=timezone.now())
        if chat is None:
            slow = wait_for("chat_write", f"stranger:{client_address(request)}")
            return _problem(_("This chat is not known here, or it is long over."), status=429 if slow else 404)
        if request.method == "POST" and (wait := wait_for("chat_write", f"chat:{chat.pk}")):
            return _problem(_("That was too much at once. Wait a moment."), status=429, headers={"Retry-After": wait})
        return _refusing(view, request, chat, *args, **kwargs)

    return answering


def _refusing(view, *args, **kwargs):
    try:
        return view(*args, **kwargs)
    except ValidationError as error:
        return _problem(" ".join(error.messages), status=422)


def _problem(sentence, *, status, headers=None):
    return JsonResponse({"detail": sentence}, status=status, headers={**NO_STORE, **(headers or {})})


def _sent(request):
    """What was sent as JSON: only that, as another site's form cannot send it without being asked for."""
    if request.content_type != "application/json" or int(request.headers.get("Content-Length") or 0) > LONGEST_BODY:
        raise ValidationError(_("Send a JSON object of at most 64 KiB."))
    try:
        sent = json.loads(request.body)
    except ValueError as error:
        raise ValidationError(_("Send a JSON object of at most 64 KiB.")) from error
    if not isinstance(sent, dict):
        raise ValidationError(_("Send a JSON object of at most 64 KiB."))
    return {name: value if isinstance(value, str) else "" for name, value in sent.items()}


def of_stranger(view):
    """A request that opens something: counted by its address."""

    @wraps(view)
    def answering(request):
        if wait := wait_for("chat_open", client_address(request)):
            return _problem(
                _("Too many chats were opened from here. Try again later."), status=429, headers={"Retry-After": wait}
            )
        return _refusing(view, request)

    return answering


@csrf_exempt
@require_POST
@of_stranger
def start(request):
    """Open a chat; asked again with the same token it answers with the same one."""
    sent, now = _sent(request), timezone.now()
    chat = open_chat(
        token=request.headers.get("X-Chat-Token", ""),
        name=sent.get("name", ""),
        subject=sent.get("subject", ""),
        language=_language(sent),
        queue=queue_named(sent.get("queue", "")),
        customer=customer_named(sent.get("customer_token", ""), at=now),
        at=now,
    )
    return JsonResponse(news_of(chat, after=0), status=201, headers=NO_STORE)


@csrf_exempt
@require_POST
@of_stranger
def leave(request):
    """A message left while nobody is there."""
    sent, now = _sent(request), timezone.now()
    ticket = leave_message(
        number=sent.get("client_id", ""),
        name=sent.get("name", ""),
        contact=sent.get("contact", ""),
        text=sent.get("subject", ""),
        language=_language(sent),
        queue=queue_named(sent.get("queue", "")),
        customer=customer_named(sent.get("customer_token", ""), at=now),
        at=now,
    )
    return JsonResponse({"reference": str(ticket)}, status=201, headers=NO_STORE)


def _language(sent):
    language = sent.get("language", "")
    return language if language in dict(settings.LANGUAGES) else ""


@require_safe
@of_visitor
def poll(request, chat):
    """What is new beyond the message `after`. While nothing is, service/middleware.py answers without coming here."""
    note_seen(chat, at=timezone.now())
    after = request.GET.get("after", "")
    return JsonResponse(
        news_of(chat, after=int(after) if after.isdecimal() and len(after) < 19 else 0), headers=NO_STORE
    )


@csrf_exempt
@require_POST
@of_visitor
def write(request, chat):
    sent = _sent(request)
    message = write_as_visitor(
        chat=chat, text=sent.get("text", ""), client_id=sent.get("client_id", ""), at=timezone.now()
    )
    return JsonResponse({"id": message.pk}, status=201, headers=NO_STORE)


@csrf_exempt
@require_POST
@of_visitor
def end(request, chat):
    end_chat(actor=None, chat_id=chat.pk, by=EndedBy.VISITOR, at=timezone.now())
    return JsonResponse(news_of(chat, after=0), headers=NO_STORE)


@csrf_exempt
@require_POST
@of_visitor
def rate(request, chat):
    rating = _sent(request).get("rating", "")
    rate_chat(chat=chat, rating=int(rating) if rating in set("12345") else 0, at=timezone.now())
    return JsonResponse({}, headers=NO_STORE)


@csrf_exempt
@require_POST
@of_visitor
def upload(request, chat):
    """A picture or a PDF of the visitor. A custom header is demanded, so that no other site's form can send one."""
    if int(request.headers.get("Content-Length") or 0) > settings.CHAT_FILE_BYTES + LONGEST_BODY:
        raise ValidationError(_("The file is larger than %(n)d MiB.") % {"n": settings.CHAT_FILE_BYTES // 2**20})
    if "file" not in request.FILES:
        raise ValidationError(_("Send a picture or a PDF."))
    message = send_file(
        actor=None, chat_id=chat.pk, file=request.FILES["file"], client_id=request.POST.get("client_id", ""),
        at=timezone.now(),
    )  # fmt: skip
    return JsonResponse({"id": message.pk}, status=201, headers=NO_STORE)


@require_safe
@of_visitor
def file(request, chat, pk):
    kept = get_object_or_404(MessageFile, pk=pk, message__in=messages_of(chat))
    return attachment(kept)


@csrf_exempt
@require_POST
@of_visitor
def send_transcript(request, chat):
    """Send the conversation to an address that the visitor names, once."""
    mail_transcript(actor=None, chat=chat, address=_sent(request).get("email", ""), at=timezone.now())
    return JsonResponse({}, status=201, headers=NO_STORE)


@require_safe
@of_visitor
def own_transcript(request, chat):
    """The chat as a text, to keep."""
    text = transcript(chat, messages_of(chat))
    name = f'attachment; filename="chat-{chat.ticket}.txt"'
    return HttpResponse(
        text, content_type="text/plain; charset=utf-8", headers={**NO_STORE, "Content-Disposition": name}
    )
