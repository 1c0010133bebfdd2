"""Chats of the demo company: one that an agent is in, two that wait, one that is over and was liked."""

import hashlib
from datetime import datetime, timedelta

from customers.models import Customer
from service.models import Agent, Chat, ChatState, EndedBy, Queue, QueueMember, Ticket, TicketMessage
from staff.models import User

# Who, what about, minutes ago, state, what was said: the visitor begins.
CHATS = [
    ("王小姐", "提现什么时候到账？", 6, ChatState.ACTIVE, ["您好，我来帮您查一下。", "好的，谢谢"]),
    ("Ann", "My card was declined abroad", 3, ChatState.WAITING, []),
    ("", "如何更換綁定的手機號碼？", 1, ChatState.WAITING, []),
    ("李先生", "怎么开通自动还款？", 190, ChatState.ENDED, ["在“还款设置”里打开即可。", "明白了，谢谢！"]),
]


def make_chats(customers: list[Customer], people: dict[str, User], *, now: datetime) -> None:
    """The chat's queue, whose agents are there, and the chats of CHATS; the first and the last are of known customers."""
    queue, _made = Queue.objects.get_or_create(code="chat", defaults={"name": "Live chat", "assignment": "manual"})
    for word in ("service", "service2"):
        agent, _made = Agent.objects.get_or_create(user=people[word], defaults={"is_available": True})
        QueueMember.objects.get_or_create(queue=queue, agent=agent)
    for number, (name, about, ago, state, said) in enumerate(CHATS):
        customer = customers[(number * 31 + 3) % len(customers)] if said else None
        _chat(name, about, now - timedelta(minutes=ago), state, said, queue, customer, people["service"], number)


def _chat(
    name: str, about: str, at: datetime, state: str, said: list[str], queue: Queue, customer: Customer | None,
    agent: User, number: int,
) -> None:  # fmt: skip
    over, taken = state == ChatState.ENDED, state != ChatState.WAITING
    end = at + timedelta(minutes=4)
    ticket = Ticket.objects.create(
        channel="chat", subject=about, customer=customer, region=customer.region if customer else "", queue=queue,
        assignee=agent if taken else None, status="resolved" if over else "open" if taken else "new", opened_at=at,
        resolved_at=end if over else None, rating=5 if over else None, last_message_at=at,
        first_answered_at=at + timedelta(minutes=1) if taken else None,
    )  # fmt: skip
    for place, text in enumerate([about, *said]):
        out = place % 2 == 1
        TicketMessage.objects.create(
            ticket=ticket, direction="out" if out else "in", channel="chat", text=text, author=agent if out else None,
            at=at + timedelta(minutes=place),
        )  # fmt: skip
    Chat.objects.create(
        ticket=ticket, token_sha256=hashlib.sha256(f"demo-{number}".encode()).hexdigest(), visitor_name=name, state=state,
        verified=customer is not None, agent=agent if taken else None, opened_at=at, waiting_since=at,
        accepted_at=at + timedelta(minutes=1) if taken else None, ended_at=end if over else None,
        ended_by=EndedBy.AGENT if over else "", seen_at=end if over else at + timedelta(days=30),
    )  # fmt: skip
