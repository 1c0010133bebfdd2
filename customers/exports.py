from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from customers.masking import Masked
from customers.services.exports import customers_asked_for, is_approved, needs_approval
from staff.exports import Export
from staff.jobs import JobFailed
from staff.models import User

BATCH = 2_000


def customers_export(user: User, parameters: dict[str, Any]) -> Export:
    """Customers that match the filters of the list, as `user` may see them: masked as on the page, without those
    whose data is restricted."""
    query = parameters.get("query", "")
    if needs_approval(user, query) and not is_approved(user, parameters):
        raise JobFailed(_("So many customers are exported only with an approval: ask for it from the list."))
    asked = customers_asked_for(user, query)
    rows = asked.select_related("portrait", "relationship_owner").defer("search", "email", "address").order_by("id")
    columns = [
        _("Customer no."),
        _("Name"),
        _("Kind"),
        _("Identity number"),
        _("Phone"),
        _("Risk"),
        _("Status"),
        _("Region"),
        _("City"),
        _("Business lines"),
        _("Customer since"),
        _("Balance"),
        _("Currency"),
        _("Last movement"),
    ]
    return Export("customers", columns, _rows(rows, Masked(user)), asked.count())


def _rows(rows: Any, masked: Masked) -> Iterator[tuple[Any, ...]]:
    for row in rows.iterator(BATCH):
        portrait = getattr(row, "portrait", None)
        yield (
            row.reference,
            masked.name(row),
            row.get_kind_display(),
            masked.of(row, "identity_number"),
            masked.of(row, "phone"),
            row.get_risk_level_display(),
            row.get_status_display(),
            row.region,
            row.city,
            ", ".join(row.lines),
            row.joined_on,
            portrait and portrait.balance,
            row.currency,
            portrait and portrait.last_on,
        )
