from assessment.tasks.panels import keep_panels_task

__all__ = ["keep_panels_task"]
