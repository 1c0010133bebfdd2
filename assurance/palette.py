"""What of this room is found by typing in the command palette."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assurance.models import Finding
from assurance.services.findings import finding_url
from staff.models import User
from staff.palette import Hit


def find_findings(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Findings by number or words of their title; the newest first."""
    found = Finding.objects.visible_to(user).filter(Q(reference__iexact=text) | Q(title__icontains=text))
    for finding in found.order_by("-raised_at", "-pk")[:limit]:
        yield Hit(finding.title, finding.reference, finding_url(finding), "flag", _("Findings"))
