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
from service.models.mailboxes import Mailbox, Security
from service.models.mails import Mail, MailDirection, MailKind, MailState
from service.models.messages import Direction, MessageFile, TicketMessage
from service.models.queues import Agent, Assignment, Queue, QueueMember
from service.models.tickets import Channel, Priority, Ticket, TicketKind, TicketStatus

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
    "Channel",
    "Direction",
    "Mail",
    "MailDirection",
    "MailKind",
    "MailState",
    "Mailbox",
    "MessageFile",
    "Priority",
    "Queue",
    "QueueMember",
    "Security",
    "Ticket",
    "TicketKind",
    "TicketMessage",
    "TicketStatus",
]
