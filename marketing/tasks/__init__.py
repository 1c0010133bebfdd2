from marketing.tasks.campaigns import advance_campaigns_task, send_campaign_task
from marketing.tasks.redemptions import settle_redemptions_task

__all__ = ["advance_campaigns_task", "send_campaign_task", "settle_redemptions_task"]
