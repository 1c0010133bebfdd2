"""What the demo company says to its customers: messages in three languages; some are ready, some the checks refuse."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from marketing.models import Message
from marketing.services.claims import add_claim, approve_claim
from marketing.services.content_checks import required_disclosures
from marketing.services.contents import insert_disclosure, record_message, write_text
from products.models import BusinessLine
from staff.models import User

FRAME = """<mjml>
  <mj-body background-color="#ffffff">
    <mj-section>
      <mj-column>
        <mj-text font-size="22px" color="#16324f">{title}</mj-text>
        <mj-text font-size="15px" line-height="1.6" color="#26323d">{words}</mj-text>
        <mj-button href="https://www.example.com/{place}" background-color="#16504a" color="#ffffff">{button}</mj-button>
        <mj-divider border-width="1px" border-color="#d6dde3" />
        <mj-text font-size="13px" color="#4a4a4a">{company} · <a href="{{{{unsubscribe_url}}}}">{stop}</a></mj-text>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>"""
STOP = {"en": "No more of these messages", "zh-hans": "不再接收此类消息", "zh-hant": "不再接收此類訊息"}
# language: subject, title, words, button
SPRING = {
    "en": (
        "A calmer way to save, {{name|\"dear customer\"}}", "Save a little every month",
        "Dear {{name|\"customer\"}}, with a plan you put money aside every month and may change or end it whenever you like.",
        "See how a plan works",
    ),
    "zh-hans": (
        "{{name|\"尊敬的客户\"}}，每月存一点", "每月存一点，更从容",
        "{{name|\"尊敬的客户\"}}，您好！定投计划每月自动转入，可随时调整或终止。", "了解定投计划",
    ),
    "zh-hant": (
        "{{name|\"親愛的客戶\"}}，每月存一點", "每月存一點，更從容",
        "{{name|\"親愛的客戶\"}}，您好！定期定額計畫每月自動轉入，可隨時調整或終止。", "了解定期定額計畫",
    ),
}  # fmt: skip
BOLD = {
    "en": (
        "GUARANTEED RETURN THIS WEEK ONLY",
        "A guaranteed return",
        "Up to 8 % with zero risk. Click fast!",
        "Click here",
    ),
    "zh-hans": ("本周限时：保本高收益", "保证收益", "年化收益最高达 8%，零 风 险，稳赚不赔。", "点击这里"),
}
SHORT = {
    "en": "{{company}}: your payment code for autumn, {{offer_code}}, is good until Sunday. Reply STOP to refuse.",
    "zh-hans": "【{{company}}】您的秋季支付优惠码 {{offer_code}}，周日前有效。回T退订",
    "zh-hant": "【{{company}}】您的秋季支付優惠碼 {{offer_code}}，週日前有效。回T退訂",
}
CLAIM = "98 % of plans were kept for a year"


def make_messages(people: dict[str, User], *, now: datetime) -> None:
    """Three messages and a claim: one that may be signed off, one that is refused, one text message."""
    today = timezone.localdate(now)
    ready = _message(people, "autumn-plan", "Monthly plan, autumn", "email", "fund", today + timedelta(days=6), now)
    _mails(people, ready, SPRING, "plans", now)
    for rule in required_disclosures(ready, today):
        insert_disclosure(actor=people["marketing"], message_id=ready.pk, disclosure_id=rule.pk, at=now)
    refused = _message(
        people, "week-of-returns", "Week of returns (draft)", "email", "wealth", today + timedelta(days=9), now
    )
    _mails(people, refused, BOLD, "week", now)
    short = _message(people, "autumn-code", "Code for payments", "sms", "payment", today + timedelta(days=2), now)
    for language, words in SHORT.items():
        write_text(actor=people["marketing"], message_id=short.pk, language=language, body=words, at=now)
    _claim(people, today, now)


def _message(
    people: dict[str, User], code: str, name: str, channel: str, line: str, planned_on: date, now: datetime
) -> Message:
    return record_message(
        actor=people["marketing"], code=code, name=name, channel=channel, owner=people["marketing"],
        line=BusinessLine.objects.get(pk=line), planned_on=planned_on, at=now,
    )  # fmt: skip


def _mails(people: dict[str, User], message: Message, texts: dict[str, tuple], place: str, now: datetime) -> None:
    for language, (subject, title, words, button) in texts.items():
        body = FRAME.format(
            title=title, words=words, button=button, place=place, company="{{company}}", stop=STOP[language]
        )
        write_text(
            actor=people["marketing"], message_id=message.pk, language=language, subject=subject, body=body, at=now
        )


def _claim(people: dict[str, User], today: date, now: datetime) -> None:
    claim = add_claim(
        actor=people["marketing"], language="en", words=CLAIM, proof="Report on plans, third quarter, table 4",
        expires_on=today + timedelta(days=120), at=now,
    )  # fmt: skip
    approve_claim(actor=people["compliance"], claim_id=claim.pk, at=now)
    add_claim(
        actor=people["marketing"], language="zh-hans", words="98% 的计划坚持了一年", proof="第三季度定投报告，表4",
        expires_on=today + timedelta(days=120), at=now,
    )  # fmt: skip
