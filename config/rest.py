"""How the REST API behaves everywhere: one permission rule, one page order, one form of error."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.pagination import BasePagination
from rest_framework.permissions import BasePermission
from rest_framework.response import Response

from pages.keyset import keyset_page


class BusinessPermission(BasePermission):
    """Demands a named permission for every action: `permission_map[action]`, or the model's view permission for reading.

    An action without either is refused: a new route is closed until somebody says who may use it."""

    def has_permission(self, request, view):
        if not request.user or not request.user.is_authenticated:
            return False
        if getattr(view, "action", "") is None:  # a view set that has nothing for this method
            raise exceptions.MethodNotAllowed(request.method)
        permission = self.permission_for(request, view)
        return bool(permission) and request.user.has_perm(permission)

    def permission_for(self, request, view):
        named = getattr(view, "permission_map", {}).get(getattr(view, "action", None))
        if named or request.method not in ("GET", "HEAD", "OPTIONS"):
            return named
        queryset = getattr(view, "queryset", None)
        if queryset is None:
            return None
        options = queryset.model._meta
        return f"{options.app_label}.view_{options.model_name}"


class KeysetPagination(BasePagination):
    """`?cursor=`, `?size=` (up to 200); `next` and `previous` are cursors or null. There is no total."""

    def paginate_queryset(self, queryset, request, view=None):
        order = getattr(view, "keyset_order", None) or ["-id"]
        self.page = keyset_page(queryset, order=order, cursor=request.query_params.get("cursor"), size=_size(request))
        return list(self.page.rows)

    def get_paginated_response(self, results):
        return Response({"next": self.page.next, "previous": self.page.previous, "results": results})

    def get_paginated_response_schema(self, schema):
        cursor = {"type": "string", "nullable": True}
        return {"type": "object", "properties": {"next": cursor, "previous": cursor, "results": schema}}

    def get_schema_operation_parameters(self, view):
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "size", "in": "query", "required": False, "schema": {"type": "integer", "maximum": 200}},
        ]


def _size(request):
    size = request.query_params.get("size", "50")
    if not size.isdecimal() or not 1 <= int(size) <= 200:
        raise exceptions.ValidationError({"size": [_("Write a number from 1 to 200.")]})
    return int(size)


def problem_details(error, context):
    """Answer errors as RFC 9457 problem details, in the reader's language."""
    if isinstance(error, ValidationError):
        error = exceptions.ValidationError(error.message_dict if hasattr(error, "error_dict") else error.messages)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    from rest_framework.views import exception_handler  # rest_framework.views reads the setting that names this module

    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = _problem(error, response)
    response.content_type = "application/problem+json"
    return response


def _problem(error, response):
    titles = {
        400: _("Bad request"),
        401: _("Sign in first"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Method not allowed"),
        406: _("Not acceptable"),
        409: _("Conflict"),
        415: _("Unsupported media type"),
        422: _("Cannot be processed"),
        429: _("Too many requests"),
    }
    problem = {
        "type": "about:blank",
        "title": titles.get(response.status_code, _("Error")),
        "status": response.status_code,
        "detail": _("Nothing is here, or it is not for you.")
        if isinstance(error, Http404)
        else str(getattr(error, "detail", "")),
    }
    problem |= getattr(error, "members", {})  # what the error says beside its sentence (RFC 9457, section 3.2)
    if response.status_code == status.HTTP_400_BAD_REQUEST:
        problem["detail"] = _("What was sent is not valid; see errors.")
        problem["errors"] = response.data
    return problem
