"""Complaints at the demo company: nine months that were decided, a cause that rises, one that an improvement ended, and
those that are open today in every state of their life."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
from django.db.models import Count

from customers.models import Account, Customer, Holding, Loan
from customers.rules.deadlines import IsWorking
from customers.services.privacy_rules import working_calendar
from operations.demo.movements import at_time
from products.models import Product
from products.rules.calendar import shift_months
from service.models import (
    Complaint,
    ComplaintClock,
    ComplaintRule,
    ComplaintStep,
    Improvement,
    ProcessStep,
    Ticket,
    TicketMessage,
)
from service.rules.complaint_days import last_day
from service.services import complaints as services
from service.services.complaint_clocks import rule_for
from service.services.complaint_documents import ask_for_document
from service.services.complaint_themes import find_themes
from service.services.redress import propose_redress
from service.services.referrals import record_referral
from service.services.trends import propose_improvements
from staff.models import User

MONTHS = 9
EFFECTIVE = 4  # months ago: from then on the improvement is measured
# Kind, cause, step, complaints a month from the oldest to the last full one, words.
CELLS = [
    ("fees", "pricing", "pricing", [1, 1, 2, 1, 1, 1, 2, 1, 11], "提前还款被收取了合同上没有的手续费，客服说不清楚"),
    ("payment", "delay", "payment", [2, 1, 2, 3, 2, 2, 1, 2, 2], "转账三天没有到账，余额却已经扣款"),
    ("sales", "information", "advice", [6, 7, 5, 6, 7, 2, 1, 0, 1], "理财产品风险没有说明，收益和宣传页不一样"),
    ("system", "system", "systems", [1, 0, 2, 1, 1, 1, 0, 2, 1], "The app logs me out while I pay, and the payment is made twice"),
    ("collection", "conduct", "collection", [0, 1, 1, 0, 1, 0, 1, 1, 0], "晚上十点还打电话催收，还打给我的家人"),
    ("service", "delay", "servicing", [1, 1, 0, 1, 1, 2, 1, 0, 1], "I have waited for an hour on the telephone and nobody called back"),
]  # fmt: skip
OUTCOMES = ("upheld", "partly", "rejected", "upheld")
# Kind, days ago, channel, words, what was done with it.
OPEN = [
    ("fees", 13, "phone", "账户管理费重复收取，要求退还", ("acknowledge", "redress")),
    ("claim", 17, "letter", "理赔申请被拒，没有说明理由", ("acknowledge",)),
    ("payment", 9, "email", "My transfer to another bank is lost since last week", ("acknowledge", "ask")),
    ("lending", 11, "app", "利率与合同约定不一致", ("acknowledge", "complex")),
    ("privacy", 6, "chat", "有人用我的身份证信息开了账户", ("acknowledge", "refer")),
    ("sales", 3, "visit", "多位客户共同投诉同一款产品的到期收益", ("acknowledge", "join")),
    ("collection", 1, "phone", "催收电话打到公司，影响工作", ()),
    ("system", 0, "app", "無法登入，繳費逾期被收違約金", ()),
]  # fmt: skip
REPLY = "我们核对了您的账户与通话记录，处理决定如下。如有不明之处，请直接回复此消息。"


def make_complaints(
    customers: list[Customer], people: dict[str, User], *, last: date, now: datetime, random: np.random.Generator
) -> None:
    """Past complaints in a handful of statements, open ones through the services, then trends and themes as at night."""
    products = _sold()
    if not products or len(customers) < 3:
        return
    steps = {step.code: step for step in ProcessStep.objects.all()}
    _decided(list(_past(customers, products, steps, people, last=last, random=random)), people)
    for number, (kind, ago, channel, words, acts) in enumerate(OPEN):
        customer = customers[(number * 17 + 3) % len(customers)]
        _open(
            customer,
            customers,
            products[number % len(products)],
            kind,
            last - timedelta(days=ago),
            channel,
            words,
            acts,
            people,
        )
    _improvement(products[0], steps["advice"], people["product"], last=last, now=now)
    propose_improvements(at=now)
    find_themes(at=now)


def _sold() -> list[Product]:
    """Products with the most accounts first: rates need them."""
    held: Counter[int] = Counter()
    for model in (Account, Holding, Loan):
        counted = model.objects.order_by().values_list("product_version_id").annotate(n=Count("pk"))
        held.update(dict(counted))
    rows = Product.objects.filter(version__isnull=False).select_related("version")
    return sorted(rows, key=lambda one: (-held.get(one.version_id or 0, 0), one.code))[:3]


def _past(
    customers: list[Customer], products: list[Product], steps: dict[str, ProcessStep], people: dict[str, User], *,
    last: date, random: np.random.Generator,
) -> Iterator[tuple[Ticket, Complaint]]:  # fmt: skip
    first = shift_months(last.replace(day=1), -MONTHS)
    for place, (kind, cause, step, by_month, words) in enumerate(CELLS):
        product = products[place % len(products)] if cause != "information" else products[0]
        for month, n in enumerate(by_month):
            for _n in range(n):
                day = shift_months(first, month) + timedelta(days=int(random.integers(0, 27)))
                at = at_time(day, int(random.integers(0, 400)))
                customer = customers[int(random.integers(0, len(customers)))]
                ended = at + timedelta(days=int(random.integers(2, 20)))
                ticket = Ticket(
                    kind="complaint", channel="phone", subject=words[:200], customer=customer, line=product.line_id,
                    region=customer.region, product=product, assignee=people["service2"], status="closed",
                    language="zh-hans", opened_at=at, first_answered_at=at, resolved_at=ended, closed_at=ended,
                )  # fmt: skip
                yield ticket, Complaint(
                    ticket=ticket, kind=kind, jurisdiction=product.jurisdiction, received_on=day, state="decided",
                    outcome=OUTCOMES[int(random.integers(0, len(OUTCOMES)))], version=product.version, cause=cause,
                    step=steps[step], acknowledged_at=at, decided_at=ended, decided_by=people["lead"],
                    recorded_by=people["service"], recorded_at=at,
                )  # fmt: skip


def _decided(pairs: list[tuple[Ticket, Complaint]], people: dict[str, User]) -> None:
    Ticket.objects.bulk_create(ticket for ticket, _one in pairs)
    said = TicketMessage.objects.bulk_create(
        TicketMessage(
            ticket=ticket, direction="out", channel="phone", text=REPLY, author=people["lead"], at=one.decided_at
        )
        for ticket, one in pairs
    )
    for (ticket, one), reply in zip(pairs, said, strict=True):
        one.ticket, one.reply = ticket, reply
    Complaint.objects.bulk_create(one for _ticket, one in pairs)
    ComplaintClock.objects.bulk_create(_clocks(pairs))


def _clocks(pairs: list[tuple[Ticket, Complaint]]) -> Iterator[ComplaintClock]:
    """The clock of each decision, met or not; one look-up for each month of receipt, and one calendar for each law."""
    rules: dict[tuple[str, str, date], ComplaintRule | None] = {}
    calendars: dict[str, IsWorking] = {}
    for _ticket, one in pairs:
        key = (one.jurisdiction, one.ticket.line, one.received_on.replace(day=1))
        if key not in rules:
            rules[key] = rule_for(one, ComplaintStep.DECISION, one.received_on)
        if (rule := rules[key]) and one.decided_at:
            if one.jurisdiction not in calendars:
                calendars[one.jurisdiction] = working_calendar(one.jurisdiction, one.received_on)
            calendar = calendars[one.jurisdiction]
            end = last_day(one.received_on, rule.value, rule.unit, ends=rule.ends, is_working=calendar)
            ended = max(one.decided_at.date(), one.received_on)
            yield ComplaintClock(
                complaint=one, step=ComplaintStep.DECISION, rule=rule, started_on=one.received_on,
                counted_on=end.counted, due_on=end.due, ended_on=ended, is_met=ended <= end.due,
            )  # fmt: skip


def _open(
    customer: Customer, customers: list[Customer], product: Product, kind: str, day: date, channel: str, words: str,
    acts: tuple[str, ...], people: dict[str, User],
) -> None:  # fmt: skip
    clerk, lead, at = people["service"], people["lead"], at_time(day, 60)
    complaint = services.open_complaint(
        actor=clerk, customer=customer, channel=channel, subject=words, kind=kind, received_on=day, at=at,
        product=product,
    )  # fmt: skip
    TicketMessage.objects.create(ticket=complaint.ticket, direction="in", channel=channel, text=words, at=at)
    said = {"actor": lead, "complaint_id": complaint.pk, "at": at + timedelta(hours=2)}
    if "acknowledge" in acts:
        services.acknowledge(**said)
    if "ask" in acts:
        ask_for_document(document="receipt", **said)
    if "complex" in acts:
        services.find_complex(reason="需要与合作机构核对合同与还款记录。", **said)
    if "refer" in acts:
        record_referral(authority="nfra", number="金监消投〔2026〕108号", received_on=day, **said)
    if "join" in acts:
        for other in customers[1:3]:
            services.join_complaint(customer=other, is_representative=False, **said)
    if "redress" in acts:
        worth = {"amount": Decimal("3600.00"), "currency": product.currency}
        propose_redress(kind="refund", reason="合同中没有约定这项费用。", **worth, **said)


def _improvement(product: Product, step: ProcessStep, owner: User, *, last: date, now: datetime) -> None:
    """What ended the rise of complaints about advice."""
    effective = shift_months(last.replace(day=1), -EFFECTIVE)
    Improvement.objects.create(
        version=product.version, step=step, cause="information", month=shift_months(effective, -2), cases=6,
        accounts=1_000, cases_before=12, accounts_before=6_000, probability=0.01, state="done", owner=owner,
        action="销售页首屏展示风险等级与历史最低收益，客服回访确认客户理解。", due_on=effective, effective_on=effective,
        proposed_at=at_time(effective - timedelta(days=30), 1),
    )  # fmt: skip
