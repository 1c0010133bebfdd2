from customers.tasks.privacy import finish_erasures_task

__all__ = ["finish_erasures_task"]
