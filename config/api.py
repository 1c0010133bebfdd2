"""The REST API: one router over what each room offers."""

from importlib import import_module

from django.http import Http404, HttpResponseRedirect
from django.urls import path, resolve
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from config import views

ROOMS = [
    "audit", "staff", "products", "customers", "service", "risk", "identification", "assessment", "governance",
    "incidents", "assurance", "marketing", "operations",
]  # fmt: skip


class Description(SpectacularAPIView):
    """OpenAPI 3, as JSON or, if asked for, YAML."""

    permission_classes = [IsAuthenticated]
    renderer_classes = [OpenApiJsonRenderer, OpenApiYamlRenderer]


class UnknownAddress(APIView):
    """What is no address of the API: 404 in the API's own form, and 308 where only the last slash was forgotten."""

    permission_classes = [IsAuthenticated]
    schema = None

    def answer(self, request, rest):
        path = f"{request.path_info}/"
        if rest.endswith("/") or resolve(path).func is request.resolver_match.func:
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        # 308 has the method and what was sent go along, which 301 does not.
        return HttpResponseRedirect(f"{path}?{query}" if query else path, status=308)

    get = post = put = patch = delete = answer


def _router():
    router = SimpleRouter()
    for room in ROOMS:
        for prefix, viewset, basename in getattr(import_module(f"{room}.api"), "ROUTES", []):
            router.register(prefix, viewset, basename)
    return router


def _paths():
    """Addresses that a router cannot write."""
    return [one for room in ROOMS for one in getattr(import_module(f"{room}.api"), "PATHS", [])]


urlpatterns = [
    path("schema/", Description.as_view(), name="schema"),
    path("docs/", views.api_docs, name="docs"),
    *_paths(),
    *_router().urls,
    path("<path:rest>", UnknownAddress.as_view(), name="unknown"),
]
