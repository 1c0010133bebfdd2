"""Themes of complaints: looked for in what people wrote, of this company and of imported history."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from service.models import Complaint, ComplaintTheme, Direction, PastComplaint, ThemeMember, TicketMessage
from service.rules.themes import themes_of

NEWEST = 5_000  # of each kind: memory is texts times words


@transaction.atomic
def find_themes(*, at: datetime) -> int:
    """Look for themes anew and keep them in place of the last ones; the same complaints give the same themes."""
    texts = [*_own(), *_past()]
    found = themes_of([text for text, _day, _where in texts])
    ComplaintTheme.objects.all().delete()
    themes = ComplaintTheme.objects.bulk_create(
        ComplaintTheme(number=n, words=theme.words, size=len(theme.members), found_at=at)
        for n, theme in enumerate(found, start=1)
    )
    ThemeMember.objects.bulk_create(
        (
            ThemeMember(theme=kept, nearness=near, received_on=texts[place][1], **texts[place][2])
            for kept, theme in zip(themes, found, strict=True)
            for place, near in theme.members
        ),
        batch_size=2_000,
    )
    return len(themes)


def _own() -> list[tuple[str, date, dict[str, int]]]:
    """The subject and the first message of each complaint."""
    first = TicketMessage.objects.filter(ticket=OuterRef("ticket"), direction=Direction.IN).order_by("at", "id")
    rows = Complaint.objects.annotate(said=Subquery(first.values("text")[:1])).order_by("-received_on", "-id")
    shown = rows.values_list("pk", "received_on", "ticket__subject", "said")[:NEWEST]
    return [(f"{subject} {said or ''}", day, {"complaint_id": pk}) for pk, day, subject, said in shown]


def _past() -> list[tuple[str, date, dict[str, int]]]:
    rows = PastComplaint.objects.exclude(narrative="").order_by("-received_on", "-id")
    shown = rows.values_list("pk", "received_on", "narrative")[:NEWEST]
    return [(said, day, {"past_id": pk}) for pk, day, said in shown]
