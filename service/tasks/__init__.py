from service.tasks.complaints import find_themes_task, propose_improvements_task, remind_of_clocks_task

__all__ = ["find_themes_task", "propose_improvements_task", "remind_of_clocks_task"]
