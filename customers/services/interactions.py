from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import Customer, Interaction, InteractionKind
from staff.models import User


@transaction.atomic
def log_contact(
    *, actor: User, customer_id: int, kind: str, title: str, text: str, internal: bool, at: datetime, now: datetime
) -> Interaction:
    """Record a contact with a customer that took place at `at`, or an internal note about them; not in the future."""
    customer = Customer.objects.visible_to(actor).get(pk=customer_id)
    if not title.strip():
        raise ValidationError({"title": _("Say in a few words what it was about.")})
    if at > now:
        raise ValidationError(
            {"at": _("A contact that has not taken place yet is not logged: give the time that it did.")}
        )
    name_act("customers.contact.logged")
    return Interaction.objects.create(
        customer=customer,
        kind=kind,
        title=title.strip(),
        text=text.strip(),
        internal=internal or kind == InteractionKind.NOTE,
        at=at,
        author=actor,
    )
