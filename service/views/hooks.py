"""Webhooks of the company's app and communities: whoever signs with the outlet's secret is let in."""

import json
import time

from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from audit.middleware import client_address
from service.outlets import outlet_named
from service.rules.signatures import is_signed
from service.services.inbound import take_hook
from staff.rate_limits import wait_for

LARGEST = 2 * 2**20  # a message of 100,000 signs, each of them escaped in twelve


@csrf_exempt  # no cookie counts here: the signature does
@require_POST
def hook(request, code):
    """Take a signed webhook; the same one again is answered 200 and does nothing."""
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return _answer(413, "At most 2 MiB.")
    outlet, body = outlet_named(code), request.body
    signed = {name: request.headers.get(f"X-Meridian-{name.title()}", "") for name in ("timestamp", "signature")}
    if outlet is None or not is_signed(body, key=outlet.key, now=time.time(), **signed):
        # An outlet that is not there and a wrong signature look alike.
        return _answer(
            429 if wait_for("hook_refused", client_address(request)) else 401, "The signature does not hold."
        )
    try:
        sent = json.loads(body)
        if not isinstance(sent, dict):
            raise ValueError("no object")
    except ValueError:
        return _answer(400, "Send a JSON object.")
    try:
        is_new = take_hook(outlet=outlet, hook=sent, at=timezone.now())
    except ValidationError as error:
        return _answer(422, " ".join(error.messages))
    return _answer(200, "taken" if is_new else "known")


def _answer(status, detail):
    return JsonResponse({"detail": detail}, status=status, headers={"Cache-Control": "no-store"})
