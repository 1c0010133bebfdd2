"""What mail and articles add to a ticket: how each mail fared, who wrote it, and articles beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from service.mail_columns import TONES
from service.models import Channel, Direction, Mail, MailKind, MailState, Ticket, TicketMessage
from service.registries import HomeBox, Remarks, SidePanel, register_box, register_remarks, register_side
from service.services import messages, tickets
from service.services.outbox import answer_by_mail, ask_by_mail
from service.views.article_desk import articles_panel
from staff.models import User

Remark = tuple[str | Promise, str]
NOTED = {MailKind.STRANGER: "red", MailKind.AUTOMATIC: "neutral", MailKind.BOUNCE: "amber", MailKind.FLOOD: "amber"}
TO_LOOK_AT = [MailState.FAILED, MailState.UNSURE, MailState.BOUNCED]


def mail_remarks(user: User, ticket: Ticket, shown: Sequence[TicketMessage]) -> Mapping[int, Sequence[Remark]]:
    """How the mail of an answer fared, and of what kind a mail was that no customer wrote."""
    by_mail = [one for one in shown if one.channel == Channel.EMAIL]
    if not by_mail:
        return {}
    mails = {
        mail.message_id: mail for mail in Mail.objects.filter(message__in=by_mail).only("kind", "state", "message")
    }
    found: dict[int, Sequence[Remark]] = {}
    for one in by_mail:
        mail = mails.get(one.pk)
        if one.direction == Direction.OUT:
            found[one.pk] = [_fate(mail)]
        elif mail and mail.kind in NOTED:
            found[one.pk] = [(mail.get_kind_display(), NOTED[MailKind(mail.kind)])]
    return found


def _fate(mail: Mail | None) -> Remark:
    return (mail.get_state_display(), TONES[MailState(mail.state)]) if mail else (_("Not sent by mail"), "amber")


def mails_to_look_at(user: User, at: datetime) -> int | None:
    return Mail.objects.visible_to(user).filter(state__in=TO_LOOK_AT).count() or None


def mails_url(user: User) -> str:
    return reverse("service:mail_list") + "".join(
        f"{'&' if number else '?'}state={state}" for number, state in enumerate(TO_LOOK_AT)
    )


def register() -> None:
    messages.AFTER_ANSWER.append(answer_by_mail)
    tickets.AFTER_CHANGE.append(ask_by_mail)
    register_remarks(Remarks("mail", mail_remarks))
    register_side(
        SidePanel(
            "articles",
            _("Articles"),
            articles_panel,
            "service/articles_panel.html",
            "service.view_article",
            30,
            queries=0,
        )
    )
    register_box(
        HomeBox("mails", _("Mails to look at"), mails_url, mails_to_look_at, "red", permission="service.resend_mail")
    )
