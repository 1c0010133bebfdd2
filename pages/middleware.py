"""What every page says to caches."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers


class NoStoreMiddleware:
    """Pages of signed-in people are kept by no cache, and a fragment is never taken for the page of the same address.

    Without `no-store` the browser's Back shows a fragment alone, or a customer after sign-out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        return response


class HeadersMiddleware:
    """What every answer says to browsers beside Django's own headers: nobody else embeds it, and it asks for no device."""

    FIXED = {
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
        "microphone=(), midi=(), payment=(), serial=(), usb=(), publickey-credentials-get=(self)",
        "X-Permitted-Cross-Domain-Policies": "none",
    }

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.FIXED.items():
            response.setdefault(name, value)
        return response
