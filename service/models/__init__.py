from service.models.chats import Chat, ChatState, EndedBy
from service.models.messages import Direction, MessageFile, TicketMessage
from service.models.queues import Agent, Assignment, Queue, QueueMember
from service.models.tickets import Channel, Priority, Ticket, TicketKind, TicketStatus

__all__ = [
    "Agent",
    "Assignment",
    "Channel",
    "Chat",
    "ChatState",
    "Direction",
    "EndedBy",
    "MessageFile",
    "Priority",
    "Queue",
    "QueueMember",
    "Ticket",
    "TicketKind",
    "TicketMessage",
    "TicketStatus",
]
