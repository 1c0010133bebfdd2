from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from staff.palette import Hit
from surveys.models import Questionnaire


def search_questionnaires(user: Any, text: str, limit: int) -> Iterable[Hit]:
    """Find questionnaires by name or code, for the palette."""
    seen = Questionnaire.objects.visible_to(user).filter(Q(name__icontains=text) | Q(code__icontains=text))
    return [
        Hit(one.name, one.code, f"/surveys/{one.code}/", "forms", _("Questionnaires"))
        for one in seen.order_by("code")[:limit]
    ]
