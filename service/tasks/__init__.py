from service.tasks.chats import end_silent_chats_task

__all__ = ["end_silent_chats_task"]
