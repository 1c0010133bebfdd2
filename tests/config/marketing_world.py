"""The addresses of marketing, and one of everything that they show."""

from datetime import timedelta
from typing import Any

from marketing.models import Claim, ContactRule, Disclosure, ForbiddenWord, InboxMessage, Recipient, ValueRule
from marketing.services.signoffs import ask_sign_off
from tests.config.addresses import Address, key, pk
from tests.factories import UserFactory
from tests.factories.campaigns import CampaignFactory, MessageFactory, ProviderFactory, signed

CAMPAIGN, PROVIDER = key("campaign", "reference"), key("provider", "code")
CHANGE, RUN, VIEW = "marketing.change_campaign", "marketing.run_campaign", "marketing.view_campaign"
MESSAGE = key("campaign_message", "code")


def TASK(world) -> dict[str, Any]:
    return {"reference": world.campaign.reference, "pk": world.campaign_task.pk}


def TEXT(world) -> dict[str, Any]:
    return {"code": world.campaign_message.code, "language": "en"}


def DRAFT(world) -> dict[str, Any]:
    return {**TEXT(world), "key": "gone"}


def MISSING(world) -> dict[str, Any]:
    return {"code": world.campaign_message.code, "pk": world.disclosure.pk}


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
    "marketing:campaign_results": Address(VIEW, CAMPAIGN),
    "marketing:results_export": Address(VIEW, CAMPAIGN),
    "marketing:pressure_report": Address(VIEW),
    "marketing:value_rule_change": Address("marketing.add_contactrule"),
    "marketing:value_rule_confirm": Address("marketing.add_contactrule", pk("value_rule")),
    "marketing:campaign_reconcile": Address(RUN, CAMPAIGN),
    "marketing:campaign_schedule": Address(RUN, CAMPAIGN),
    "marketing:campaign_pause": Address(RUN, CAMPAIGN),
    "marketing:campaign_resume": Address(RUN, CAMPAIGN),
    "marketing:campaign_cancel": Address(RUN, CAMPAIGN),
    "marketing:message_list": Address("marketing.view_message"),
    "marketing:message_create": Address("marketing.add_message"),
    "marketing:message_detail": Address("marketing.view_message", MESSAGE),
    "marketing:message_edit": Address("marketing.change_message", MESSAGE),
    "marketing:content_calendar": Address("marketing.view_message"),
    "marketing:message_clicks": Address("marketing.view_message", MESSAGE),
    "marketing:disclosure_insert": Address("marketing.change_message", MISSING),
    "marketing:text_draft": Address("marketing.change_message", TEXT),
    "marketing:draft_preview": Address("marketing.change_message", DRAFT),
    "marketing:message_archive": Address("marketing.change_message", MESSAGE),
    "marketing:text_write": Address("marketing.change_message", TEXT),
    "marketing:message_preview": Address("marketing.view_message", TEXT),
    "marketing:text_remove": Address("marketing.change_message", TEXT),
    "marketing:test_mail": Address("marketing.change_message", TEXT),
    "marketing:claim_list": Address("marketing.view_claim"),
    "marketing:claim_create": Address("marketing.add_claim"),
    "marketing:claim_detail": Address("marketing.view_claim", pk("claim")),
    "marketing:claim_approve": Address("marketing.approve_claim", pk("claim")),
    "marketing:content_rule_list": Address("marketing.view_message"),
    "marketing:forbidden_word_change": Address("marketing.add_contentrule"),
    "marketing:forbidden_word_confirm": Address("marketing.add_contentrule", pk("forbidden_word")),
    "marketing:disclosure_change": Address("marketing.add_contentrule"),
    "marketing:disclosure_confirm": Address("marketing.add_contentrule", pk("disclosure")),
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
    "api:message-list": Address("marketing.view_message", by_method=(("post", "marketing.add_message"),)),
    "api:message-detail": Address("marketing.view_message", MESSAGE),
    "api:message-write": Address("marketing.change_message", MESSAGE),
    "api:message-checks": Address("marketing.view_message", MESSAGE),
    "api:message-preview": Address("marketing.view_message", MESSAGE, query="?language=en"),
    "api:message-insert-disclosure": Address("marketing.change_message", MESSAGE),
    "api:forbidden-word-list": Address("marketing.view_forbiddenword"),
    "api:disclosure-list": Address("marketing.view_disclosure"),
    "api:claim-list": Address("marketing.view_claim", by_method=(("post", "marketing.add_claim"),)),
    "api:claim-detail": Address("marketing.view_claim", pk("claim")),
    "api:claim-approve": Address("marketing.approve_claim", pk("claim")),
    "api:provider-list": Address("marketing.view_provider"),
    "api:provider-detail": Address("marketing.view_provider", PROVIDER),
    "api:inbox-list": Address("marketing.read_inbox"),
    "api:inbox-detail": Address("marketing.read_inbox", pk("inbox_message")),
    "api:inbox-read": Address("marketing.read_inbox", pk("inbox_message")),
}


def marketing_of(user, customer, now) -> dict[str, Any]:
    """A campaign of somebody else's that waits for its sign-off, with a task of `user`'s; a message in an inbox."""
    campaign = CampaignFactory()
    ask_sign_off(actor=campaign.owner, campaign_id=campaign.pk, at=now)
    marketer = UserFactory(role="marketing")
    claim = Claim.objects.create(
        language="en", words="4.9 of 5 stars", proof="Survey 2026", expires_on=now.date() + timedelta(days=90),
        added_by=marketer, added_at=now,
    )  # fmt: skip
    task = campaign.tasks.create(title="Write to the partners", owner=user)
    sent = signed(CampaignFactory(provider=ProviderFactory(app=True)))
    drawn = sent.rounds.create(number=1, sign_off=sent.sign_off, planned_at=now, drawn_at=now, matched=1, reached=1)
    recipient = Recipient.objects.create(round=drawn, campaign=sent, customer=customer, token="0" * 32, at=now)
    message = InboxMessage.objects.create(recipient=recipient, customer=customer, text="News", language="en", at=now)
    return {
        "campaign": campaign,
        "campaign_message": MessageFactory(),
        "claim": claim,
        "value_rule": ValueRule.objects.filter(needs_confirmation=True).first(),
        "forbidden_word": ForbiddenWord.objects.filter(needs_confirmation=True).first(),
        "disclosure": Disclosure.objects.filter(needs_confirmation=True).first(),
        "campaign_task": task,
        "provider": campaign.provider,
        "contact_rule": ContactRule.objects.filter(needs_confirmation=True).first(),
        "inbox_message": message,
    }
