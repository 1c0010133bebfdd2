"""What is planned for customers day by day, from every part of the room: each adds its source to `CALENDAR_SOURCES`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.urls import reverse
from django.utils.functional import Promise

from customers.services.suitability_rules import company_day
from marketing.models import Campaign, Message
from staff.models import User


@dataclass(frozen=True)
class Planned:
    """Something on a day of the calendar: its name, what it is, where it stands."""

    day: date
    label: str
    kind: str | Promise
    url: str
    tone: str = "neutral"


Source = Callable[[User, date, date], Iterable[Planned]]


def planned_messages(user: User, first: date, last: date) -> Iterable[Planned]:
    """Messages that are planned for a day."""
    found = Message.objects.visible_to(user).standing().filter(planned_on__range=(first, last))
    for message in found.order_by("planned_on", "name", "pk"):
        url = reverse("marketing:message_detail", args=[message.code])
        yield Planned(message.planned_on, message.name, message.get_channel_display(), url)


TONES = {"draft": "neutral", "review": "amber", "paused": "amber", "cancelled": "red"}


def starting_campaigns(user: User, first: date, last: date) -> Iterable[Planned]:
    """Campaigns on the day that they start."""
    # A day to spare on both sides: the company's days are not those of UTC.
    begins, ends = (datetime.combine(day, time.min, UTC) for day in (first - timedelta(1), last + timedelta(2)))
    found = Campaign.objects.visible_to(user).filter(starts_at__range=(begins, ends))
    for campaign in found.order_by("starts_at", "pk"):
        day = company_day(campaign.starts_at)
        if first <= day <= last:
            url = reverse("marketing:campaign_detail", args=[campaign.reference])
            yield Planned(day, campaign.name, campaign.get_state_display(), url, TONES.get(campaign.state, "green"))


CALENDAR_SOURCES: list[Source] = [starting_campaigns, planned_messages]


def planned(user: User, first: date, last: date) -> dict[date, list[Planned]]:
    """Return what every source knows of the days from `first` to `last`, as far as the reader may see it."""
    found: dict[date, list[Planned]] = {}
    for source in CALENDAR_SOURCES:
        for one in source(user, first, last):
            found.setdefault(one.day, []).append(one)
    return found
