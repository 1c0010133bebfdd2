"""Short links: where they lead, and who followed them where that may be kept."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from audit.services import record_batch
from marketing.models import Click, Link, Recipient, ResponseKind, Tracking
from marketing.services.rendering import with_campaign
from marketing.services.responses import may_be_tracked, note_response


@transaction.atomic
def follow(*, link: Link, recipient: Recipient | None, is_person: bool, at: datetime) -> str:
    """Return where a link leads, and keep that it was followed: of this very person only where they agreed to that, of
    nobody where the campaign keeps nothing. Programs that look at links count for nothing."""
    campaign = recipient.campaign if recipient else None
    if is_person and (campaign is None or campaign.tracking != Tracking.NONE):
        known = recipient if recipient is not None and may_be_tracked(recipient, at) else None
        click = Click.objects.create(link=link, recipient=known, at=at)
        digest = hashlib.sha256(f"{click.pk}:{link.pk}".encode()).hexdigest()
        record_batch("marketing_click", 1, digest, pk=link.pk, action="marketing.link.followed")
        if known is not None:
            note_response(recipient=known, kind=ResponseKind.CLICKED, at=at)
    return with_campaign(link.url, campaign=campaign.reference if campaign else "", channel=link.message.channel)
