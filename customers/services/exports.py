"""Taking customers out as a file: a few at once, many only after somebody else has agreed."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from customers.filters.customers import CustomerFilter
from customers.models import Customer
from staff.exports import FORMATS, start_export
from staff.models import ChangeRequest, ChangeState, Job, User
from staff.services.changes import propose

KIND = "customers.export"


def customers_asked_for(user: User, query: str):
    """Return the customers that match the list's filters, as far as `user` may see them and take them out."""
    asked = CustomerFilter(QueryDict(query), queryset=Customer.objects.visible_to(user).exportable())
    if not asked.is_valid():
        raise ValidationError(_("The filters of this export cannot be read: go back to the list and export again."))
    return asked.qs


def check_choices(query: str) -> None:
    """Refuse a search text in what is asked for: it may name a person, and a request is never erased."""
    if QueryDict(query).get("q", "").strip():
        raise ValidationError(
            _("So large an export is chosen by filters, not by a search text: clear the search first.")
        )


def needs_approval(user: User, query: str) -> bool:
    """Return whether an export would hold more rows than one person takes out alone."""
    return (
        customers_asked_for(user, query).order_by()[: settings.EXPORT_ROWS_ALONE + 1].count()
        > settings.EXPORT_ROWS_ALONE
    )


@transaction.atomic
def export_customers(*, actor: User, query: str, format: str, reason: str = "", at: datetime) -> Job | ChangeRequest:
    """Start an export, or ask for it where it is large. Large ones need a reason."""
    if format not in FORMATS:
        raise ValidationError(_("%(format)s is not a format for files here; choose csv or xlsx.") % {"format": format})
    if not needs_approval(actor, query):
        parameters = {"query": query, "format": format}
        return start_export(actor=actor, kind=KIND, title=_("Export of customers"), parameters=parameters, at=at)
    rows = customers_asked_for(actor, query).order_by().count()
    arguments = {"user_id": actor.pk, "query": query, "format": format, "rows": rows}
    return propose(actor=actor, command=KIND, arguments=arguments, reason=reason, at=at)


def is_approved(user: User, parameters: dict[str, Any]) -> bool:
    """Return whether somebody else has agreed to this very export of this person's."""
    request = ChangeRequest.objects.filter(
        pk=parameters.get("change_request") or 0, command=KIND, maker=user, state=ChangeState.EXECUTED
    ).first()
    return request is not None and all(request.said[name] == parameters.get(name) for name in ("query", "format"))


def amount_of(arguments: dict[str, Any]) -> Decimal:
    """The rows are what a policy's bands are about."""
    return Decimal(arguments["rows"])
