"""Segments: recorded, given a rule in versions, archived."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.criteria import field_named, fields_of, needs_of, segments_of, sha256_of, validate
from marketing.models import Segment, SegmentKind, SegmentUse, SegmentVersion
from staff.models import User
from staff.permits import require

DEEPEST = 10  # segments that name segments
LOCK = "SELECT pg_advisory_xact_lock(hashtext('marketing_segmentuse'))"  # the one of the trigger that refuses circles


@transaction.atomic
def record_segment(
    *,
    actor: User,
    code: str,
    name: str,
    kind: str = SegmentKind.RULE,
    description: str = "",
    owner: User | None = None,
    rule: Any = None,
    at: datetime,
) -> Segment:
    """Add a segment; one by a rule needs the rule, a list has none and begins empty."""
    require(actor, "marketing.add_segment")
    segment = Segment(
        code=code, name=name.strip(), kind=kind, description=description.strip(), owner=owner or actor, created_at=at
    )  # fmt: skip
    if kind == SegmentKind.RULE:
        segment.rule = checked_rule(actor, rule)
        segment.rule_sha256 = sha256_of(segment.rule)
    elif rule is not None:
        raise ValidationError({"rule": _("A list has no rule.")})
    segment.full_clean(exclude=["uses"])
    name_act("marketing.segment.recorded")
    segment.save()
    if segment.is_rule:
        _keep(actor, segment, "", at)
    return segment


@transaction.atomic
def change_segment(*, actor: User, segment_id: int, name: str, description: str, owner: User) -> Segment:
    """Change what is written about a segment; its rule is another matter."""
    segment = locked(actor, segment_id)
    segment.name, segment.description, segment.owner = name.strip(), description.strip(), owner
    segment.full_clean(exclude=["uses"])
    name_act("marketing.segment.changed")
    segment.save(update_fields=["name", "description", "owner"])
    return segment


@transaction.atomic
def write_rule(*, actor: User, segment_id: int, rule: Any, reason: str = "", at: datetime) -> Segment:
    """Give a segment another rule, kept as its next version. One that says the same is not written.

    Its members stay as they are until it is refreshed."""
    segment = locked(actor, segment_id)
    if not segment.is_rule:
        raise ValidationError(_("A list has no rule."))
    said = checked_rule(actor, rule)
    digest = sha256_of(said)
    if digest == segment.rule_sha256 and said == segment.rule:
        return segment
    name_act("marketing.segment.rule_written", reason=reason.strip())
    segment.rule, segment.rule_sha256 = said, digest
    segment.save(update_fields=["rule", "rule_sha256"])
    _keep(actor, segment, reason.strip(), at)
    return segment


@transaction.atomic
def archive_segment(*, actor: User, segment_id: int, at: datetime) -> Segment:
    """Put a segment aside: it is refreshed no more and offered nowhere. One that others name is needed."""
    segment = locked(actor, segment_id)
    if segment.archived_at:
        raise ValidationError(_("This segment is archived already."))
    if users := list(Segment.objects.standing().filter(uses=segment).values_list("name", flat=True)[:5]):
        raise ValidationError(_("Other segments name this one: %(names)s.") % {"names": ", ".join(users)})
    name_act("marketing.segment.archived")
    segment.archived_at = at
    segment.save(update_fields=["archived_at"])
    return segment


@transaction.atomic
def restore_segment(*, actor: User, segment_id: int) -> Segment:
    """Take an archived segment into use again; its members are those of then until it is refreshed."""
    segment = locked(actor, segment_id)
    if not segment.archived_at:
        raise ValidationError(_("This segment is in use."))
    if gone := segment.uses.filter(archived_at__isnull=False).values_list("name", flat=True).first():
        raise ValidationError(_("It names %(name)s, which is archived: restore that one first.") % {"name": gone})
    name_act("marketing.segment.restored")
    segment.archived_at = None
    segment.save(update_fields=["archived_at"])
    return segment


def locked(actor: User, segment_id: int) -> Segment:
    """Return a segment that the actor may change, locked; PermissionDenied otherwise."""
    require(actor, "marketing.change_segment")
    segment = Segment.objects.select_for_update(of=["self"]).get(pk=segment_id)
    refuse_unseen(actor, segment.needs)
    return segment


def checked_rule(actor: User, rule: Any) -> Any:
    """Return a rule in one form; ValidationError for what is none, PermissionDenied for what the actor may not ask."""
    said = validate(rule)
    for name in fields_of(said):
        field = field_named(name)
        if field and field.needs and not actor.has_perm(field.needs):
            raise PermissionDenied(
                _("Your role does not allow choosing customers by: %(field)s.") % {"field": field.label}
            )
    named = {one.code: one for one in Segment.objects.filter(code__in=segments_of(said))}
    for segment in named.values():
        refuse_unseen(actor, segment.needs)
        if segment.archived_at:
            raise ValidationError(
                _("The segment %(name)s is archived: restore it, or take another.") % {"name": segment.name}
            )
    return said


def refuse_unseen(actor: User, needs: Sequence[str]) -> None:
    """Raise PermissionDenied where a rule asks about what the actor may not know."""
    if not all(actor.has_perm(one) for one in needs):
        raise PermissionDenied(
            _("Your role does not allow this segment: it asks about more than you may know of customers.")
        )


def _keep(actor: User, segment: Segment, reason: str, at: datetime) -> None:
    """Keep the rule as a version, and which segments it names; refuse a circle."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    used = list(Segment.objects.filter(code__in=segments_of(segment.rule or {})))
    _refuse_circle(segment, used)
    SegmentUse.objects.filter(segment=segment).exclude(used__in=used).delete()
    for one in used:
        SegmentUse.objects.get_or_create(segment=segment, used=one)
    last = segment.versions.values_list("number", flat=True).first() or 0
    SegmentVersion.objects.create(
        segment=segment, number=last + 1, rule=segment.rule, rule_sha256=segment.rule_sha256, reason=reason[:300], by=actor,
        at=at,
    )  # fmt: skip
    _hand_up(segment)


def _refuse_circle(segment: Segment, used: list[Segment]) -> None:
    level, seen, depth = {one.pk for one in used}, set(), 0
    while level:
        depth += 1
        if segment.pk in level:
            raise ValidationError(_("A segment does not contain itself, nor one that contains it."))
        if depth > DEEPEST:
            raise ValidationError(_("Segments name each other at most %(n)d deep.") % {"n": DEEPEST})
        seen |= level
        level = set(SegmentUse.objects.filter(segment__in=level).values_list("used_id", flat=True)) - seen


def _hand_up(segment: Segment) -> None:
    """Write what a rule needs to be seen, for the segment and for all that name it, near or far."""
    waiting = [segment.pk]
    while waiting:
        one = Segment.objects.get(pk=waiting.pop(0))
        below = [needs for used in one.uses.all() for needs in used.needs]
        needs = sorted({*needs_of(one.rule), *below}) if one.rule else []
        if needs != one.needs:
            Segment.objects.filter(pk=one.pk).update(needs=needs)
            waiting += Segment.objects.filter(uses=one).values_list("pk", flat=True)
    segment.refresh_from_db(fields=["needs"])


def segment_url(segment: Segment) -> str:
    return reverse("marketing:segment_detail", args=[segment.code])
