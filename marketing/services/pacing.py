"""How many messages a provider may be given now: a bucket in the database, so that all workers share it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from marketing.models import Provider, ProviderPace
from marketing.sql import statement

MOST_FAILURES = 6


def take_pace(provider: Provider, wish: int, at: datetime) -> int:
    """Take leave to hand over up to `wish` messages; return how many. 0 while the provider is blocked or the bucket is
    empty. A second's worth gathers at most."""
    ProviderPace.objects.bulk_create(
        [ProviderPace(provider=provider, tokens=provider.per_second, at=at)], ignore_conflicts=True
    )
    with connection.cursor() as cursor:
        cursor.execute(
            statement("take_pace"), {"provider": provider.pk, "pace": provider.per_second, "wish": wish, "at": at}
        )
        row = cursor.fetchone()
    return row[0] if row else 0


def block(provider: Provider, why: str, pause: timedelta, at: datetime) -> None:
    """Leave a provider alone for a while, twice as long each time that it answers nothing between."""
    pace, _new = ProviderPace.objects.get_or_create(provider=provider, defaults={"at": at})
    longer = min(pause * 2 ** min(pace.failures, MOST_FAILURES), timedelta(hours=1))
    ProviderPace.objects.filter(pk=pace.pk).update(
        blocked_until=at + longer, failures=pace.failures + 1, why=why[:200], tokens=0
    )


def unblock(provider: Provider) -> None:
    ProviderPace.objects.filter(provider=provider, failures__gt=0).update(failures=0, blocked_until=None, why="")
