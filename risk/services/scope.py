"""Business lines that somebody may write about."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from staff.models import User


def is_in_scope(person: User, line_id: str | None) -> bool:
    """Return whether somebody sees a business line; None is the whole company, which everybody sees."""
    return not person.business_lines or line_id is None or line_id in person.business_lines


def check_line(actor: User, line_id: str | None) -> None:
    """Raise ValidationError for a business line outside the actor's scope; None is the whole company."""
    if not is_in_scope(actor, line_id):
        raise ValidationError({"line": _("This business line is outside your scope.")})
