"""Telling the desk that a mail which somebody waits for did not go, perhaps did not go, or came back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from service.models import Mail, MailKind, MailState
from service.services.escalations import leads_of
from staff.models import NotificationKind, User
from staff.rules.roles import Role
from staff.services.notifications import notify

WAITED_FOR = {MailKind.ANSWER, MailKind.TRANSCRIPT}
SAID: dict[str, Callable[[], str]] = {
    MailState.FAILED: lambda: _("%(ticket)s: an e-mail to the customer was not sent"),
    MailState.UNSURE: lambda: _("%(ticket)s: an e-mail to the customer was perhaps not sent"),
    MailState.BOUNCED: lambda: _("%(ticket)s: an e-mail to the customer came back"),
}


def tell_of_mail(mail: Mail, at: datetime) -> int:
    """Tell the agent of a mail's ticket, or the leads where nobody has it, inside the transaction that writes its state;
    once for each time that it was tried. What the desk writes by itself is not told of: whoever forges senders would
    make its news. Neither subject nor address is named."""
    if mail.ticket is None or mail.kind not in WAITED_FOR or mail.state not in SAID:
        return 0
    reference, said = mail.ticket.reference, SAID[mail.state]
    key = f"mail:{mail.pk}:{mail.state}:{mail.claimed_at:%Y%m%d%H%M%S%f}" if mail.claimed_at else f"mail:{mail.pk}"
    return notify(
        users=_who_hears(mail), kind=NotificationKind.MAIL, key=key, title=lambda: said() % {"ticket": reference},
        body=lambda: _("Open it to see what its server said, and send it again or note that it arrived."),
        url=reverse("service:mail_detail", args=[mail.pk]), at=at,
    )  # fmt: skip


def _who_hears(mail: Mail) -> list[int]:
    """The agent who is still there and sees the mail; else the leads who do; else every lead of customer service."""
    ticket = mail.ticket
    if ticket is None:
        return []
    agent = ticket.assignee
    if agent and agent.is_active and Mail.objects.visible_to(agent).filter(pk=mail.pk).exists():
        return [agent.pk]
    return leads_of(ticket) or [lead.pk for lead in User.objects.active().in_role(Role.SERVICE_LEAD)]
