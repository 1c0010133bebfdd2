"""Rings: customers of an offer who are linked by what they share, directly or through others."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from marketing.models import Offer
from marketing.rules.abuse import rings
from marketing.sql import statement


@dataclass(frozen=True)
class Ring:
    """Customers who belong together, the signs they share with how many values of each, and what they took."""

    customers: set[int]
    signs: dict[str, int]
    redemptions: int
    amount: Decimal
    held: int


def rings_of(offer: Offer, *, smallest: int = 3) -> list[Ring]:
    """Return the rings of an offer, the largest first. A network alone links nobody: offices and homes share one."""
    with connection.cursor() as cursor:
        cursor.execute(statement("ring_links"), {"offer": offer.pk})
        links = cursor.fetchall()
        groups = rings(
            ((customer, (sign, value)) for customer, sign, value in links if sign != "network"), smallest=smallest
        )
        cursor.execute(statement("ring_sums"), {"offer": offer.pk, "customers": [pk for ring in groups for pk in ring]})
        sums = {row[0]: row[1:] for row in cursor.fetchall()}
    return [_ring(group, links, sums) for group in groups]


def _ring(group: set[int], links: list[tuple[int, str, Any]], sums: dict[int, Any]) -> Ring:
    shared: dict[str, dict[Any, set[int]]] = {}
    for customer, sign, value in links:
        if customer in group:
            shared.setdefault(sign, {}).setdefault(bytes(value), set()).add(customer)
    signs = {sign: n for sign, values in shared.items() if (n := sum(len(who) > 1 for who in values.values()))}
    found = [sums[pk] for pk in group if pk in sums]
    return Ring(
        group,
        signs,
        sum(row[0] for row in found),
        sum((row[1] for row in found), Decimal(0)),
        sum(row[2] for row in found),
    )
