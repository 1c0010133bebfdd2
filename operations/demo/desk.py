"""The desk of the demo company: queues, agents, macros, and tickets of one customer in five, with what was said."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np
from django.db.models import Sum

from customers.models import Customer
from operations.demo.movements import at_time
from operations.demo.themes import MACROS, NOTE, SUBTASK, THEMES, place_of
from service.models import (
    Agent,
    Channel,
    Direction,
    Macro,
    Queue,
    QueueMember,
    Subtask,
    Ticket,
    TicketMessage,
    TicketRating,
    TicketStatus,
    TimeEntry,
)
from staff.models import User

QUEUES = [
    ("payments", "Payments", "payment", ["payments"]),
    ("lending", "Lending", "p2p", ["lending"]),
    ("investing", "Investing", "wealth", ["investing"]),
    ("general", "General", "", []),
]
AGENTS = [
    ("service", ["payments", "investing"], ["en", "zh-hans"], True),
    ("service2", ["payments", "lending"], ["en", "zh-hans"], True),
    ("service3", ["lending", "investing"], ["zh-hans", "zh-hant"], False),
    ("lead", ["payments", "lending", "investing"], [], False),
]
CHANNELS = [Channel.PHONE, Channel.APP, Channel.EMAIL, Channel.CHAT, Channel.COMMUNITY]
OPEN_DAYS = 4


def make_desk(
    customers: list[Customer], people: dict[str, User], *, last: date, now: datetime, random: np.random.Generator
) -> int:
    """Return how many tickets there are: two for ten customers, most of them resolved, those of the last days open."""
    queues = _queues()
    agents = _agents(people, queues, now)
    Macro.objects.bulk_create(
        Macro(name=name, text=text, text_hans=hans, text_hant=hant, status=status, tags=tags)
        for name, (text, hans, hant), status, tags in MACROS
    )
    made = list(_tickets(customers, queues, agents, last=last, now=now, random=random))
    tickets = Ticket.objects.bulk_create([ticket for ticket, _theme in made], batch_size=2_000)
    TicketMessage.objects.bulk_create(
        [message for ticket, theme in made for message in _messages(ticket, theme)], batch_size=2_000
    )
    _beside(tickets)
    return len(tickets)


def _queues() -> dict[str, Queue]:
    return {
        code: Queue.objects.get_or_create(code=code, defaults={"name": name, "line": line, "skills": skills})[0]
        for code, name, line, skills in QUEUES
    }


def _agents(people: dict[str, User], queues: dict[str, Queue], now: datetime) -> list[Agent]:
    agents = []
    for word, skills, languages, there in AGENTS:
        agent, _made = Agent.objects.update_or_create(
            user=people[word],
            defaults={
                "skills": skills,
                "languages": languages,
                "is_available": there,
                "available_since": now if there else None,
            },
        )
        for code in [*skills, "general"]:
            QueueMember.objects.get_or_create(queue=queues[code], agent=agent)
        agents.append(agent)
    return agents[:3]


def _tickets(
    customers: list[Customer],
    queues: dict[str, Queue],
    agents: list[Agent],
    *,
    last: date,
    now: datetime,
    random: np.random.Generator,
) -> Iterator[tuple[Ticket, tuple]]:
    """Every fifth customer; one ticket in ten is of the last days and still open."""
    for number, customer in enumerate(customers[2::5]):
        is_open = number % 10 == 0
        back = int(random.integers(0, OPEN_DAYS)) if is_open else int(random.integers(OPEN_DAYS, 180))
        theme = THEMES[int(random.integers(0, len(THEMES)))]
        at = min(at_time(max(last - timedelta(days=back), customer.joined_on), number * 7), now - timedelta(hours=2))
        yield _ticket(number, customer, theme, at, is_open, queues, agents), theme


def _ticket(
    number: int,
    customer: Customer,
    theme: tuple,
    at: datetime,
    is_open: bool,
    queues: dict[str, Queue],
    agents: list[Agent],
) -> Ticket:
    queue, kind, tag, texts = theme
    subject, _wrote, _answer = texts[place_of(customer.language)]
    skilled = [agent for agent in agents if not queues[queue].skills or set(queues[queue].skills) <= set(agent.skills)]
    agent = skilled[number % len(skilled)]
    answered = at + timedelta(minutes=12 + number % 90)
    is_free = is_open and number % 30 == 0
    resolved = None if is_open else answered + timedelta(hours=1 + number % 40)
    return Ticket(
        kind=kind, channel=CHANNELS[number % len(CHANNELS)], subject=subject, customer=customer, region=customer.region,
        line=queues[queue].line if queues[queue].line in customer.lines else "", queue=queues[queue],
        assignee=None if is_free else agent.user, language=customer.language, tags=[tag] if tag else [],
        status=TicketStatus.NEW if is_free else [TicketStatus.OPEN, TicketStatus.WAITING][number % 20 // 10] if is_open else TicketStatus.RESOLVED,
        priority=[3, 3, 2, 3, 4, 3, 1][number % 7], opened_at=at, first_answered_at=None if is_open and number % 20 == 0 else answered,
        last_message_at=at if is_free else answered, resolved_at=resolved, first_contact=None if is_open else number % 3 != 0,
        rating=None if is_open or number % 4 else [5, 4, 5, 3, 5, 4, 2][number % 7], source="demo", external_id=str(number),
    )  # fmt: skip


def _messages(ticket: Ticket, theme: tuple) -> Iterator[TicketMessage]:
    place = place_of(ticket.language)
    _subject, wrote, answer = theme[-1][place]
    common = {"ticket": ticket, "channel": ticket.channel}
    yield TicketMessage(direction=Direction.IN, text=wrote, at=ticket.opened_at, **common)
    if ticket.first_answered_at and ticket.assignee:
        if ticket.pk % 6 == 0:
            noted = ticket.first_answered_at - timedelta(minutes=3)
            yield TicketMessage(direction=Direction.NOTE, text=NOTE[place], author=ticket.assignee, at=noted, **common)
        yield TicketMessage(
            direction=Direction.OUT, text=answer, author=ticket.assignee, at=ticket.first_answered_at, **common
        )


def _beside(tickets: list[Ticket]) -> None:
    """Ratings, time and a few sub-tasks."""
    worked = [ticket for ticket in tickets if ticket.assignee]
    TicketRating.objects.bulk_create(
        TicketRating(ticket=one, agent=one.assignee, rating=one.rating, at=one.resolved_at + timedelta(hours=2))
        for one in worked
        if one.rating
    )
    TimeEntry.objects.bulk_create(
        TimeEntry(ticket=one, by=one.assignee, seconds=180 + one.pk % 600, at=one.first_answered_at or one.opened_at)
        for one in worked
    )
    Subtask.objects.bulk_create(
        Subtask(
            ticket=one,
            title=SUBTASK[place_of(one.language)],
            assignee=one.assignee,
            due_on=one.opened_at.date() + timedelta(days=2),
        )
        for one in worked
        if one.status != TicketStatus.RESOLVED and one.pk % 3 == 0
    )
    spent = {row["ticket"]: row["s"] for row in TimeEntry.objects.values("ticket").annotate(s=Sum("seconds"))}
    for one in worked:
        one.seconds_spent = spent[one.pk]
    Ticket.objects.bulk_update(worked, ["seconds_spent"], batch_size=2_000)
