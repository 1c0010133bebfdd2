"""What of this room is found by typing in the command palette."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import DutyArea, Policy
from governance.services.duties import area_url
from governance.services.policies import policy_url
from staff.models import User
from staff.palette import Hit


def find_policies(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Policies by code or words of their name."""
    found = Policy.objects.visible_to(user).filter(Q(code__iexact=text) | Q(name__icontains=text))
    for policy in found.order_by("name", "pk")[:limit]:
        yield Hit(policy.name, policy.code, policy_url(policy), "book", _("Policies"))


def find_areas(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Areas of duties by code or words of their name."""
    found = DutyArea.objects.visible_to(user).filter(Q(code__iexact=text) | Q(name__icontains=text))
    for area in found.order_by("name", "pk")[:limit]:
        yield Hit(area.name, area.code, area_url(area), "grid-dots", _("Duties by department"))
