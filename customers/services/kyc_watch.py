"""The watch over identity documents: reminded before they expire, a task and a state when they have; each once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from audit.services import name_act
from customers.models import KycCode, KycRule
from customers.sql import statement
from staff.checkers import holders_of
from staff.models import NotificationKind
from staff.services.notifications import notify


@transaction.atomic
def watch_documents(*, at: datetime) -> int:
    """Open a task for every document that comes within its first reminder, mark those that have expired, and tell the
    owners of their customers: at the first reminder, at the last, and once expired. Return how many tasks are new.

    Set-based, safe to run twice and in parallel: a task is one row by a constraint, a notification one by its key."""
    today = timezone.localdate(at)
    name_act("customers.document.watched")
    opened = _run("documents_expiring", at, today, KycCode.DOCUMENT_FIRST_REMINDER)
    expired = _run("documents_expired", at, today, KycCode.DOCUMENT_FIRST_REMINDER)
    last = _run("documents_last_call", at, today, KycCode.DOCUMENT_LAST_REMINDER)
    _tell("first", _owners(opened), today, at, _soon)
    _tell("last", _owners(last), today, at, _soon)
    _tell("expired", _owners(expired), today, at, _over)
    return len(opened) + len(expired)


def _run(name: str, at: datetime, today: date, code: str) -> list[tuple[int, int | None]]:
    """Run a statement; each row is a document and who looks after its customer."""
    days = KycRule.objects.by_jurisdiction(code, today)
    asked: dict[str, Any] = {
        "at": at,
        "today": today,
        "places": list(days),
        "days": list(days.values()),
        "elsewhere": days.get("", 0),
        "longest": max(days.values(), default=0),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement(name), asked)
        return cursor.fetchall()


def _owners(rows: list[tuple[int, int | None]]) -> dict[int | None, list[int]]:
    owners: dict[int | None, list[int]] = {}
    for document, owner in rows:
        owners.setdefault(owner, []).append(document)
    return owners


def _tell(
    step: str, owners: dict[int | None, list[int]], today: date, at: datetime, said: Callable[[int], Callable[[], str]]
) -> None:
    for owner, documents in owners.items():
        notify(
            users=[owner] if owner else _leads(),
            kind=NotificationKind.REVIEW,
            key=f"kyc-{step}:{today}:{min(documents)}",
            title=said(len(documents)),
            url=reverse("customers:kyc_task_list"),
            at=at,
        )


def _leads() -> list[int]:
    return [*holders_of("customers.verify_identitydocument").values_list("pk", flat=True)]


def _soon(n: int) -> Callable[[], str]:
    return lambda: (
        ngettext("%(n)d identity document expires soon", "%(n)d identity documents expire soon", n) % {"n": n}
    )


def _over(n: int) -> Callable[[], str]:
    return lambda: (
        ngettext("%(n)d identity document has expired", "%(n)d identity documents have expired", n) % {"n": n}
    )
