"""Mails as programs of the world write them."""

from email.message import EmailMessage
from email.policy import SMTP

CUSTOMER = "duan.zhengchun@dali.example"  # of PersonFactory


def a_mail(
    text="Where is my transfer?", *, sender=CUSTOMER, to="support@meridian.example", number="1@dali.example", **more
):
    """Return a mail's bytes. Further headers by their name with `_` for `-`; `files` are (name, kind, bytes)."""
    files, html = more.pop("files", []), more.pop("html", "")
    letter = EmailMessage(policy=SMTP)
    letter["From"] = f"Duan Zhengchun <{sender}>"
    letter["To"] = to
    letter["Subject"] = more.pop("subject", "A transfer")
    if number:
        letter["Message-ID"] = f"<{number}>"
    for name, value in more.items():
        letter[name.replace("_", "-")] = value
    if text:
        letter.set_content(text)
    if html:
        letter.add_alternative(html, subtype="html") if text else letter.set_content(html, subtype="html")
    for name, kind, content in files:
        main, _slash, sub = kind.partition("/")
        letter.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return letter.as_bytes()


def raw_mail(*lines, body=b"Hello"):
    return b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\r\n\r\n" + body


def report_on(number, *, action="failed", status="5.1.1", said="550 5.1.1 No such user"):
    """A delivery report as Postfix writes it (RFC 3464)."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: support@meridian.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <report-{number}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; duan.zhengchun@dali.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b1
Content-Type: text/rfc822-headers

From: support@meridian.example
Message-ID: <{number}>
Subject: Re: A transfer

--b1--
""".replace("\n", "\r\n").encode()


def feedback_on(number, *, kind="abuse"):
    """What a reader said of a mail, as large providers of mailboxes tell it (RFC 5965)."""
    return f"""Return-Path: <>
From: feedback@mailbox.example
To: news@example.com
Subject: Email feedback report
Message-ID: <feedback-{number}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

This is a report of spam.

--b1
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Mailbox/1.0
Version: 1

--b1
Content-Type: message/rfc822

From: news@example.com
Message-ID: <{number}>
Subject: News

Words
--b1--
""".replace("\n", "\r\n").encode()
