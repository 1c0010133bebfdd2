from celery import shared_task
from django.utils import timezone


@shared_task
def advance_campaigns_task() -> None:
    """Settle what killed workers left, move every campaign on, and have what is due sent."""
    from marketing.services.advancing import advance_campaigns
    from marketing.services.reconciling import ask_providers
    from marketing.services.settling import end_leases

    at = timezone.now()
    end_leases(at=at)
    ask_providers(at=at)
    for campaign_id in advance_campaigns(at=at):
        send_campaign_task.apply_async([campaign_id], expires=30)


@shared_task
def send_campaign_task(campaign_id: int) -> None:
    from marketing.services.sending import send_campaign

    send_campaign(campaign_id=campaign_id)
