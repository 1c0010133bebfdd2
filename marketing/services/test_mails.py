"""A message as a mail to whoever writes it, to see it where customers will: in a program for mails."""

from __future__ import annotations

import secrets

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.services import emit
from marketing.carriers import SENT, Answer, Blocked, Parcel, carrier_of
from marketing.models import Message, Provider
from marketing.services.rendering import prepare
from marketing.services.variables import samples
from staff.models import User
from staff.permits import require

NOBODY = "0" * 32  # a token that is nobody's: its links lead to a page that says so


def send_test_mail(*, actor: User, message_id: int, language: str, provider: Provider) -> None:
    """Send a message in a language to the actor's own address, with samples for its variables and nothing tracked.
    ValidationError where the server did not take it, with what it said."""
    require(actor, "marketing.change_message")
    message = Message.objects.visible_to(actor).get(pk=message_id)
    if not message.is_mail or not message.texts.filter(language=language).exists():
        raise ValidationError(_("There is no mail in this language."))
    parcel = _parcel(message, language, actor.email)
    emit("export", table="marketing_message", pk=message.pk, action="marketing.message.tested")
    answer = _handed_over(provider, parcel)
    if answer.outcome != SENT:
        raise ValidationError(_("The mail server did not take it: %(why)s") % {"why": answer.reason or answer.outcome})


def _parcel(message: Message, language: str, to: str) -> Parcel:
    shown = prepare(message).render(language, samples(), token=NOBODY)
    return Parcel(
        recipient_id=0, number=f"test-{secrets.token_hex(12)}", to=to, language=language, html=shown.html,
        subject=_("Test: %(subject)s") % {"subject": shown.subject}, text=shown.text,
    )  # fmt: skip


def _handed_over(provider: Provider, parcel: Parcel) -> Answer:
    carrier = carrier_of(provider)
    try:
        [answer] = carrier.hand_over([parcel])
        return answer
    except Blocked as blocked:
        return Answer("", str(blocked))
    finally:
        carrier.close()
