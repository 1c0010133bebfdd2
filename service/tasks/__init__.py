from service.tasks.articles import remind_of_articles_task
from service.tasks.assignment import hand_out_task
from service.tasks.chats import end_silent_chats_task
from service.tasks.clocks import escalate_task, recompute_clocks_task, relay_calendars_task
from service.tasks.complaints import find_themes_task, propose_improvements_task, remind_of_clocks_task
from service.tasks.mail import poll_mailboxes_task, send_mails_task
from service.tasks.outlets import send_deliveries_task
from service.tasks.strangers import forget_strangers_task

__all__ = [
    "end_silent_chats_task",
    "escalate_task",
    "find_themes_task",
    "forget_strangers_task",
    "hand_out_task",
    "poll_mailboxes_task",
    "propose_improvements_task",
    "recompute_clocks_task",
    "relay_calendars_task",
    "send_deliveries_task",
    "remind_of_articles_task",
    "remind_of_clocks_task",
    "send_mails_task",
]
