"""A suitability check that leads to an order or an offer, kept with the facts that it saw."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import CheckUse, Customer, SuitabilityCheck
from customers.rules.suitability import CONFIRM
from customers.services.suitability import Answer, may_buy
from products.models import Product
from staff.models import User


@transaction.atomic
def record_check(
    *,
    actor: User,
    customer_id: int,
    product_code: str,
    use: str,
    at: datetime,
    amount: Decimal | None = None,
    channel: str = "",
    confirmed: bool = False,
    warning: str = "",
) -> tuple[SuitabilityCheck, Answer]:
    """Ask whether the customer may buy, and keep question, answer and facts as evidence, a refusal too.

    `confirmed` says that they insist after reading `warning`, a text; it counts only where the answer asks for it."""
    customer = Customer.objects.visible_to(actor).select_for_update(of=["self"]).filter(pk=customer_id).first()
    product = Product.objects.visible_to(actor).select_related("line", "version").filter(code=product_code).first()
    if customer is None or product is None:
        raise PermissionDenied(_("This is outside your scope."))
    if use not in CheckUse:
        raise ValidationError({"use": _("Say whether it is for an order or an offer.")})
    if use == CheckUse.OFFER and not channel:
        raise ValidationError({"channel": _("Say by which channel it is offered.")})
    if amount is not None and amount <= 0:
        raise ValidationError({"amount": _("An amount is above zero.")})
    if confirmed and not warning.strip():
        raise ValidationError({"warning": _("Keep the text of the warning that they read.")})
    answer = may_buy(customer, product, at, amount, offer=channel if use == CheckUse.OFFER else "")
    name_act("customers.suitability.checked")
    kept = SuitabilityCheck.objects.create(
        customer=customer,
        product=product,
        product_version=product.version,
        use=use,
        amount=amount,
        verdict=answer.verdict,
        reasons=[{"code": one.code, "weight": one.weight} for one in answer.findings],
        facts=answer.facts,
        result=answer.result,
        confirmed=confirmed and answer.verdict == CONFIRM,
        warning=warning.strip() if confirmed and answer.verdict == CONFIRM else "",
        at=at,
        by=actor,
    )
    return kept, answer


def goes_ahead(check: SuitabilityCheck) -> bool:
    """Return whether the order or offer that was checked may be carried out."""
    return check.verdict == "yes" or (check.verdict == CONFIRM and check.confirmed)
