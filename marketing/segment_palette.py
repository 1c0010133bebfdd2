"""Segments found by typing in the command palette."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketing.models import Segment
from marketing.services.segments import segment_url
from staff.models import User
from staff.palette import Hit


def find_segments(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Segments by code or words of their name."""
    found = Segment.objects.visible_to(user).filter(Q(code__iexact=text) | Q(name__icontains=text))
    for segment in found.order_by("name", "pk")[:limit]:
        yield Hit(segment.name, segment.code, segment_url(segment), "users-group", _("Segments"))
