"""What of screening needs a second pair of eyes: saying that a customer is not who stands on a list."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import ClearedAs, ScreeningHit
from customers.services.screening_hits import HANDLE, clear_hit, locked_open
from staff.changes import Arguments, Command, Differences, register_command, version_of

CLEAR = "customers.screening.clear"


def _check(*, actor: Any, arguments: Arguments) -> None:
    if arguments["cleared_as"] not in ClearedAs:
        raise ValidationError({"cleared_as": _("Choose on what grounds it is somebody else.")})
    locked_open(actor, arguments["hit_id"])


def _execute(*, actor: Any, arguments: Arguments, request: Any) -> str:
    clear_hit(actor=actor, reason=request.reason, at=timezone.now(), **arguments)
    return _("Cleared.")


def _describe(arguments: Arguments) -> Differences:
    """No word of the customer: the request stays for good, the hit's page shows both sides to those who may see them."""
    grounds = str(ClearedAs(arguments["cleared_as"]).label)
    return [(_("Hit"), _("open"), _("cleared")), (_("Grounds"), "", grounds)]


def register() -> None:
    register_command(
        Command(
            name=CLEAR,
            label=gettext_lazy("Clear a screening hit"),
            permission=HANDLE,
            execute=_execute,
            describe=_describe,
            about=lambda arguments: f"H-{arguments['hit_id']}",
            version=lambda arguments: version_of(
                ScreeningHit.objects.filter(pk=arguments["hit_id"]), "replaced_by_id", "confirmed_at", "cleared_at"
            ),
            target=lambda arguments: ("customers_screeninghit", arguments["hit_id"]),
            check=_check,
            guards={"customers_screeninghit": ("cleared_as",)},
        )
    )
