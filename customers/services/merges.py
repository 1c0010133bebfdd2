"""Two customers become one, and are parted again: in one transaction each, under an approved request."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.merging import moving
from customers.models import Customer, DuplicatePair, MatchKey, Merge, MergeField, PairState, Portrait
from customers.personal_fields import INDEXES
from customers.rules.merging import CHOSEN, settled, text_of, value_of
from customers.services.merge_rows import give_later, later_rows, move_rows, return_rows, tops
from customers.services.suitability_carrying import carry_again, carry_assessment
from customers.tasks.portraits import redraw_portraits_task
from staff.models import User

PERMISSION = "customers.merge_customer"


def hurdle_to_merging(survivor: Customer, absorbed: Customer) -> str:
    """Return why two customers cannot become one now, or nothing."""
    if survivor.pk == absorbed.pk:
        return _("A customer cannot be merged with themselves: choose another one.")
    for one in (survivor, absorbed):
        if one.merged_into_id:
            into = Customer.objects.only("reference").get(pk=one.merged_into_id)
            return _("%(one)s was merged into %(other)s already: go on there.") % {"one": one, "other": into}
        if one.erased_at or hasattr(one, "erasure"):
            return _("%(one)s is being erased: nothing is merged with what goes.") % {"one": one}
        if one.restricted_at:
            return _("The data of %(one)s is restricted: lift the restriction first.") % {"one": one}
    if survivor.kind != absorbed.kind:
        return _("A person and a business are not one.")
    if survivor.currency != absorbed.currency:
        return _("Their figures are in %(one)s and in %(other)s: only customers of one currency are merged.") % {
            "one": survivor.currency,
            "other": absorbed.currency,
        }
    return ""


def hurdle_to_unmerging(merge: Merge) -> str:
    """Return why a merge cannot be undone now, or nothing."""
    if merge.undone_at:
        return _("This merge has been undone already.")
    survivor = merge.survivor
    if survivor.merged_into_id:
        later = Merge.objects.standing().select_related("survivor").get(absorbed=survivor)
        return _("%(one)s was itself merged into %(other)s since: undo that first.") % {
            "one": survivor,
            "other": later.survivor,
        }
    for one in (survivor, merge.absorbed):
        if one.restricted_at or one.erased_at or hasattr(one, "erasure"):
            return _("The data of %(one)s is restricted or being erased: it stays as it is.") % {"one": one}
    return ""


def check_merge(*, actor: User, survivor_id: int, absorbed_id: int, choices: Collection[str]) -> None:
    """Raise PermissionDenied or ValidationError for a merge that must not even be asked for."""
    survivor, absorbed = _seen(actor, survivor_id), _seen(actor, absorbed_id)
    if unknown := set(choices) - set(CHOSEN):
        raise ValidationError(_("There is no field %(names)s to choose.") % {"names": ", ".join(sorted(unknown))})
    if hurdle := hurdle_to_merging(survivor, absorbed):
        raise ValidationError(hurdle)


def check_unmerge(*, actor: User, merge_id: int, later: Collection[str]) -> None:
    merge = Merge.objects.visible_to(actor).select_related("survivor", "absorbed").get(pk=merge_id)
    if not actor.has_perm(PERMISSION):
        raise PermissionDenied(_("Your role does not merge customers."))
    if unknown := set(later) - {part.table for part in moving()}:
        raise ValidationError(_("Nothing of %(names)s came after the merge.") % {"names": ", ".join(sorted(unknown))})
    if hurdle := hurdle_to_unmerging(merge):
        raise ValidationError(hurdle)


def _seen(actor: User, customer_id: int) -> Customer:
    if not actor.has_perm(PERMISSION):
        raise PermissionDenied(_("Your role does not merge customers."))
    found = Customer.objects.in_scope_of(actor).defer("search").filter(pk=customer_id).first()
    if found is None:
        raise ValidationError(_("One of these customers is not there."))
    return found


@transaction.atomic
def merge_customers(
    *,
    actor: User,
    survivor_id: int,
    absorbed_id: int,
    choices: Collection[str],
    reason: str,
    approval_id: int | None,
    at: datetime,
) -> Merge:
    """Make `absorbed` a number that leads to `survivor`, give everything to the one that stays, and keep what was where.

    Called by the approved change request alone. Both rows are locked, the lower number first."""
    name_act("customers.customer.merged", reason=reason, approval_id=approval_id)
    survivor, absorbed = _locked(survivor_id, absorbed_id)
    check_merge(actor=actor, survivor_id=survivor_id, absorbed_id=absorbed_id, choices=choices)
    merge = Merge.objects.create(
        survivor=survivor, absorbed=absorbed, choices=sorted(choices), subtree=absorbed.absorbed, tops=tops(),
        absorbed_region=absorbed.region, reason=reason[:300], approval_id=approval_id, merged_at=at, merged_by=actor,
    )  # fmt: skip
    _write_fields(merge, survivor, absorbed)
    move_rows(merge, survivor)
    carry_assessment(merge, survivor, absorbed)
    _lead(survivor, absorbed)
    _forget_what_is_made_again(survivor, absorbed, at, actor)
    redraw_portraits_task.delay_on_commit()
    return merge


def _locked(survivor_id: int, absorbed_id: int) -> tuple[Customer, Customer]:
    """Return both with their rows locked, in the order of their numbers, so that two merges never wait for each other."""
    rows = Customer.objects.select_for_update(of=("self",)).defer("search").order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=[survivor_id, absorbed_id])}
    if len(found) < len({survivor_id, absorbed_id}):
        raise ValidationError(_("One of these customers is not there."))
    return found[survivor_id], found[absorbed_id]


def _write_fields(merge: Merge, survivor: Customer, absorbed: Customer) -> None:
    """Write chosen and settled values, and keep those of before beside them."""
    taken = {name: getattr(absorbed, name) for choice in merge.choices for name in CHOSEN[choice]}
    changed = {
        name: value
        for name, value in {**taken, **settled(survivor, absorbed)}.items()
        if getattr(survivor, name) != value
    }
    _keep_fields(merge, survivor, changed)
    for name, value in changed.items():
        setattr(survivor, name, value)
    if changed:
        survivor.save(update_fields=list(changed))


def _keep_fields(merge: Merge, survivor: Customer, changed: dict[str, Any]) -> None:
    MergeField.objects.bulk_create(
        MergeField(merge=merge, field=name, was=text_of(getattr(survivor, name)), became=text_of(value))
        for name, value in changed.items()
        if not name.endswith("_index")  # made of the value, and made again with it
    )


def _lead(survivor: Customer, absorbed: Customer) -> None:
    """The number that goes leads to the one that stays, with all that led to it; it stands where the other one stands."""
    gone = [absorbed.pk, *absorbed.absorbed]
    Customer.objects.filter(pk__in=gone).update(merged_into=survivor)
    Customer.objects.filter(pk=absorbed.pk).update(region=survivor.region)
    survivor.absorbed = sorted({*survivor.absorbed, *gone})
    survivor.save(update_fields=["absorbed"])


def _forget_what_is_made_again(survivor: Customer, absorbed: Customer, at: datetime, actor: User) -> None:
    low, high = sorted((survivor.pk, absorbed.pk))
    DuplicatePair.objects.filter(first=low, second=high).update(state=PairState.MERGED, judged_at=at, judged_by=actor)
    _pairs_of(absorbed).filter(state=PairState.OPEN).delete()
    MatchKey.objects.filter(customer__in=[absorbed.pk, survivor.pk]).delete()
    Portrait.objects.filter(customer=absorbed).delete()


def _pairs_of(customer: Customer) -> Any:
    return DuplicatePair.objects.filter(Q(first=customer) | Q(second=customer))


@transaction.atomic
def unmerge_customers(
    *, actor: User, merge_id: int, later: Collection[str], approval_id: int | None, at: datetime
) -> dict[str, int]:
    """Part two customers again: every row that the merge moved goes back, every field that still says what the merge wrote
    says what it said before. Rows that came since stay, but for those of the tables in `later`.

    Returns how many rows went back, by table. Called by the approved change request alone."""
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge_id)
    name_act("customers.customer.unmerged", reason=merge.reason, approval_id=approval_id)
    survivor, absorbed = _locked(merge.survivor_id, merge.absorbed_id)
    check_unmerge(actor=actor, merge_id=merge_id, later=later)
    came_later = [part for part, _count in later_rows(merge) if part.table in set(later)]
    returned = return_rows(merge)
    absorbed.region = merge.absorbed_region
    for part in came_later:
        returned[part.table] += give_later(merge, part, absorbed)
    _restore_fields(merge, survivor)
    _part(merge, survivor, absorbed)
    _keep_apart(survivor, absorbed, actor, at)
    merge.undone_at, merge.undone_by, merge.undo_approval_id = at, actor, approval_id
    merge.save(update_fields=["undone_at", "undone_by", "undo_approval_id"])
    carry_again(survivor)
    redraw_portraits_task.delay_on_commit()
    return returned


def _restore_fields(merge: Merge, survivor: Customer) -> None:
    """A field that somebody changed since keeps what they wrote."""
    restored: list[str] = []
    for kept in merge.fields.all():
        if text_of(getattr(survivor, kept.field)) == kept.became:
            setattr(survivor, kept.field, value_of(kept.field, kept.was))
            restored.append(kept.field)
    for field, indexes in INDEXES.items():
        if field in restored:
            for name, index in indexes.items():
                setattr(survivor, name, index(getattr(survivor, field)))
                restored.append(name)
    if restored:
        survivor.save(update_fields=restored)


def _part(merge: Merge, survivor: Customer, absorbed: Customer) -> None:
    Customer.objects.filter(pk=absorbed.pk).update(merged_into=None, region=absorbed.region)
    Customer.objects.filter(pk__in=merge.subtree).update(merged_into=absorbed)
    survivor.absorbed = sorted(set(survivor.absorbed) - {absorbed.pk, *merge.subtree})
    survivor.save(update_fields=["absorbed"])


def _keep_apart(survivor: Customer, absorbed: Customer, actor: User, at: datetime) -> None:
    """Who undoes a merge says that the two are not one: it holds until either is changed."""
    low, high = sorted((survivor.pk, absorbed.pk))
    pair = DuplicatePair.objects.filter(first=low, second=high)
    pair.update(state=PairState.DISMISSED, judged_at=at, judged_by=actor, reason=_("Parted after a merge"))
    MatchKey.objects.filter(customer=survivor).delete()


@transaction.atomic
def gather_strays() -> int:
    """Give what came in under a number that leads elsewhere, in the very moment of its merge, to whom it leads; return how
    many rows. Each night asks."""
    moved = 0
    for merge in Merge.objects.standing().filter(pk__in=_with_strays()).select_related("survivor").order_by("pk"):
        name_act("customers.customer.strays_gathered")
        moved += sum(move_rows(merge, merge.survivor).values())
    return moved


def _with_strays() -> list[int]:
    found: set[int] = set()
    for part in moving():
        rows = part.described._base_manager.filter(**{f"{part.column}__merged_into__isnull": False})
        found |= set(rows.values_list(f"{part.column}_id", flat=True)[:1000])
    return list(Merge.objects.standing().filter(absorbed__in=found).values_list("pk", flat=True))
