"""What campaigns show on a customer's page: how often they wrote, and what of late."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.panels import Panel, register_panel
from marketing.models import Campaign, Send
from marketing.services.campaign_states import campaign_url
from pages.formats import moment, number
from staff.models import User

SHOWN = 5
PRESSURE = {"week": 7, "month": 30}  # days


def register() -> None:
    register_panel(
        Panel(
            "campaigns",
            _("Messages from campaigns"),
            campaigns_panel,
            "marketing/customer_panel.html",
            "marketing.view_campaign",
            order=60,
            queries=2,
        )
    )


def customer_sends(customer: Customer) -> models.QuerySet[Send]:
    """What reached somebody, or perhaps did, under every number that they have."""
    return Send.objects.filter(customer__in=customer.numbers, outcome__in=["sent", "unknown"])


def campaigns_panel(user: User, customer: Customer) -> dict[str, Any] | None:
    """How many messages of all campaigns somebody got in 7 and 30 days, and the last of those campaigns that the reader
    sees. None where nothing ever went out to them."""
    at, sent = timezone.now(), customer_sends(customer)
    since = {name: Count("pk", filter=Q(at__gt=at - timedelta(days=days))) for name, days in PRESSURE.items()}
    counted = sent.aggregate(ever=Count("pk"), **since)
    if not counted["ever"]:
        return None
    seen = sent.filter(campaign__in=Campaign.objects.visible_to(user)).select_related("campaign")
    return {
        "week": number(counted["week"]),
        "month": number(counted["month"]),
        "rows": [
            (moment(one.at), one.campaign, campaign_url(one.campaign), one.get_outcome_display())
            for one in seen.order_by("-at", "-id")[:SHOWN]
        ],
    }
