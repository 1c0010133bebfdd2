"""What people and programs outside reach without signing in: whoever holds a message's token may end such messages; a
provider that signs may tell what became of one."""

import json
import time
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.middleware import client_address
from marketing.gateways import gateway_named
from marketing.models import Link, Provider, ResponseKind
from marketing.services.clicks import follow
from marketing.services.responses import Event, may_be_tracked, note_response, recipient_of_token, take_events
from service.rules.signatures import is_signed
from staff.rate_limits import limited, wait_for

LARGEST = 2 * 2**20
MOST_EVENTS = 1_000
DOT = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;"
)


@csrf_exempt  # RFC 8058: a mail program posts here for its owner, without a cookie; the token is the key
@require_http_methods(["GET", "POST"])
@limited("unsubscribe")
def unsubscribe(request, token):
    """Ask whether somebody wants no more of these messages; a POST is their word. Opening the page keeps nothing: programs
    open links in mails too."""
    recipient = recipient_of_token(token)
    if recipient is None:
        return render(request, "marketing/unsubscribe.html", {"is_gone": True}, status=404)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and recipient.language:
        translation.activate(recipient.language)
        request.LANGUAGE_CODE = translation.get_language()
    is_done = request.method == "POST"
    if is_done:
        note_response(recipient=recipient, kind=ResponseKind.UNSUBSCRIBED, at=timezone.now())
    return render(
        request, "marketing/unsubscribe.html",
        {"is_done": is_done, "channel": recipient.campaign.provider.get_channel_display()},
    )  # fmt: skip


@require_safe
def opened(request, token):
    """A dot of one pixel in an e-mail. That this very person opened it is kept only where they agreed to that."""
    recipient, at = recipient_of_token(token), timezone.now()
    if recipient is not None and request.method == "GET" and may_be_tracked(recipient, at):
        note_response(recipient=recipient, kind=ResponseKind.OPENED, at=at)
    # The same dot for a token that is nobody's: nothing can be learned here.
    return HttpResponse(DOT, content_type="image/gif", headers={"Cache-Control": "no-store"})


BOTS = ("bot", "crawl", "spider", "preview", "scan", "proxy", "curl", "python", "monitor", "safelinks", "barracuda")


@require_safe
@limited("short_link")
def link(request, code, token=""):
    """Lead to where a link of a message goes, and nowhere else. What only looks at it (HEAD, fetching beforehand, programs)
    is led there and counts for nothing."""
    known = get_object_or_404(Link.objects.select_related("message"), code=code)
    agent = request.headers.get("User-Agent", "").lower()
    ahead = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")).lower()
    is_person = request.method == "GET" and bool(agent) and not ahead and not any(word in agent for word in BOTS)
    recipient = recipient_of_token(token) if token else None
    url = follow(link=known, recipient=recipient, is_person=is_person, at=timezone.now())
    answer = HttpResponseRedirect(url)
    answer["Cache-Control"], answer["Referrer-Policy"] = "no-store", "no-referrer"
    return answer


@csrf_exempt  # no cookie counts here: the signature does
@require_POST
def provider_hook(request, code):
    """Take what a provider tells: `{"events": [{"id", "kind", "at", "detail"}]}`; the same again does nothing."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return _answer(413, {"detail": "At most 2 MiB."})
    provider = Provider.objects.active().filter(code=code).first()
    gateway = gateway_named(provider.gateway or provider.code) if provider else None
    signed = {name: request.headers.get(f"X-Meridian-{name.title()}", "") for name in ("timestamp", "signature")}
    if provider is None or gateway is None or not is_signed(request.body, key=gateway.key, now=time.time(), **signed):
        # A provider that is not there and a wrong signature look alike.
        refused = wait_for("hook_refused", client_address(request))
        return _answer(429 if refused else 401, {"detail": "The signature does not hold."})
    try:
        events = _events(json.loads(request.body))
        told = take_events(provider=provider, events=events, now=timezone.now())
    except ValidationError as error:
        return _answer(422, {"detail": " ".join(error.messages)})
    except (ValueError, KeyError, TypeError):
        return _answer(400, {"detail": 'Send {"events": [{"id", "kind", "at", "detail"}]}, times with a zone.'})
    return _answer(200, told)


def _events(sent):
    listed = sent["events"]
    if not isinstance(listed, list) or len(listed) > MOST_EVENTS:
        raise ValueError("too many")
    return [_event(one) for one in listed]


def _event(one):
    at = datetime.fromisoformat(one["at"])
    if at.tzinfo is None:
        raise ValueError("no zone")
    return Event(number=str(one["id"]), kind=str(one["kind"]), at=at, detail=str(one.get("detail", ""))[:200])


def _answer(status, body):
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})
