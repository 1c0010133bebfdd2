"""Who asked, for every request: the events it causes carry its person, session, address and id."""

import hashlib
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from audit.addresses import told_of
from audit.context import acting, current, new_request_id
from audit.services import emit

# What an answer says of a request that was refused, by its status.
REFUSALS = {
    401: "request.token_refused",
    403: "request.denied",
    404: "request.not_found",
    429: "request.too_many",
}


class AuditMiddleware:
    """Stands after authentication. Also answers with `X-Request-ID`, and records refusals."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = new_request_id()
        with acting(
            actor_id=request.user.pk,
            label="" if request.user.is_authenticated else "anonymous",
            session=session_digest(request),
            request=str(request_id),
            address=client_address(request),
        ):
            response = self.get_response(request)
            # A refusal inside the view's transaction would be rolled back with it; here the transaction is over.
            record_refusal(request, response.status_code)
        response["X-Request-ID"] = str(request_id)
        return response


def record_refusal(request: HttpRequest, status: int) -> None:
    """Record that somebody known was refused, or that a token opened nothing.

    A record that is not there and one outside the reader's scope are answered alike, so both are recorded alike; an
    address that names no record is a slip of the keyboard and no event. Strangers without a token are asked to sign in.
    """
    known, route = current(), request.resolver_match
    action, who = REFUSALS.get(status, ""), known and known.actor_id
    if not action or (status == 404 and not (route and route.kwargs)):
        return
    if who or (status == 401 and "Authorization" in request.headers):
        told = told_of(request.path, route)
        detail = {"method": request.method, **told.detail}
        emit("denied", table=told.table, pk=told.pk, action=action, detail=detail, personal=told.personal)


def session_digest(request: HttpRequest) -> str:
    """Return 16 hex digits that tell sessions apart and open none."""
    key = request.session.session_key
    return hashlib.sha256(key.encode()).hexdigest()[:16] if key else ""


def client_address(request: HttpRequest) -> str:
    """Return the address of the peer; behind a proxy of ours (`BEHIND_PROXY`), the address that proxy saw.

    That is the last entry of X-Forwarded-For: entries before it are whatever the client chose to send.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return address if is_address(address) else ""


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
