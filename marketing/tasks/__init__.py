from marketing.tasks.redemptions import settle_redemptions_task

__all__ = ["settle_redemptions_task"]
