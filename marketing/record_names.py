"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from marketing.models import Campaign, Message, Provider, SignOff


def find_campaign(text: str) -> int | None:
    return Campaign.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_campaigns(keys: Collection[str]) -> Named:
    found = Campaign.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (said, reverse("marketing:campaign_detail", args=[said])) for pk, said in found}


def find_nothing(text: str) -> None:
    """Sign-offs are called after their campaign: they are reached from there."""


def name_sign_offs(keys: Collection[str]) -> Named:
    found = SignOff.objects.filter(pk__in=numbers(keys)).values_list("pk", "campaign__reference", "number")
    return {
        str(pk): (f"{said} #{number}", f"{reverse('marketing:sign_off', args=[said])}?number={number}")
        for pk, said, number in found
    }


def find_provider(text: str) -> int | None:
    return Provider.objects.filter(code=text).values_list("pk", flat=True).first()


def name_providers(keys: Collection[str]) -> Named:
    found = Provider.objects.filter(pk__in=numbers(keys)).values_list("pk", "code")
    return {str(pk): (code, reverse("marketing:provider_list")) for pk, code in found}


def find_message(text: str) -> int | None:
    return Message.objects.filter(code=text).values_list("pk", flat=True).first()


def name_messages(keys: Collection[str]) -> Named:
    found = Message.objects.filter(pk__in=numbers(keys)).values_list("pk", "code")
    return {str(pk): (code, reverse("marketing:message_detail", args=[code])) for pk, code in found}


def register() -> None:
    register_names(RecordNames("marketing_message", find_message, name_messages))
    register_names(RecordNames("marketing_campaign", find_campaign, name_campaigns))
    register_names(RecordNames("marketing_signoff", find_nothing, name_sign_offs))
    register_names(RecordNames("marketing_provider", find_provider, name_providers))
