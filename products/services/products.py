"""What is done to products and their versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from products.models import Product, ProductStatus, ProductVersion, VersionState
from products.rules.status import why_not
from products.rules.terms import missing_terms
from staff.models import ChangeRequest, User
from staff.services.changes import propose

VERSION_FIELDS = ("risk_rating", "target_group", "description", "terms")


@transaction.atomic
def create_product(*, actor: User, at: datetime, version: dict[str, Any], **fields: Any) -> Product:
    """Create a draft product with its first version, also a draft."""
    name_act("products.product.created")
    product = Product.objects.create(created_at=at, status=ProductStatus.DRAFT, **fields)
    ProductVersion.objects.create(product=product, number=1, created_at=at, created_by=actor, **version)
    return product


@transaction.atomic
def change_product(*, actor: User, product_id: int, **fields: Any) -> Product:
    """Change what stands outside the versions: name, owner. The line, currency and code of a product are for good."""
    product = Product.objects.select_for_update().get(pk=product_id)
    if refused := set(fields) - {"name", "owner"}:
        raise ValidationError(
            _("%(fields)s cannot be changed once the product exists.") % {"fields": ", ".join(sorted(refused))}
        )
    name_act("products.product.changed")
    for field, value in fields.items():
        setattr(product, field, value)
    product.full_clean(exclude=["version"])
    product.save(update_fields=list(fields))
    return product


@transaction.atomic
def start_version(*, actor: User, product_id: int, at: datetime) -> ProductVersion:
    """Open the next version as a draft copy of the latest; a product has one draft at a time."""
    product = Product.objects.select_for_update(of=["self"]).get(pk=product_id)
    latest = product.versions.order_by("-number").first()
    if product.status == ProductStatus.CLOSED:
        raise ValidationError(_("%(product)s is closed: it gets no new version.") % {"product": product})
    if latest and latest.state == VersionState.DRAFT:
        raise ValidationError(
            _("Version %(number)s is still a draft: change or submit it first.") % {"number": latest.number}
        )
    name_act("products.version.started")
    copied = {field: getattr(latest, field) for field in VERSION_FIELDS} if latest else {"risk_rating": "R3"}
    return ProductVersion.objects.create(
        product=product, number=latest.number + 1 if latest else 1, created_at=at, created_by=actor, **copied
    )


@transaction.atomic
def change_version(*, actor: User, version_id: int, **fields: Any) -> ProductVersion:
    """Change a draft version; a submitted one is refused here and by the database."""
    version = ProductVersion.objects.select_for_update(of=["self"]).select_related("product").get(pk=version_id)
    if version.state != VersionState.DRAFT:
        raise ValidationError(
            _("Version %(number)s was submitted and never changes: start a new one.") % {"number": version.number}
        )
    name_act("products.version.changed")
    for field in VERSION_FIELDS:
        setattr(version, field, fields.get(field, getattr(version, field)))
    version.save(update_fields=VERSION_FIELDS)
    return version


@transaction.atomic
def submit_version(*, actor: User, version_id: int, at: datetime) -> ProductVersion:
    """Freeze a draft version and put it in force for accounts opened from now on; older accounts keep theirs.

    Carried out by the command `products.version.submit` alone: a guard refuses it without an approved request.
    """
    version = ProductVersion.objects.select_for_update(of=["self"]).select_related("product").get(pk=version_id)
    if version.state != VersionState.DRAFT:
        raise ValidationError(_("Version %(number)s was submitted already.") % {"number": version.number})
    check_submission(version)
    name_act("products.version.submitted")
    version.state, version.submitted_at, version.submitted_by = VersionState.SUBMITTED, at, actor
    version.save(update_fields=["state", "submitted_at", "submitted_by"])
    Product.objects.filter(pk=version.product_id).update(version=version)
    return version


def check_submission(version: ProductVersion) -> None:
    """Raise ValidationError where a draft lacks terms that its line asks for."""
    if missing := missing_terms(version.product.line_id, version.terms):
        raise ValidationError(
            _("These terms of the line are missing: %(terms)s.")
            % {"terms": ", ".join(str(term.label) for term in missing)}
        )


def propose_version(*, actor: User, version_id: int, reason: str, at: datetime) -> ChangeRequest:
    """Ask for a draft to be frozen and put in force; somebody else approves it."""
    arguments = {"version_id": version_id}
    return propose(actor=actor, command="products.version.submit", arguments=arguments, reason=reason, at=at)


@transaction.atomic
def move_product(*, actor: User, product_id: int, to: str, reason: str) -> Product:
    """Move a product to another status for a stated reason, where the rules allow it."""
    product = Product.objects.select_for_update(of=["self"]).select_related("line", "version").get(pk=product_id)
    against = why_not(
        product.status, to, has_submitted_version=product.version_id is not None, line_is_on=product.line.is_on
    )
    if against:
        raise ValidationError(_sentence(against, product, to))
    if to == ProductStatus.APPROVED and product.version and product.version.submitted_by_id == actor.pk:
        raise ValidationError(_("Whoever submitted the version does not approve it: ask risk or compliance."))
    name_act("products.product.moved", reason=reason)
    product.status = to
    product.save(update_fields=["status"])
    return product


def _sentence(against: str, product: Product, to: str) -> str:
    label = ProductStatus(to).label if to in ProductStatus else to
    return {
        "move": _("A product that is “%(status)s” does not move to “%(to)s”.")
        % {"status": product.get_status_display(), "to": label},
        "version": _("Submit a version first: without one there is nothing to review or sell."),
        "line": _("The line %(line)s is switched off: nothing new is sold in it.") % {"line": product.line},
    }[against]
