"""The REST API: one router over what each room offers."""

from importlib import import_module

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

ROOMS = ["audit", "staff", "products", "customers", "risk", "operations"]


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
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    *_paths(),
    *_router().urls,
]
