from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from products.models import BusinessLine
from staff.models import User


@transaction.atomic
def switch_line(*, actor: User, code: str, on: bool, reason: str, at: date) -> BusinessLine:
    """Switch a business line off or on again for a stated reason; its history stays either way."""
    line = BusinessLine.objects.select_for_update().get(pk=code)
    if line.is_on == on:
        raise ValidationError(_("%(line)s is in that state already.") % {"line": line})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the line is switched.")})
    name_act("products.line.switched_on" if on else "products.line.switched_off", reason=reason)
    line.switched_off_on, line.reason = (None, "") if on else (at, reason)
    line.save(update_fields=["switched_off_on", "reason"])
    return line
