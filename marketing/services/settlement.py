"""What becomes of a reservation: committed, held, released, reversed; by people, by the platform and by the clock."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit.services import name_act, record_batch
from marketing.models import EntryKind, Redemption, RedemptionEntry, RedemptionState, State
from marketing.services.abuse import reasons_of, score_redemptions
from marketing.services.refusals import refusals
from staff.models import User

BATCH = 5_000
# What many entries will write, locked before them in the order in which a single redemption locks: nobody waits in a circle.
OF = "(SELECT {} FROM marketing_redemption WHERE id = ANY(%s))"
LOCKS = [
    f"SELECT FROM marketing_couponuse WHERE coupon_id IN {OF.format('coupon_id')} ORDER BY coupon_id FOR UPDATE",
    f"SELECT FROM marketing_redpacketshare WHERE id IN {OF.format('share_id')} ORDER BY id FOR UPDATE",
    f"SELECT FROM marketing_customeruse WHERE (offer_id, customer_id) IN {OF.format('offer_id, customer_id')}"
    " ORDER BY offer_id, customer_id FOR UPDATE",
    f"SELECT FROM marketing_offerslot WHERE offer_id IN {OF.format('offer_id')} ORDER BY offer_id, slot FOR UPDATE",
]


def commit(*, actor: User, redemption_id: int, at: datetime) -> Redemption:
    """Redeem what is reserved: it is paid now, waits for its payout, or is held for signs of abuse. Again is the same."""
    made = _found(redemption_id)
    if made.now.state in {State.COMMITTED, State.WAITING, State.HELD}:
        return made
    if made.now.state == State.RESERVED and at >= made.now.due_at:
        raise ValidationError(_("This reservation ended at %(at)s.") % {"at": made.now.due_at}, code="expired")
    if made.version.payout_hours:
        return _enter(made, EntryKind.ASKED, actor=actor, at=at)
    scored = score_redemptions([made.pk], at=at).get(made.pk) if _has_signals(made) else None
    if scored and scored.is_held:
        return _enter(made, EntryKind.HELD, actor=actor, at=at, reason=reasons_of(scored.signs))
    return _enter(made, EntryKind.COMMITTED, actor=actor, at=at)


def _has_signals(made: Redemption) -> bool:
    return any((made.device, made.network, made.payee, made.address))


def release(*, actor: User, redemption_id: int, at: datetime, reason: str = "") -> Redemption:
    """Give a reservation back. Again is the same; what was redeemed is reversed instead."""
    made = _found(redemption_id)
    if made.now.state == State.RELEASED:
        return made
    if made.now.state == State.COMMITTED:
        raise ValidationError(_("This was redeemed already: reverse it instead."), code="state")
    if made.now.state == State.HELD:
        raise ValidationError(_("This is held: whoever reviews it pays or refuses it."), code="state")
    return _enter(made, EntryKind.RELEASED, actor=actor, at=at, reason=reason.strip() or "–")


def reverse(*, actor: User, redemption_id: int, reason: str, at: datetime) -> Redemption:
    """Take a redemption back whole, because its order was; budget and coupon are free again. Again is the same."""
    made = _found(redemption_id)
    if made.now.state == State.REVERSED:
        return made
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is taken back.")})
    return _enter(made, EntryKind.REVERSED, actor=actor, at=at, reason=reason)


def decide_held(*, actor: User, redemption_id: int, pay: bool, reason: str, at: datetime) -> Redemption:
    """Pay or refuse what is held, for a reason that the log keeps."""
    made = _found(redemption_id)
    if made.now.state != State.HELD:
        raise ValidationError(_("This redemption is not held."), code="state")
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is paid or refused.")})
    kind = EntryKind.COMMITTED if pay else EntryKind.RELEASED
    return _enter(made, kind, actor=actor, at=at, reason=reason)


def _found(redemption_id: int) -> Redemption:
    return Redemption.objects.select_related("now", "version", "offer").get(pk=redemption_id)


def _enter(made: Redemption, kind: str, *, actor: User, at: datetime, reason: str = "") -> Redemption:
    """Write an entry; the trigger decides whether it may follow. Whoever lost a race to the same entry sees it done."""
    with refusals():
        name_act(f"marketing.redemption.{kind}", reason=reason)
        RedemptionState.objects.select_for_update().get(pk=made.pk)
        if not RedemptionEntry.objects.filter(redemption=made, kind=kind).exists():
            entry = RedemptionEntry.objects.create(
                redemption=made, kind=kind, at=at, by=actor, reason=reason.strip()[:500]
            )
            digest = hashlib.sha256(f"{made.pk}|{kind}|{at.isoformat()}|{entry.reason}".encode()).hexdigest()
            record_batch("marketing_redemptionentry", 1, digest, pk=entry.pk)
    return _found(made.pk)


def expire_reservations(*, at: datetime) -> int:
    """Release every reservation whose time is over; return how many. Safe to run at once with anything."""
    return _in_batches(lambda: _release_some(at))


def _release_some(at: datetime) -> int:
    return _enter_many(Redemption.objects.overdue(at), EntryKind.RELEASED, at=at, reason="expired")


def _enter_many(rows, kind: str, *, at: datetime, reason: str) -> int:
    """Write the same entry for some of `rows`, those that nobody else holds; one event of the log for all."""
    with transaction.atomic():
        picked = RedemptionState.objects.filter(pk__in=rows.values("pk")).order_by("pk")
        keys = list(picked.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
        lock_counters(keys)
        enter_all(dict.fromkeys(keys, reason), kind, at=at)
        return len(keys)


def enter_all(reasons: Mapping[int, str], kind: str, *, at: datetime) -> None:
    """Write an entry for each of these redemptions, for its reason, in one statement. The running transaction has locked them
    and what they count in (`lock_counters`)."""
    if not reasons:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO marketing_redemptionentry (redemption_id, kind, at, by_id, reason)"
            " SELECT id, %s, %s, NULL, reason FROM unnest(%s::bigint[], %s::text[]) AS t (id, reason) ORDER BY id",
            [kind, at, list(reasons), [reason[:500] for reason in reasons.values()]],
        )
    digest = hashlib.sha256(f"{kind}|{at.isoformat()}|{sorted(reasons.items())}".encode()).hexdigest()
    every = set(reasons.values())
    record_batch(
        "marketing_redemptionentry", len(reasons), digest, action=f"marketing.redemption.{kind}",
        reason=every.pop() if len(every) == 1 else "",
    )  # fmt: skip


def lock_counters(keys: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        for locked in LOCKS:
            cursor.execute(locked, [list(keys)])


def pay_due(*, at: datetime) -> tuple[int, int]:
    """Look for abuse among everything that is to be paid now, hold what scores too much, and pay the rest; return how many
    were paid and held."""
    paid = held = 0
    while True:
        with transaction.atomic():
            due = RedemptionState.objects.filter(state=State.WAITING, due_at__lte=at).order_by("pk")
            keys = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
            if not keys:
                return paid, held
            scores = score_redemptions(keys, at=at)
            suspect = {key: reasons_of(one.signs) for key, one in scores.items() if one.is_held}
            lock_counters(keys)
            enter_all(suspect, EntryKind.HELD, at=at)
            enter_all(dict.fromkeys(set(keys) - set(suspect), ""), EntryKind.COMMITTED, at=at)
        paid, held = paid + len(keys) - len(suspect), held + len(suspect)


def _in_batches(some) -> int:
    total = 0
    while found := some():
        total += found
    return total
