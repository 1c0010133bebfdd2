"""What of this room is found by typing in the command palette."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketing.models import Campaign, Message
from marketing.services.campaign_states import campaign_url
from marketing.services.contents import message_url
from staff.models import User
from staff.palette import Hit


def find_campaigns(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Campaigns by number or words of their name."""
    found = Campaign.objects.visible_to(user).filter(Q(reference__iexact=text) | Q(name__icontains=text))
    for campaign in found.order_by("-created_at", "-pk")[:limit]:
        yield Hit(campaign.name, campaign.reference, campaign_url(campaign), "speakerphone", _("Campaigns"))


def find_messages(user: User, text: str, limit: int) -> Iterator[Hit]:
    """Messages by code or words of their name."""
    found = Message.objects.visible_to(user).filter(Q(code__iexact=text) | Q(name__icontains=text))
    for message in found.order_by("name", "pk")[:limit]:
        yield Hit(message.name, message.code, message_url(message), "message", _("Messages"))
