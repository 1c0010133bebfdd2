"""Crises: declared under a stated authority, shown to everybody, their decisions kept, ended with a reason."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from incidents.models import Crisis, CrisisDecision, Incident
from staff.models import User

KEY, FRESH_SECONDS = "incidents.crisis", 5


@dataclass(frozen=True)
class Banner:
    """What everybody reads while a crisis lasts; all empty while there is none."""

    reference: str = ""
    title: str = ""
    message: str = ""


@transaction.atomic
def declare_crisis(
    *,
    actor: User,
    title: str,
    message: str,
    authority: str,
    reason: str,
    at: datetime,
    incident: Incident | None = None,
) -> Crisis:
    """Declare a crisis; there is one at a time, and its message stands on every page until it is ended."""
    crisis = Crisis(
        title=title.strip(), message=message.strip(), authority=authority.strip(), reason=reason.strip(),
        incident=incident, declared_by=actor, declared_at=at,
    )  # fmt: skip
    crisis.full_clean(exclude=["reference"], validate_constraints=False)
    name_act("incidents.crisis.declared", reason=reason)
    try:
        with transaction.atomic():
            crisis.save()
    except IntegrityError as error:
        raise ValidationError(_already()) from error
    crisis.refresh_from_db(fields=["reference"])
    _forget_banner()
    return crisis


@transaction.atomic
def decide_in_crisis(
    *, actor: User, crisis_id: int, decision: str, grounds: str, at: datetime, carried_out_by: str = ""
) -> CrisisDecision:
    """Write down a decision with its grounds; it stays as it was written."""
    crisis = _locked(crisis_id)
    for name, text in (("decision", decision), ("grounds", grounds)):
        if not text.strip():
            raise ValidationError({name: _("Write down what was decided, and on which grounds.")})
    name_act("incidents.crisis.decided", reason=grounds)
    return CrisisDecision.objects.create(
        crisis=crisis, at=at, by=actor, decision=decision.strip(), grounds=grounds.strip(),
        carried_out_by=carried_out_by.strip(),
    )  # fmt: skip


@transaction.atomic
def end_crisis(*, actor: User, crisis_id: int, reason: str, at: datetime) -> Crisis:
    """End a crisis and say why it is over; the banner goes with it."""
    crisis = _locked(crisis_id)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the crisis is over.")})
    name_act("incidents.crisis.ended", reason=reason)
    crisis.ended_by, crisis.ended_at, crisis.ending_reason = actor, at, reason.strip()
    crisis.save(update_fields=["ended_by", "ended_at", "ending_reason"])
    _forget_banner()
    return crisis


def banner() -> Banner:
    """Return what the banner says, at most five seconds old: every open page asks for it."""
    found = cache.get(KEY)
    if found is None:
        crisis = Crisis.objects.open().first()
        found = Banner(crisis.reference, crisis.title, crisis.message) if crisis else Banner()
        cache.set(KEY, found, FRESH_SECONDS)
    return found


def _forget_banner() -> None:
    transaction.on_commit(lambda: cache.delete(KEY))


def _already() -> str:
    standing = Crisis.objects.open().first()
    if standing is None:
        return _("A crisis has just ended: look before you declare another.")
    return _("%(crisis)s is declared already: end it first.") % {"crisis": standing}


def _locked(crisis_id: int) -> Crisis:
    crisis = Crisis.objects.select_for_update(of=["self"]).get(pk=crisis_id)
    if not crisis.is_open:
        raise ValidationError(
            _("%(reference)s has ended: its record stays as it is.") % {"reference": crisis.reference}
        )
    return crisis
