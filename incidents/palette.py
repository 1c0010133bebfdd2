"""What of this room is found by typing in the command palette."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models import Case, Incident, Plan
from staff.models import User
from staff.palette import Hit


def find_cases(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Cases by number or words of their title; the newest first."""
    found = Case.objects.visible_to(user).filter(Q(reference__iexact=text) | Q(title__icontains=text))
    for case in found.order_by("-opened_at", "-pk")[:limit]:
        yield Hit(case.title, case.reference, f"/incidents/cases/{case.reference}/", "briefcase", _("Cases"))


def find_plans(user: User, text: str, limit: int) -> Iterator[Hit]:
    found = Plan.objects.visible_to(user).filter(Q(code__icontains=text) | Q(name__icontains=text))
    for plan in found.order_by("code")[:limit]:
        yield Hit(plan.name, plan.code, f"/incidents/plans/{plan.code}/", "list-check", _("Contingency plans"))


def find_incidents(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Incidents by number or words of their title; the newest first."""
    found = Incident.objects.visible_to(user).filter(Q(reference__iexact=text) | Q(title__icontains=text))
    for one in found.order_by("-detected_at", "-pk")[:limit]:
        yield Hit(one.title, one.reference, f"/incidents/register/{one.reference}/", "alert-circle", _("Incidents"))
