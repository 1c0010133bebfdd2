from __future__ import annotations

from datetime import datetime

from audit.services import name_act
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer, Interaction
from staff.models import User


@transaction.atomic
def log_contact(*, actor: User, customer_id: int, kind: str, title: str, text: str, internal: bool, at: datetime) -> Interaction:
    """Record a contact with a customer, or an internal note about them; it cannot lie in the future."""
    customer = Customer.objects.visible_to(actor).get(pk=customer_id)
    if not title.strip():
        raise ValidationError({"title": _("Say in a few words what it was about.")})
    name_act("customers.contact.logged")
    return Interaction.objects.create(
        customer=customer, kind=kind, title=title.strip(), text=text.strip(), internal=internal, at=at, author=actor
    )
