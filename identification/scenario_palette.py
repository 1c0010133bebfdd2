"""What of this room is found by typing in the command palette."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identification.models import Scenario
from staff.models import User
from staff.palette import Hit


def find_scenarios(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Scenarios by number or words of their name; the newest first."""
    found = Scenario.objects.visible_to(user).filter(Q(reference__iexact=text) | Q(name__icontains=text))
    for scenario in found.order_by("-created_at", "-pk")[:limit]:
        url = reverse("identification:scenario_detail", args=[scenario.reference])
        yield Hit(scenario.name, scenario.reference, url, "world", _("Scenarios"))
