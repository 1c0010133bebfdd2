"""The addresses of marketing, and one of everything that they show."""

from collections.abc import Callable
from typing import Any

from marketing.models import ContactRule, InboxMessage, Recipient
from tests.config.addresses import Address, key, pk
from tests.factories.campaigns import CampaignFactory, ProviderFactory, signed

CAMPAIGN, PROVIDER = key("campaign", "reference"), key("provider", "code")
CHANGE, RUN, VIEW = "marketing.change_campaign", "marketing.run_campaign", "marketing.view_campaign"
TASK: Callable[[Any], dict[str, Any]] = lambda world: {
    "reference": world.campaign.reference,
    "pk": world.campaign_task.pk,
}  # noqa: E731
PAGES = {
    "marketing:campaign_list": Address(VIEW),
    "marketing:campaign_create": Address("marketing.add_campaign"),
    "marketing:campaign_detail": Address(VIEW, CAMPAIGN),
    "marketing:campaign_edit": Address(CHANGE, CAMPAIGN),
    "marketing:campaign_variants": Address(CHANGE, CAMPAIGN),
    "marketing:task_add": Address(CHANGE, CAMPAIGN),
    "marketing:task_done": Address(VIEW, TASK),
    "marketing:campaign_lessons": Address(CHANGE, CAMPAIGN),
    "marketing:campaign_audience": Address(VIEW, CAMPAIGN),
    "marketing:sign_off": Address(VIEW, CAMPAIGN),
    "marketing:ask_sign_off": Address(CHANGE, CAMPAIGN),
    "marketing:sign_off_decide": Address("marketing.sign_campaign", CAMPAIGN),
    "marketing:campaign_dossier": Address("marketing.export_campaign", CAMPAIGN),
    "marketing:campaign_recipients": Address(VIEW, CAMPAIGN),
    "marketing:campaign_reconcile": Address(RUN, CAMPAIGN),
    "marketing:campaign_schedule": Address(RUN, CAMPAIGN),
    "marketing:campaign_pause": Address(RUN, CAMPAIGN),
    "marketing:campaign_resume": Address(RUN, CAMPAIGN),
    "marketing:campaign_cancel": Address(RUN, CAMPAIGN),
    "marketing:provider_list": Address("marketing.view_provider"),
    "marketing:provider_create": Address("marketing.change_provider"),
    "marketing:provider_edit": Address("marketing.change_provider", PROVIDER),
    "marketing:contact_rule_list": Address("marketing.view_contactrule"),
    "marketing:contact_rule_change": Address("marketing.add_contactrule"),
    "marketing:contact_rule_confirm": Address("marketing.add_contactrule", pk("contact_rule")),
}
REST = {
    "api:campaign-list": Address(VIEW, by_method=(("post", "marketing.add_campaign"),)),
    "api:campaign-detail": Address(VIEW, CAMPAIGN, by_method=(("patch", CHANGE),)),
    "api:campaign-variants": Address(CHANGE, CAMPAIGN),
    "api:campaign-ask-sign-off": Address(CHANGE, CAMPAIGN),
    "api:campaign-decide": Address("marketing.sign_campaign", CAMPAIGN),
    "api:campaign-schedule": Address(RUN, CAMPAIGN),
    "api:campaign-pause": Address(RUN, CAMPAIGN),
    "api:campaign-resume": Address(RUN, CAMPAIGN),
    "api:campaign-cancel": Address(RUN, CAMPAIGN),
    "api:campaign-forecast": Address(VIEW, CAMPAIGN),
    "api:campaign-rounds": Address(VIEW, CAMPAIGN),
    "api:campaign-sign-offs": Address(VIEW, CAMPAIGN),
    "api:provider-list": Address("marketing.view_provider"),
    "api:provider-detail": Address("marketing.view_provider", PROVIDER),
    "api:inbox-list": Address("marketing.read_inbox"),
    "api:inbox-detail": Address("marketing.read_inbox", pk("inbox_message")),
    "api:inbox-read": Address("marketing.read_inbox", pk("inbox_message")),
}


def marketing_of(user, customer, now) -> dict[str, Any]:
    """A campaign of somebody else's that waits for its sign-off, with a task of `user`'s; a message in an inbox."""
    campaign = CampaignFactory()
    task = campaign.tasks.create(title="Write to the partners", owner=user)
    sent = signed(CampaignFactory(provider=ProviderFactory(app=True)))
    drawn = sent.rounds.create(number=1, sign_off=sent.sign_off, planned_at=now, drawn_at=now, matched=1, reached=1)
    recipient = Recipient.objects.create(round=drawn, campaign=sent, customer=customer, token="0" * 32, at=now)
    message = InboxMessage.objects.create(recipient=recipient, customer=customer, text="News", language="en", at=now)
    return {
        "campaign": campaign,
        "campaign_task": task,
        "provider": campaign.provider,
        "contact_rule": ContactRule.objects.filter(needs_confirmation=True).first(),
        "inbox_message": message,
    }
