"""An old number of a customer who was merged leads to the one that stayed, with a word about it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _


class CustomerMoved(Exception):
    """A page was asked for under a number that leads elsewhere."""

    def __init__(self, reference: str, to: str):
        super().__init__(f"{reference} leads to {to}")
        self.reference, self.to = reference, to


class MergedNumberMiddleware:
    """Answers `CustomerMoved`: what was to be read is read under the other number, what was sent is not done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, CustomerMoved):
            return None
        numbers = {"one": exception.reference, "other": exception.to}
        if request.method in ("GET", "HEAD"):
            messages.info(request, _("%(one)s was merged into %(other)s: this is that customer.") % numbers)
            parts = [exception.to if part.upper() == exception.reference else part for part in request.path.split("/")]
            return redirect("/".join(parts))
        messages.warning(request, _("%(one)s was merged into %(other)s: nothing was done. Do it again here.") % numbers)
        return redirect(f"/customers/{exception.to}/")
