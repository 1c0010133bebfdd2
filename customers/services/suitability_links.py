"""A link to the suitability questionnaire, made for a customer and, where wished, sent to their e-mail address."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.models import Customer
from customers.services.suitability_results import SUITABILITY
from customers.tasks.suitability import send_suitability_link_task
from pages.formats import day
from staff.models import User
from surveys.models import Invitation
from surveys.services.invitations import invite, link_of


@transaction.atomic
def ask_by_link(
    *, actor: User, customer: Customer, language: str, days: int, by_email: bool, at: datetime
) -> Invitation:
    """Make a link for a customer; an earlier one is open no more. By e-mail it goes out once this is committed."""
    if by_email and not customer.email:
        raise ValidationError({"how": _("No e-mail address is on record: show the link, or fill it in together.")})
    made = invite(actor=actor, purpose=SUITABILITY, subject=customer.pk, language=language, at=at, days=days)
    if by_email:
        send_suitability_link_task.delay_on_commit(made.pk)
    return made


def send_link(*, invitation_id: int, at: datetime) -> bool:
    """Send an open link to its customer once; return whether it went out. What the network refuses is given back, to be
    tried again."""
    with transaction.atomic():
        name_act("surveys.invitation.sent")
        taken = Invitation.objects.open(at).filter(pk=invitation_id, sent_at=None).values("pk")
        if not Invitation.objects.filter(pk__in=taken, sent_at=None).update(sent_at=at):
            return False
    invitation = Invitation.objects.get(pk=invitation_id)
    customer = Customer.objects.get(pk=invitation.subject)
    if not customer.email or customer.restricted_at or customer.erased_at:
        return False
    try:
        _message(invitation, customer.email).send()
    except OSError:
        Invitation.objects.filter(pk=invitation_id).update(sent_at=None)
        raise
    return True


def _message(invitation: Invitation, address: str) -> EmailMessage:
    with translation.override(invitation.language):
        subject = _("%(company)s: a few questions about investing") % {"company": settings.COMPANY_NAME}
        text = _(
            "Before you invest we must know how much risk suits you. It takes about five minutes:\n\n%(link)s\n\n"
            "The link is good once, until %(day)s, and for you alone. If you did not expect it, leave it."
        ) % {"link": link_of(invitation), "day": day(invitation.expires_at)}
    return EmailMessage(subject, text, to=[address])
