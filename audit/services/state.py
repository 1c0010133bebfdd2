"""How the proof of the log stands: sealing, verification, anchors, each in a word and a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _

from audit.models import AnchorKind, AnchorReceipt, Checkpoint, Verification, VerificationKind
from audit.rules.findings import finding_of
from audit.services.sealing import tip_of

SQL = Path(__file__).parent.parent / "sql"
WAITING = (SQL / "waiting.sql").read_text(encoding="utf-8")
BLOCKER = (SQL / "blocker.sql").read_text(encoding="utf-8")
ERA = "SELECT coalesce(max(after_event), 0) FROM public.audit_era"
MOST_COUNTED = 10_000
VERIFIED_WITHIN = timedelta(hours=26)
ANCHORS_MISSED = 3  # so many intervals without a new anchor are late


class Standing(StrEnum):
    OK = "ok"
    LATE = "late"
    WRONG = "wrong"


@dataclass(frozen=True)
class Part:
    """One of sealing, verification, anchor: how it stands, in words, and when it last went well."""

    name: str
    standing: Standing
    sentence: str
    at: datetime | None = None


@dataclass(frozen=True)
class Waiting:
    """Events that are not sealed: `rows` in all (10,001 is more), `settled` of them only for want of a sealer."""

    rows: int
    since: datetime | None
    settled: int
    settled_since: datetime | None


@dataclass(frozen=True)
class SealingState:
    """What the banner of the log says. `lag_seconds` is the age of the oldest event that is not sealed."""

    sealed_size: int
    sealed_at: datetime | None
    waiting: Waiting
    lag_seconds: float
    checkpoint: Checkpoint | None
    verification: Verification | None
    anchor: AnchorReceipt | None
    parts: tuple[Part, ...]

    @property
    def standing(self) -> Standing:
        """The worst of the parts."""
        found = {part.standing for part in self.parts}
        return next((standing for standing in (Standing.WRONG, Standing.LATE) if standing in found), Standing.OK)


def sealing_state(*, at: datetime) -> SealingState:
    """Return how sealing, verification and anchors stand, with eight short queries."""
    checkpoint = Checkpoint.objects.newest_first().first()
    waiting = waiting_events()
    lag = max(0.0, (at - waiting.since).total_seconds()) if waiting.since else 0.0
    verification = Verification.objects.of_kind(VerificationKind.FULL).newest_first().first()
    anchor = AnchorReceipt.objects.left().newest_first().first()
    parts = (
        _sealing(checkpoint, waiting, lag, at),
        _verification(checkpoint, verification, at),
        _anchor(checkpoint, anchor, at),
    )
    return SealingState(
        checkpoint.size if checkpoint else 0,
        checkpoint.at if checkpoint else None,
        waiting,
        lag,
        checkpoint,
        verification,
        anchor,
        parts,
    )


def waiting_events() -> Waiting:
    """Return what is not sealed yet."""
    with connection.cursor() as cursor:
        tip = tip_of(cursor)
        cursor.execute(ERA)
        (after,) = cursor.fetchone()
        begun = tip.event > after
        cursor.execute(WAITING, {"xid": tip.xid * begun, "event": tip.event * begun, "after": after})
        return Waiting(*cursor.fetchone())


def sealer_is_late(*, at: datetime) -> str:
    """Return a sentence where events wait for want of a sealer, for health checks; a long transaction is no such want."""
    waiting = waiting_events()
    if not waiting.settled_since or (at - waiting.settled_since).total_seconds() < settings.SEAL_LATE_SECONDS:
        return ""
    return "Events wait to be sealed: start manage.py audit_sealer, or look into its log."


def _sealing(checkpoint: Checkpoint | None, waiting: Waiting, lag: float, at: datetime) -> Part:
    sealed_at = checkpoint.at if checkpoint else None
    if lag < settings.SEAL_LATE_SECONDS:
        return Part("sealing", Standing.OK, _("Every event is sealed within seconds."), sealed_at)
    if waiting.settled_since and (at - waiting.settled_since).total_seconds() >= settings.SEAL_LATE_SECONDS:
        sentence = _("Events wait to be sealed: the sealer does not run, or cannot write. Look into its log.")
    else:
        sentence = _blocked(waiting)
    return Part("sealing", Standing.LATE, sentence, sealed_at)


def _blocked(waiting: Waiting) -> str:
    with connection.cursor() as cursor:
        cursor.execute(BLOCKER)
        blocker = cursor.fetchone()
    rows = min(waiting.rows, MOST_COUNTED)
    events = ngettext("%(rows)s event waits", "%(rows)s events wait", rows) % {"rows": rows}
    if blocker is None:
        return _("%(events)s for a transaction that has just ended.") % {"events": events}
    user, process, application, since = blocker
    return _(
        "%(events)s for a transaction of %(user)s (process %(process)s %(application)s) that is open since %(since)s. "
        "Nothing is lost; end it if nobody needs it."
    ) % {
        "events": events,
        "user": user,
        "process": process or "",
        "application": application or "",
        "since": f"{since:%Y-%m-%d %H:%M:%S} UTC",
    }


def _verification(checkpoint: Checkpoint | None, last: Verification | None, at: datetime) -> Part:
    wrong = next(_last_wrong(), None)
    if wrong is not None:
        first = finding_of(wrong.findings[0]).sentence(gettext) if wrong.findings else ""
        sentence = ngettext(
            "Verification found %(found)s thing that does not hold: %(first)s",
            "Verification found %(found)s things that do not hold, the first: %(first)s",
            wrong.found,
        ) % {"found": wrong.found, "first": first}
        return Part("verification", Standing.WRONG, sentence, wrong.at)
    if checkpoint is None or (last and at - last.at < VERIFIED_WITHIN):
        return Part("verification", Standing.OK, _("The last verification of the whole log found nothing."), _at(last))
    first_sealed = Checkpoint.objects.order_by("size").values_list("at", flat=True).first()
    if last is None and first_sealed and at - first_sealed < VERIFIED_WITHIN:
        return Part("verification", Standing.OK, _("The whole log is verified for the first time tonight."))
    return Part(
        "verification",
        Standing.LATE,
        _("The whole log has not been verified for a day: see whether beat and a worker run."),
        _at(last),
    )


def _last_wrong() -> Iterator[Verification]:
    """Yield the last run of each kind, if it found something."""
    for kind in VerificationKind.values:
        last = Verification.objects.of_kind(kind).newest_first().first()
        if last is not None and last.found:
            yield last


def _anchor(checkpoint: Checkpoint | None, last: AnchorReceipt | None, at: datetime) -> Part:
    kinds = configured_anchors()
    if not kinds:
        return Part(
            "anchor", Standing.LATE, _("No anchor is set up: nothing outside could show that the log was rewritten.")
        )
    for kind in kinds:
        tried = AnchorReceipt.objects.filter(kind=kind).newest_first().first()
        if tried is not None and not tried.ok:
            named = {"kind": AnchorKind(kind).label, "message": tried.message}
            return Part("anchor", Standing.WRONG, _("%(kind)s: %(message)s") % named, _at(last))
        if _is_overdue(kind, at):
            named = {"kind": AnchorKind(kind).label}
            sentence = _("%(kind)s: no checkpoint has been left there for too long; see whether beat and a worker run.")
            return Part("anchor", Standing.LATE, sentence % named, _at(last))
    if last is None:
        return Part("anchor", Standing.OK, _("The first checkpoint is not due outside yet."))
    return Part("anchor", Standing.OK, _("The log is anchored outside."), _at(last))


def _is_overdue(kind: str, at: datetime) -> bool:
    """Whether a checkpoint that is not anchored there is older than three intervals."""
    anchored = AnchorReceipt.objects.left().filter(kind=kind).order_by("-checkpoint_id").first()
    patience = timedelta(seconds=settings.ANCHOR_SECONDS * ANCHORS_MISSED)
    later = Checkpoint.objects.filter(size__gt=anchored.checkpoint_id if anchored else 0).until(at - patience)
    return later.exists()


def configured_anchors() -> list[str]:
    """Return the kinds of anchors that the settings name."""
    places: dict[str, Any] = {
        AnchorKind.DIRECTORY: settings.ANCHOR_DIRECTORY,
        AnchorKind.TIMESTAMP: settings.ANCHOR_TSA_URL,
        AnchorKind.EMAIL: settings.ANCHOR_EMAILS,
    }
    return [kind for kind, place in places.items() if place]


def _at(what: Verification | AnchorReceipt | None) -> datetime | None:
    return what.at if what else None
