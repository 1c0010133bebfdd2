"""Lists of customers: who is put on one, who is taken off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit.services import emit, name_act
from customers.models import Customer
from marketing.models import Segment
from marketing.services.segment_refresh import later_than_before
from marketing.services.segments import locked
from staff.models import User

# One row: a customer who was put on a list and was not on it before.
PUT = """
INSERT INTO marketing_segmentmember (segment_id, customer_id, entered_at, by_id)
SELECT DISTINCT %(segment)s::bigint, wanted.id, %(at)s::timestamptz, %(by)s::bigint FROM unnest(%(ids)s::bigint[]) AS wanted (id)
 WHERE NOT EXISTS (SELECT FROM marketing_segmentmember AS m
                    WHERE m.segment_id = %(segment)s AND m.customer_id = wanted.id AND m.left_at IS NULL)
"""


@transaction.atomic
def list_members(*, actor: User, segment_id: int, references: Sequence[str], at: datetime) -> int:
    """Put customers on a list by their numbers and return how many were not on it; ValidationError names an unknown one.

    A number that was merged into another stands for that one."""
    segment = _locked_list(actor, segment_id)
    ids = customers_called(actor, references)
    if missing := sorted(set(references) - set(ids)):
        raise ValidationError(_("There is no customer %(number)s.") % {"number": missing[0][:40]})
    moment = later_than_before(segment, at)
    name_act("marketing.segment.listed")
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"segment": segment.pk, "at": moment, "by": actor.pk, "ids": list(ids.values())}
        cursor.execute(PUT, asked)
        put = cursor.rowcount
    _note(segment, put, moment, "put")
    return put


@transaction.atomic
def unlist_members(*, actor: User, segment_id: int, references: Sequence[str], at: datetime) -> int:
    """Take customers off a list and return how many were on it."""
    segment = _locked_list(actor, segment_id)
    ids = customers_called(actor, references)
    moment = later_than_before(segment, at)
    name_act("marketing.segment.unlisted")
    gone = segment.members.standing().filter(customer__in=list(ids.values())).update(left_at=moment)
    _note(segment, -gone, moment, "taken off")
    return gone


def customers_called(actor: User, references: Sequence[str]) -> dict[str, int]:
    """Return the keys of customers by the numbers asked for, as far as the actor sees them; merged ones lead on."""
    found = Customer.objects.in_scope_of(actor).filter(reference__in=list(references), erased_at__isnull=True)
    return {reference: into or pk for reference, into, pk in found.values_list("reference", "merged_into_id", "pk")}


def _locked_list(actor: User, segment_id: int) -> Segment:
    segment = locked(actor, segment_id)
    if segment.is_rule:
        raise ValidationError(_("The members of this segment follow from its rule: change the rule instead."))
    if segment.archived_at:
        raise ValidationError(_("This segment is archived: restore it first."))
    return segment


def _note(segment: Segment, more: int, moment: datetime, what: str) -> None:
    segment.member_count, segment.refreshed_at = segment.member_count + more, moment
    segment.save(update_fields=["member_count", "refreshed_at"])
    if more:
        emit("batch", table="marketing_segment", pk=segment.pk, detail={"what": what, "rows": abs(more)})
