"""Business lines that somebody may write about."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from staff.models import User


def check_line(actor: User, line_id: str | None) -> None:
    """Raise ValidationError for a business line outside the actor's scope; None is the whole company."""
    if actor.business_lines and line_id is not None and line_id not in actor.business_lines:
        raise ValidationError({"line": _("This business line is outside your scope.")})
