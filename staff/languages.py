import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone, translation

from staff.models import User


def zone_of(user: User) -> zoneinfo.ZoneInfo:
    """Return a person's time zone, or the company's where theirs has been dropped from the system's tables."""
    try:
        return zoneinfo.ZoneInfo(user.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo(settings.TIME_ZONE)


@contextmanager
def speaking_to(user: User) -> Iterator[None]:
    """Inside, texts are in the person's language and times in their zone, as on their pages."""
    with translation.override(user.language), timezone.override(zone_of(user)):
        yield
