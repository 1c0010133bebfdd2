"""The day's close of offers: what they owe, brought into the books line by line, once a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit.services import name_act
from marketing.models import AccrualEntry, Offer
from marketing.rules.accruals import expected_liability, postings
from marketing.sql import statement

NAMES = ("offer", "kind", "currency", "terms", "uses", "worth", "reserved", "paid", "back", "owed", "free", "rate")


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of a business date and of the next one, on the company's clock."""
    begin = timezone.make_aware(datetime.combine(day, time.min))
    return begin, timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


@transaction.atomic
def close_offers(*, business_date: date) -> int:
    """Close every offer in force for a date; return how many lines were booked. A day that is closed stays as it is."""
    name_act("marketing.offers.closed")
    now = timezone.now()
    lines = [entry for found in _days(business_date) for entry in _entries(found, business_date, now)]
    AccrualEntry.objects.bulk_create(lines)
    return len(lines)


def _days(day: date) -> list[dict[str, Any]]:
    begin, end = day_bounds(day)
    with connection.cursor() as cursor:
        cursor.execute(statement("offer_days"), {"day": day, "begin": begin, "end": end})
        return [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()]


def _entries(found: dict[str, Any], day: date, at: datetime) -> list[AccrualEntry]:
    after = expected_liability(
        unredeemed=found["worth"], rate=found["rate"], reserved=found["reserved"], free=found["free"]
    )
    lines = postings(before=found["owed"], paid=found["paid"], taken_back=found["back"], after=after)
    return [
        AccrualEntry(
            offer_id=found["offer"], day=day, kind=line.kind, debit=line.debit, credit=line.credit, amount=line.amount,
            currency=found["currency"], rate=found["rate"], at=at,
        )
        for line in lines
    ]  # fmt: skip


def liability_of(offer: Offer) -> Decimal:
    """Return what an offer owes by its last close."""
    rows = AccrualEntry.objects.filter(offer=offer).values_list("debit", "credit", "amount")
    return sum(
        (amount if credit == "offer_liability" else -amount if debit == "offer_liability" else Decimal(0)
         for debit, credit, amount in rows), Decimal(0),
    )  # fmt: skip
