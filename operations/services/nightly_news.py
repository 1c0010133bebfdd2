"""Who is told what about a nightly run."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from operations.models import NightlyRun
from staff.checkers import holders_of
from staff.models import User
from staff.models.notifications import NotificationKind
from staff.services.notifications import notify


def tell_of_failure(*, run: NightlyRun, sentence: str, at: datetime) -> int:
    """Tell everybody who may start a run that this one failed, once for each time it stopped."""
    return notify(
        users=holders_of("operations.start_nightlyrun"),
        kind=NotificationKind.NIGHTLY,
        key=f"nightly:{run.pk}:{run.ended_at}",
        title=_("The nightly run has failed"),
        body=sentence,
        url=reverse("operations:nightly_detail", args=[run.pk]),
        at=at,
    )


def tell_starter(*, actor: User | None, sentence: str, at: datetime) -> int:
    """Tell the person who asked that their run did not start."""
    if actor is None:
        return 0
    return notify(
        users=[actor],
        kind=NotificationKind.NIGHTLY,
        key=f"nightly:busy:{at.isoformat()}",
        title=_("The nightly run did not start"),
        body=sentence,
        url=reverse("operations:nightly_list"),
        at=at,
    )
