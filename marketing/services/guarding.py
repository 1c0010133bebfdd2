"""Whether a campaign goes so wrong that it stops by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from marketing.models import Campaign, ContactCode, Delivery, ResponseKind
from marketing.rules.experiments import WHOLE
from marketing.services.contact_limits import limits_at
from pages.formats import money

LATELY = 500
FEWEST = 20

# What else pauses a campaign: each returns why, or nothing. Parts that know more reasons add theirs in `AppConfig.ready`.
GUARDS: list[Callable[[Campaign, datetime], str]] = []


def why_to_pause(campaign: Campaign, at: datetime) -> str:
    """Return why a running campaign must stop, or nothing."""
    found = (guard(campaign, at) for guard in (_offer_over, _over_budget, _failures, _complaints, *GUARDS))
    return next((why for why in found if why), "")


def _offer_over(campaign: Campaign, at: datetime) -> str:
    """Nobody is led to an offer that has ended. One that was stopped has voided the sign-off already."""
    version = campaign.offer.version if campaign.offer else None
    return (
        _("The offer “%(offer)s” has ended.") % {"offer": campaign.offer}
        if version and version.valid_until <= at
        else ""
    )


def _over_budget(campaign: Campaign, at: datetime) -> str:
    """What went out and what waits costs more than was signed off. A budget of nought is none; offers keep their own."""
    if not campaign.budget or not campaign.provider.price:
        return ""
    gone = campaign.sends.filter(outcome__in=["sent", "unknown"]).count()
    to_come = Delivery.objects.open().filter(campaign=campaign).count()
    cost = campaign.fixed_cost + (gone + to_come) * campaign.provider.price
    if cost <= campaign.budget:
        return ""
    told = {"cost": money(cost, campaign.currency), "budget": money(campaign.budget, campaign.currency)}
    return _("Messages and other costs come to %(cost)s, and the budget is %(budget)s.") % told


def _failures(campaign: Campaign, at: datetime) -> str:
    """Of the newest messages since it was resumed last, too many failed."""
    most = limits_at(at).of(settings.COMPANY_JURISDICTION).get(ContactCode.ERROR_PAUSE)
    tried = campaign.sends.filter(outcome__in=["sent", "failed", "unknown"])
    lately = tried.filter(at__gt=campaign.resumed_at) if campaign.resumed_at else tried
    outcomes = list(lately.order_by("-at", "-id").values_list("outcome", flat=True)[:LATELY])
    failed = sum(one != "sent" for one in outcomes)
    if most is None or len(outcomes) < FEWEST or failed * 1_000 <= most * len(outcomes):
        return ""
    return _("%(failed)d of the newest %(all)d messages failed.") % {"failed": failed, "all": len(outcomes)}


def _complaints(campaign: Campaign, at: datetime) -> str:
    most = limits_at(at).of(settings.COMPANY_JURISDICTION).get(ContactCode.COMPLAINT_PAUSE)
    sent = campaign.sends.filter(outcome="sent").count() if most is not None else 0
    if most is None or sent < FEWEST:
        return ""
    complained = campaign.responses.aggregate(n=Count("pk", filter=Q(kind=ResponseKind.COMPLAINED)))["n"]
    if complained * WHOLE <= most * sent:
        return ""
    return _("%(n)d of %(all)d people reported it as spam.") % {"n": complained, "all": sent}
