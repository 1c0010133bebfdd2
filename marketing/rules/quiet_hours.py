"""When a customer may be written to, by the clock where they live."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from customers.rules.jurisdictions import looked_up

# The zone that most people of a jurisdiction live by. Where it has several, the messages wait until the hour has come in
# the westernmost and end when it has passed in the easternmost: nobody's night is disturbed.
ZONES: dict[str, tuple[str, ...]] = {
    "CN": ("Asia/Shanghai",),
    "HK": ("Asia/Hong_Kong",),
    "TW": ("Asia/Taipei",),
    "SG": ("Asia/Singapore",),
    "JP": ("Asia/Tokyo",),
    "IN": ("Asia/Kolkata",),
    "GB": ("Europe/London",),
    "EU": ("Europe/Lisbon", "Europe/Berlin", "Europe/Helsinki"),
    "DE": ("Europe/Berlin",),
    "FR": ("Europe/Paris",),
    "CZ": ("Europe/Prague",),
    "US": ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    "AU": ("Australia/Sydney", "Australia/Adelaide", "Australia/Perth"),
}
STEP = timedelta(minutes=1)


def zones_of(jurisdiction: str, company_zone: str) -> tuple[str, ...]:
    """Return the time zones of a jurisdiction, else those of its union, the company's own where neither is known."""
    return next((ZONES[place] for place in looked_up(jurisdiction) if place in ZONES), (company_zone,))


def is_quiet(at: datetime, zone: str, *, begins: int, ends: int) -> bool:
    """Return whether `at` lies in the quiet hours of a zone. `begins` and `ends` are minutes after local midnight; equal
    ones mean that there are none. The minute at which they end is no longer quiet."""
    local = at.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    if begins == ends:
        return False
    return begins <= minute < ends if begins < ends else minute >= begins or minute < ends


def next_moment(at: datetime, zones: tuple[str, ...], *, begins: int, ends: int) -> datetime:
    """Return the first moment from `at` on that is quiet in none of `zones`; `at` itself where it already is.

    Where quiet hours of all zones together cover the day, the end of the quiet hours in the first zone counts."""
    found = at
    for _turn in range(4 * len(zones)):
        quiet = [zone for zone in zones if is_quiet(found, zone, begins=begins, ends=ends)]
        if not quiet:
            return found
        found = _end_of_quiet(found, quiet[0], ends)
    return _end_of_quiet(at, zones[0], ends)


def _end_of_quiet(at: datetime, zone: str, ends: int) -> datetime:
    """The next moment whose local time is `ends`; where a clock skips it, the moment after the gap."""
    tz = ZoneInfo(zone)
    local = at.astimezone(tz)
    wall = time(ends // 60, ends % 60)
    day = local.date() if local.time() < wall else local.date() + timedelta(days=1)
    # Through UTC and back: a time that a clock skips becomes the first that there is.
    return datetime.combine(day, wall, tz).astimezone(ZoneInfo("UTC")).astimezone(tz).astimezone(at.tzinfo)
