"""Mail of the demo company: taken as it would be from a server, some of it written by machines, one by a stranger."""

from datetime import date, timedelta
from email.message import EmailMessage
from email.policy import SMTP

from customers.models import Customer
from operations.demo.movements import at_time
from operations.demo.themes import LETTER_ANSWER, LETTERS, place_of
from service.models import Mail, Mailbox, MailKind, MailState, Queue, TicketMessage
from service.services.mail_taking import take_mail
from staff.models import User

ADDRESS = "support@demo.meridian"


def make_mails(customers: list[Customer], people: dict[str, User], *, last: date) -> None:
    """A mailbox that is read from a pipe, its last days of mail, and answers that arrived, came back or perhaps did."""
    queue, _new = Queue.objects.get_or_create(code="mail", defaults={"name": "E-mail"})
    mailbox = Mailbox.objects.create(
        code="support", address=ADDRESS, name="Meridian Support", queue=queue,
        signature_en="Meridian customer service", signature_hans="Meridian 客户服务", signature_hant="Meridian 客戶服務",
    )  # fmt: skip
    taken = []
    for number, (ago, texts) in enumerate(LETTERS):
        customer = customers[(number * 17 + 3) % len(customers)]
        sender = customer.email or f"visitor{number}@mail.example"
        subject, text = texts[place_of(customer.language)]
        raw = _letter(sender, subject, text, f"demo-{number}@mail.example")
        taken.append(take_mail(mailbox=mailbox, raw=raw, at=at_time(last - timedelta(days=ago), number)))
    fates = [MailState.SENT, MailState.SENT, MailState.UNSURE, MailState.BOUNCED]
    for mail, state in zip(taken, fates, strict=False):
        _answer(mail, state, people["service"])
    _machines(mailbox, taken, last)


def _letter(sender: str, subject: str, text: str, number: str, **headers: str) -> bytes:
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"], letter["Subject"], letter["Message-ID"] = sender, ADDRESS, subject, f"<{number}>"
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(text)
    return letter.as_bytes()


def _answer(mail: Mail, state: str, agent: User) -> None:
    """What an agent wrote, and how its mail fared."""
    at = mail.at + timedelta(hours=2)
    text = LETTER_ANSWER[place_of(mail.ticket.language)]
    message = TicketMessage.objects.create(
        ticket=mail.ticket, direction="out", channel="email", text=text, author=agent, at=at
    )
    number = f"demo-answer-{mail.pk}@demo.meridian"
    Mail.objects.create(
        mailbox=mail.mailbox, direction="out", state=state, kind=MailKind.ANSWER, key=number, number=number,
        refers_to=[mail.number], peer=mail.peer, peer_index=mail.peer_index, subject=f"Re: {mail.subject}", ticket=mail.ticket,
        message=message, at=at, attempts=1, sent_at=at if state != MailState.UNSURE else None, size=1_800,
        error="550 5.1.1 mailbox unavailable" if state == MailState.BOUNCED else "",
    )  # fmt: skip


def _machines(mailbox: Mailbox, taken: list[Mail], last: date) -> None:
    first = taken[0]
    for number, (sender, subject, text, headers) in enumerate(
        [
            (
                first.peer,
                "自动回复: 退款",
                "我正在休假。",
                {"In_Reply_To": f"<{first.number}>", "Auto_Submitted": "auto-replied"},
            ),
            ("news@market.example", "Weekly letter", "Ten things about funds.", {"List_Id": "<weekly.market.example>"}),
            (
                "someone@else.example",
                "Re: 退款",
                "Please pay it to my account instead.",
                {"In_Reply_To": f"<{first.number}>"},
            ),
        ]
    ):
        raw = _letter(sender, subject, text, f"demo-machine-{number}@mail.example", **headers)
        take_mail(mailbox=mailbox, raw=raw, at=at_time(last - timedelta(days=2), number))
