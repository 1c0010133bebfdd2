"""What signed-in people carry through every request: their language, their time zone, and the second factor their
role asks for.
"""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from staff.languages import zone_of
from staff.second_factor import lacks_second_factor


class PreferencesMiddleware:
    """Speaks the signed-in person's language and tells their time. Before sign-in the browser's language stands.

    Stands after authentication and after `LocaleMiddleware`, whose choice it overrides.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
            timezone.activate(zone_of(request.user))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class MfaRequiredMiddleware:
    """Sends people whose role demands a second factor to set one up, before they can open anything else.

    Programs get 403 and the same sentence. The pages of sign-in, of the profile's security and of the health checks
    stay open.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_open(request.path_info) or not lacks_second_factor(request.user):
            return self.get_response(request)
        sentence = _("Your role asks for a second factor. Set up an authenticator app or a passkey to go on.")
        if request.path_info.startswith("/api/"):
            problem = {"type": "about:blank", "title": _("Not allowed"), "status": 403, "detail": sentence}
            return JsonResponse(problem, status=403, content_type="application/problem+json")
        if request.htmx:
            return HttpResponseClientRedirect(reverse("mfa_index"))
        messages.warning(request, sentence)
        return HttpResponseRedirect(reverse("mfa_index"))


def _is_open(path: str) -> bool:
    # Everything under the sign-in pages belongs to allauth, which asks for the password again where that matters.
    return path.startswith(
        ("/accounts/", "/i18n/", "/health/", f"/{settings.STATIC_URL.lstrip('/')}")
    ) or path == reverse("staff:preferences")
