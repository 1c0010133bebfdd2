"""Redeeming at once: 32 clients on four processes of threads, each redemption with everything it does: a look at the coupon,
eligibility, budget, number, customer and coupon counted, ledger, log. The budget is spent to its last and never beyond. Each
client has redeemed once before the clock begins, as those that are connected all day have.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.utils import timezone

from bench.datasets import Size
from bench.lists import _result

GOAL = 500  # redemptions a second
CLIENTS, PROCESSES = 32, 4
REDEMPTIONS = 6_000
GIVES = Decimal(30)


def run(scale: float = 1.0) -> list[dict[str, Any]]:
    """Return redemptions a second, by coupon, and what was spent beyond the budget, which is nought."""
    wanted = max(int(REDEMPTIONS * scale), 320)
    offer, codes, actor = _prepared(wanted + CLIENTS)
    budget = GIVES * (wanted + CLIENTS - 10)
    taken = _race(codes, actor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(committed + reserved) FROM marketing_offerslot WHERE offer_id = %s", [offer])
        spent = cursor.fetchone()[0]
    size = Size.at(scale)
    beyond = max(spent - budget, Decimal(0))
    return [
        _result("offers, redemptions with 32 clients", wanted / taken, GOAL, "1/s", size, better="higher"),
        _result("offers, spent beyond the budget", float(beyond), 0, "CNY", size),
    ]  # fmt: skip


def _prepared(wanted: int) -> tuple[int, list[tuple[int, str]], int]:
    """An offer whose budget is ten redemptions too small, and a coupon for each of `wanted` customers."""
    from customers.models import Customer
    from marketing.services.coupons import issue_many
    from marketing.services.offers import create_offer, publish
    from staff.guards import unguarded
    from staff.models import User

    now = timezone.now()
    actor = User.objects.create(email=f"bench-{now.timestamp()}@example.test", full_name="Bench")
    stamp = int(now.timestamp())
    made = create_offer(
        actor=actor, code=f"bench-{stamp}", name="Bench", kind="threshold", currency="CNY", at=now,
        terms={"tiers": [{"spend": "300", "save": "30"}]}, valid_from=now - timedelta(hours=1),
        valid_until=now + timedelta(days=1),
    )  # fmt: skip
    with unguarded("bench"):
        publish(actor=actor, offer_id=made.pk, version_id=made.versions.get().pk, budget=GIVES * (wanted - 10))
    Customer.objects.bulk_create(
        [Customer(name=f"Bench {n}", currency="CNY", joined_on=now.date()) for n in range(wanted)], batch_size=2_000
    )
    keys = list(Customer.objects.order_by("-pk").values_list("pk", flat=True)[:wanted])
    codes = issue_many(offer_id=made.pk, customer_ids=keys, key=f"bench-{stamp}", at=now)
    return made.pk, list(codes.items()), actor.pk


def _race(codes: list[tuple[int, str]], actor: int) -> float:
    connections.close_all()
    context = multiprocessing.get_context("fork")
    ready, go = context.Barrier(PROCESSES + 1), context.Barrier(PROCESSES + 1)
    parts = [codes[start::PROCESSES] for start in range(PROCESSES)]
    workers = [context.Process(target=_work, args=(part, actor, ready, go)) for part in parts]
    for worker in workers:
        worker.start()
    ready.wait()
    go.wait()
    clock = time.monotonic()
    for worker in workers:
        worker.join()
    return time.monotonic() - clock


def _work(part: list[tuple[int, str]], actor: int, ready: Any, go: Any) -> None:
    from customers.models import Customer
    from marketing.services.eligibility import ASKED_OF_CUSTOMER
    from marketing.services.redemptions import Asked, redeem
    from staff.models import User

    by, customers = User.objects.get(pk=actor), Customer.objects.only(*ASKED_OF_CUSTOMER)

    def one(asked: tuple[int, str]) -> None:
        customer, code = asked
        with suppress(ValidationError):  # the budget is ten too small
            redeem(
                actor=by, asked=Asked(customers.get(pk=customer), Decimal(320), coupon=code), key=code, at=timezone.now()
            )  # fmt: skip

    clients = CLIENTS // PROCESSES
    together = threading.Barrier(clients)

    def connected(asked: tuple[int, str]) -> None:
        """A client that is at work: connected, its statements known to the database."""
        together.wait()  # so that each of them has one
        one(asked)

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(connected, part[:clients]))
        ready.wait()
        go.wait()
        list(pool.map(one, part[clients:]))
        list(pool.map(lambda _n: connection.close(), range(CLIENTS)))
