from service.models.articles import (
    Article,
    ArticleLanguage,
    ArticleMiss,
    ArticleState,
    ArticleText,
    ArticleUse,
    ArticleVersion,
    ArticleVote,
    Audience,
)
from service.models.calendars import BusinessCalendar, CalendarException, CalendarWeek, OpeningInterval
from service.models.chats import Chat, ChatState, EndedBy
from service.models.clocks import BreachCause, ChosenCause, EscalationStep, TicketClock, TicketSpan
from service.models.macros import Macro
from service.models.mailboxes import Mailbox, Security
from service.models.mails import Mail, MailDirection, MailKind, MailState
from service.models.messages import Direction, MessageFile, TicketMessage
from service.models.policies import ClockKind, SlaPolicy, StepAction
from service.models.queues import Agent, Assignment, Queue, QueueMember
from service.models.tickets import Channel, Priority, Ticket, TicketKind, TicketStatus
from service.models.works import LinkKind, Subtask, TicketLink, TicketMerge, TicketRating, TimeEntry

__all__ = [
    "Agent",
    "Article",
    "ArticleLanguage",
    "ArticleMiss",
    "ArticleState",
    "ArticleText",
    "ArticleUse",
    "ArticleVersion",
    "ArticleVote",
    "Assignment",
    "Audience",
    "BreachCause",
    "BusinessCalendar",
    "CalendarException",
    "CalendarWeek",
    "Channel",
    "Chat",
    "ChatState",
    "Direction",
    "EndedBy",
    "ChosenCause",
    "ClockKind",
    "Direction",
    "EscalationStep",
    "Mail",
    "MailDirection",
    "MailKind",
    "MailState",
    "Mailbox",
    "MessageFile",
    "OpeningInterval",
    "Priority",
    "Queue",
    "QueueMember",
    "SlaPolicy",
    "StepAction",
    "Security",
    "LinkKind",
    "Macro",
    "Subtask",
    "TicketLink",
    "TicketMerge",
    "TicketRating",
    "TimeEntry",
    "Ticket",
    "TicketClock",
    "TicketKind",
    "TicketMessage",
    "TicketSpan",
    "TicketStatus",
]
