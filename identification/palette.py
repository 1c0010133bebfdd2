"""What of this room is found by typing in the command palette."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identification.models import ProcessMap, RegulatoryChange
from identification.services.changes import change_url
from staff.models import User
from staff.palette import Hit


def find_changes(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Changes of rules by number or words of their title; the newest first."""
    found = RegulatoryChange.objects.visible_to(user).filter(Q(reference__iexact=text) | Q(title__icontains=text))
    for change in found.order_by("-recorded_at", "-pk")[:limit]:
        yield Hit(change.title, change.reference, change_url(change), "gavel", _("Changes of rules"))


def find_maps(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Process maps by number or words of their name."""
    found = ProcessMap.objects.visible_to(user).filter(Q(reference__iexact=text) | Q(name__icontains=text))
    for one in found.order_by("name", "pk")[:limit]:
        url = reverse("identification:map_detail", args=[one.reference])
        yield Hit(one.name, one.reference, url, "sitemap", _("Process maps"))
