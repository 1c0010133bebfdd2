"""Columns of mailboxes and of the mail log."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.masking import Masked
from customers.rules.masking import mask_email, mask_in_text
from pages.columns import Column
from pages.templatetags.pages import moment, pill_html
from service.models import Mail, Mailbox, MailKind, MailState

TONES = {
    MailState.TAKEN: "green",
    MailState.KEPT: "neutral",
    MailState.REFUSED: "amber",
    MailState.QUEUED: "blue",
    MailState.SENDING: "blue",
    MailState.HANDED: "blue",
    MailState.SENT: "green",
    MailState.UNSURE: "red",
    MailState.FAILED: "red",
    MailState.BOUNCED: "red",
}
KIND_TONES = {MailKind.STRANGER: "red", MailKind.FLOOD: "amber", MailKind.LOOP: "amber", MailKind.BOUNCE: "amber"}


def state_pill(mail: Mail):
    return pill_html(mail.get_state_display(), TONES[MailState(mail.state)])


def kind_pill(mail: Mail):
    return pill_html(mail.get_kind_display(), KIND_TONES.get(MailKind(mail.kind), ""))


def mailbox_pill(box: Mailbox):
    if not box.is_active:
        return pill_html(gettext("Off"), "neutral")
    if box.error:
        return pill_html(gettext("Failing"), "red")
    return pill_html(gettext("In use"), "green")


def subject_of(mail: Mail, masked: Masked) -> str:
    """A subject as its reader may see it: numbers and addresses in it are masked, and the customer's name may be."""
    customer = mail.ticket.customer if mail.ticket else None
    return masked.note(customer, mail.subject) if customer else mask_in_text(mail.subject)


def mail_columns(user):
    masked = Masked(user)
    return [
        Column("at", _("At"), lambda row: moment(row.at), sort="at"),
        Column("direction", _("Direction"), lambda row: row.get_direction_display()),
        Column("subject", _("Subject"), lambda row: subject_of(row, masked) or "–", card="wide", link=True),
        Column("peer", _("Other side"), lambda row: mask_email(row.peer)),
        Column("kind", _("Kind"), kind_pill),
        Column("state", _("State"), state_pill),
        Column("ticket", _("Ticket"), lambda row: row.ticket.reference if row.ticket else "–", mono=True),
        Column("mailbox", _("Mailbox"), lambda row: row.mailbox.address),
        Column("attempts", _("Attempts"), lambda row: row.attempts or "–", numeric=True, default=False),
        Column("error", _("What is wrong"), lambda row: mask_in_text(row.error), default=False),
    ]


MAILBOX_COLUMNS = [
    Column("address", _("Address"), sort="address", link=True, card="wide"),
    Column("name", _("Name of the sender"), lambda row: row.name),
    Column("queue", _("Queue"), lambda row: row.queue, sort="queue__name"),
    Column("reads", _("Read from"), lambda row: row.imap_host or _("A pipe")),
    Column("writes", _("Sent by"), lambda row: row.smtp_host or "–"),
    Column("state", _("State"), mailbox_pill),
    Column("polled_at", _("Last read"), lambda row: moment(row.polled_at)),
]
