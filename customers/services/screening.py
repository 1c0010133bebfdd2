"""Customers held against the lists in force: new and changed ones against all entries, all of them against new entries.

Whatever is done is done in chunks, one transaction each: killed at any moment, what was found stays and the rest is done
by whoever comes next. Chunks go one at a time, so two workers find no hit twice; the constraint says so as well."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.encryption import document_index, identity_index, index_keys
from customers.models import KycCode, KycRule, ListEntry, ListVersion, ScreeningHit, ScreeningState
from customers.rules.jurisdictions import looked_up
from customers.rules.name_index import NameIndex
from customers.rules.screening import SAME_DAY, SAME_PLACE, Known, by_identifier, judged
from customers.sql import statement
from staff.checkers import holders_of
from staff.models import NotificationKind
from staff.services.notifications import notify

CHUNK = 500
Progress = Callable[[int, int | None, str], None]
KINDS = {"individual": ("person",), "business": ("entity", "other")}


@dataclass(frozen=True)
class Facts:
    """What of an entry is compared."""

    entry_id: int
    pair: tuple[int, str]
    digest: str
    kind: str
    name: str
    birth_dates: Sequence[str]
    countries: Sequence[str]


@dataclass(frozen=True)
class Person:
    """What of a customer is compared."""

    pk: int
    name: str
    known: Known
    kind: str
    numbers: frozenset[bytes]
    state: bytes

    def digest(self, *, is_identified: bool) -> str:
        """What a hit was found for. Blind indexes are no part of it: changing their key changes nobody."""
        said = f"{self.name}|{self.known.birth_date}|{self.known.country}|{self.kind}|{is_identified}"
        return hashlib.sha256(said.encode()).hexdigest()


class Screener:
    """Entries of lists, ready to be asked about customers; built once for the versions in force, or for new entries."""

    def __init__(self, entries: Iterable[ListEntry]) -> None:
        self.facts: dict[int, Facts] = {}
        self.by_number: dict[bytes, list[int]] = {}
        names: list[tuple[int, str]] = []
        for entry in entries:
            self.facts[entry.pk] = Facts(
                entry.pk, (entry.watch_list_id, entry.external_id), entry.digest, entry.kind, entry.names[0],
                entry.birth_dates, entry.countries,
            )  # fmt: skip
            names += [(entry.pk, name) for name in entry.names]
            for number in entry.identifiers:
                for index in _indexes(number):
                    self.by_number.setdefault(index, []).append(entry.pk)
        self.names = NameIndex(names)

    def matches(self, person: Person, *, threshold: int) -> list[tuple[Facts, dict[str, Any]]]:
        """Return the entries that a customer may be, with what says so, the likeliest first."""
        found = {
            pk: by_identifier(self.facts[pk].name) for number in person.numbers for pk in self.by_number.get(number, ())
        }
        least = (threshold - SAME_DAY - SAME_PLACE) / 100
        for pk, likeness in self.names.find(person.name, least=least):
            facts = self.facts[pk]
            if pk in found or facts.kind not in KINDS[person.kind]:
                continue
            said = judged(likeness, person.known, birth_dates=facts.birth_dates, countries=facts.countries)
            if said["percent"] >= threshold:
                found[pk] = said
        return sorted(((self.facts[pk], said) for pk, said in found.items()), key=lambda one: -one[1]["percent"])


def _indexes(number: str) -> list[bytes]:
    found = [index(number, key=key) for key in index_keys() for index in (identity_index, document_index)]
    return [one for one in found if one]


_KEPT: dict[tuple[int, ...], Screener] = {}


def screener() -> Screener:
    """Return the screener of the versions in force; a process keeps the last one it has built."""
    versions = tuple(
        ListVersion.objects.filter(state="current", watch_list__is_active=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if versions not in _KEPT:
        built = Screener(ListEntry.objects.in_force().iterator(chunk_size=2_000))
        _KEPT.clear()
        _KEPT[versions] = built
    return _KEPT[versions]


def screen_customers(*, at: datetime, only_new: bool = False, most: int = 50_000) -> int:
    """Hold customers who are new or have changed since they were last screened against all lists in force; return how
    many were. `only_new` leaves out those that changed, which the night looks for."""
    done, after = 0, 0
    while done < most:
        ids = _to_screen(after, only_new)
        if not ids:
            return done
        _screen_chunk(ids, screener(), at)
        done, after = done + len(ids), ids[-1]
    return done


def _to_screen(after: int, only_new: bool) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement("customers_to_screen"), {"after": after, "only_new": only_new, "limit": CHUNK})
        return [pk for (pk,) in cursor.fetchall()]


@transaction.atomic
def _screen_chunk(ids: list[int], against: Screener, at: datetime) -> int:
    _one_at_a_time()
    people = _people(ids)
    new = _open_hits(people, against, at)
    with connection.cursor() as cursor:
        cursor.execute(
            statement("customers_screened"),
            {"ids": [one.pk for one in people], "digests": [one.state for one in people], "at": at},
        )
    return new


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('customers.screening'))")


def _people(ids: list[int]) -> list[Person]:
    with connection.cursor() as cursor:
        cursor.execute(statement("screened_people"), {"ids": ids})
        return [
            Person(pk, name, Known(born, place), kind, frozenset(bytes(one) for one in numbers), bytes(state))
            for pk, name, born, place, kind, numbers, state in cursor.fetchall()
        ]


def _open_hits(people: list[Person], against: Screener, at: datetime) -> int:
    """Open a hit for each pair that is not known yet as both sides are now, in the place of what is open about it."""
    thresholds = KycRule.objects.by_jurisdiction(KycCode.SCREENING_THRESHOLD, timezone.localdate(at))
    found = [
        (person, facts, said)
        for person in people
        for facts, said in against.matches(person, threshold=_threshold(thresholds, person.known.country))
    ]
    if not found:
        return 0
    known = _known({person.pk for person, _facts, _said in found})
    new = []
    for person, facts, said in found:
        digest = person.digest(is_identified=_is_identified(said))
        before = known.get((person.pk, *facts.pair), [])
        if not any((hit.entry.digest, hit.customer_digest) == (facts.digest, digest) for hit in before):
            new.append((ScreeningHit(customer_id=person.pk, entry_id=facts.entry_id, score=said["percent"], matched=said,
                                     customer_digest=digest, opened_at=at), before))  # fmt: skip
    if new:
        _write(new)
        _tell(at)
    return len(new)


def _is_identified(said: dict[str, Any]) -> bool:
    return any(name == "identifier" for name, _points in said["points"])


def _threshold(thresholds: dict[str, int], place: str) -> int:
    return next((thresholds[one] for one in looked_up(place) if one in thresholds), 100)


def _known(customers: set[int]) -> dict[tuple[int, int, str], list[ScreeningHit]]:
    known: dict[tuple[int, int, str], list[ScreeningHit]] = {}
    for hit in ScreeningHit.objects.filter(customer__in=customers).select_related("entry"):
        known.setdefault((hit.customer_id, hit.entry.watch_list_id, hit.entry.external_id), []).append(hit)
    return known


def _write(new: list[tuple[ScreeningHit, list[ScreeningHit]]]) -> None:
    name_act("customers.screening.found")
    ScreeningHit.objects.bulk_create([hit for hit, _before in new], batch_size=CHUNK)
    for hit, before in new:
        older = [one.pk for one in before if one.is_open]
        if older:
            ScreeningHit.objects.filter(pk__in=older).update(replaced_by=hit)


def _tell(at: datetime) -> None:
    """Tell those who handle hits, once a day, that there are new ones; nobody else hears of it."""
    notify(
        users=holders_of("customers.handle_screeninghit"),
        kind=NotificationKind.REVIEW,
        key=f"screening:{timezone.localdate(at)}",
        title=lambda: _("New screening hits wait for you"),
        url=reverse("customers:hit_list"),
        at=at,
    )


def screen_against(*, version_id: int, progress: Progress | None = None) -> int:
    """Hold all customers against the entries that a version has brought, from where an earlier try was ended; return how
    many were."""
    version = ListVersion.objects.get(pk=version_id)
    new = ListEntry.objects.in_force().filter(watch_list=version.watch_list_id, from_version=version.number)
    against, done = Screener(new.iterator(chunk_size=2_000)), 0
    total = ScreeningState.objects.count()
    while against.facts:
        ids = _next_customers(version.screened_to)
        if not ids:
            break
        version.screened_to = ids[-1]
        _screen_part(version, ids, against)
        done += len(ids)
        if progress:
            progress(done, max(total, done), _("Holding customers against the list"))
    ListVersion.objects.filter(pk=version_id, screened_at=None).update(screened_at=timezone.now())
    return done


@transaction.atomic
def _screen_part(version: ListVersion, ids: list[int], against: Screener) -> None:
    """Customers who were never screened are left to `screen_customers`, which holds them against everything."""
    _one_at_a_time()
    name_act("customers.screening.found")
    _open_hits(_people(ids), against, timezone.now())
    version.save(update_fields=["screened_to"])


def _next_customers(after: int) -> list[int]:
    found = ScreeningState.objects.filter(customer_id__gt=after).order_by("customer_id")
    return [*found.values_list("customer_id", flat=True)[:CHUNK]]
