"""Offers: drafted by marketing, put in force and funded by two people, stopped at once by one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from marketing.models import Offer, OfferVersion, Segment
from marketing.rules.offer_kinds import BadTerms, read_money, read_terms
from marketing.services.refusals import refusals
from products.models import Product
from staff.models import ChangeRequest, User
from staff.services.changes import propose

PUBLISH, BUDGET = "marketing.offer.publish", "marketing.offer.budget"


@transaction.atomic
def create_offer(
    *,
    actor: User,
    code: str,
    name: str,
    kind: str,
    currency: str,
    at: datetime,
    line_id: str | None = None,
    **draft: Any,
) -> Offer:
    """Add an offer with its first draft. It has no budget and nobody can redeem it until it is published."""
    offer = Offer(
        code=code.strip().lower(),
        name=name.strip(),
        kind=kind,
        currency=currency,
        line_id=line_id,
        owner=actor,
        created_at=at,
    )
    offer.full_clean()
    _in_scope(actor, offer)
    name_act("marketing.offer.created")
    offer.save()
    write_draft(actor=actor, offer_id=offer.pk, at=at, **draft)
    return offer


@transaction.atomic
def write_draft(*, actor: User, offer_id: int, at: datetime, terms: Any, **fields: Any) -> OfferVersion:
    """Write the draft of an offer, its only one, or begin the next; what is in force stays as it is."""
    offer = Offer.objects.select_for_update(of=["self"]).get(pk=offer_id)
    _in_scope(actor, offer)
    draft = offer.versions.drafts().first() or OfferVersion(offer=offer, number=offer.versions.count() + 1)
    draft.terms, draft.written_by, draft.written_at = checked_terms(offer.kind, terms), actor, at
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.products = _known_products(draft.products)
    if draft.segment_code and not Segment.objects.filter(code=draft.segment_code, archived_at__isnull=True).exists():
        raise ValidationError({"segment_code": _("There is no segment %(code)s.") % {"code": draft.segment_code}})
    draft.full_clean(exclude=["terms"])
    name_act("marketing.offer.drafted")
    draft.save()
    return draft


def checked_terms(kind: str, terms: Any) -> dict[str, Any]:
    """Return terms in their written form; ValidationError beside the field that is wrong."""
    try:
        return read_terms(kind, terms)
    except BadTerms as error:
        raise ValidationError({error.where: str(error)}) from error


def _known_products(codes: list[str]) -> list[str]:
    wanted = sorted({code.strip() for code in codes if code.strip()})
    unknown = set(wanted) - set(Product.objects.filter(code__in=wanted).values_list("code", flat=True))
    if unknown:
        raise ValidationError({"products": _("There is no product %(codes)s.") % {"codes": ", ".join(sorted(unknown))}})
    return wanted


def _in_scope(actor: User, offer: Offer) -> None:
    if actor.business_lines and offer.line_id not in {*actor.business_lines, None}:
        raise PermissionDenied(_("This is outside your scope."))


def checked_budget(amount: Any) -> Decimal:
    try:
        return read_money(amount, "budget")
    except BadTerms as error:
        raise ValidationError({"budget": str(error)}) from error


def propose_publication(*, actor: User, offer_id: int, budget: Decimal, reason: str, at: datetime) -> ChangeRequest:
    """Ask for the draft to be put in force with this budget; somebody else agrees."""
    offer = Offer.objects.get(pk=offer_id)
    draft = offer.versions.drafts().first()
    if draft is None:
        raise ValidationError(_("There is no draft to publish: write one first."))
    if draft.valid_until <= at:
        raise ValidationError(_("The draft has ended already: choose a later end."))
    arguments = {"offer_id": offer.pk, "version_id": draft.pk, "budget": str(checked_budget(budget))}
    return propose(actor=actor, command=PUBLISH, arguments=arguments, reason=reason, at=at)


def propose_budget(*, actor: User, offer_id: int, budget: Decimal, reason: str, at: datetime) -> ChangeRequest:
    """Ask for another budget of an offer; somebody else agrees."""
    offer = Offer.objects.get(pk=offer_id)
    if offer.version_id is None:
        raise ValidationError(_("An offer gets its budget when it is published."))
    arguments = {"offer_id": offer.pk, "budget": str(checked_budget(budget))}
    return propose(actor=actor, command=BUDGET, arguments=arguments, reason=reason, at=at)


def publish(*, actor: User, offer_id: int, version_id: int, budget: Decimal, reason: str = "") -> OfferVersion:
    """Put a version in force with its budget, as two people agreed; an offer that was stopped runs again."""
    with refusals():
        offer = Offer.objects.select_for_update(of=["self"]).get(pk=offer_id)
        name_act("marketing.offer.published", reason=reason)
        offer.version_id, offer.budget, offer.stopped_at, offer.stopped_by = version_id, budget, None, None
        offer.save(update_fields=["version", "budget", "stopped_at", "stopped_by"])
    return OfferVersion.objects.select_related("offer").get(pk=version_id)


def set_budget(*, actor: User, offer_id: int, budget: Decimal, reason: str = "") -> Offer:
    """Change the budget as two people agreed; never below what is spent and reserved."""
    with refusals():
        offer = Offer.objects.select_for_update(of=["self"]).get(pk=offer_id)
        name_act("marketing.offer.funded", reason=reason)
        offer.budget = budget
        offer.save(update_fields=["budget"])
    return offer


@transaction.atomic
def stop_offer(*, actor: User, offer_id: int, reason: str, at: datetime) -> Offer:
    """Stop an offer at once: nothing new is redeemed. What is reserved goes on or ends by itself."""
    offer = Offer.objects.select_for_update(of=["self"]).get(pk=offer_id)
    _in_scope(actor, offer)
    if offer.version_id is None or offer.stopped_at is not None:
        raise ValidationError(_("This offer does not run."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is stopped.")})
    name_act("marketing.offer.stopped", reason=reason)
    offer.stopped_at, offer.stopped_by = at, actor
    offer.save(update_fields=["stopped_at", "stopped_by"])
    return offer
