"""What of this room is found by typing in the command palette."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessment.models import Assessment, Panel
from assessment.services.assessments import assessment_url
from assessment.services.panels import panel_url
from staff.models import User
from staff.palette import Hit


def find_panels(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Panels by number or words of their title; the newest first."""
    found = Panel.objects.visible_to(user).filter(Q(reference__iexact=text) | Q(title__icontains=text))
    for panel in found.order_by("-begun_at", "-pk")[:limit]:
        yield Hit(panel.title, panel.reference, panel_url(panel), "users-group", _("Panels"))


def find_assessments(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Assessments by their number, or that or words of their risk; the newest first."""
    numbers = Q(reference__iexact=text) | Q(risk__reference__iexact=text)
    found = Assessment.objects.visible_to(user).filter(numbers | Q(risk__title__icontains=text)).select_related("risk")
    for one in found.newest_first()[:limit]:
        yield Hit(one.risk.title, one.reference, assessment_url(one), "scale", _("Risk assessments"))
