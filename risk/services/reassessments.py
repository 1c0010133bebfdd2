"""Judging a risk anew because something happened: asked for by rooms above, answered by the next residual rating."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.models import RatingKind, Reassessment, Risk, RiskRating
from staff.models import NotificationKind, User
from staff.rules.roles import Role
from staff.services.notifications import notify


@transaction.atomic
def force_reassessment(
    *, actor: User | None, risk: Risk, cause_key: str, cause: str, url: str, at: datetime
) -> Reassessment:
    """Ask for a new judgement of a risk; its owner hears of it, or the risk office where it has none.

    Asking again for the same cause, while it is open, changes nothing.
    """
    name_act("risk.reassessment.asked", reason=cause)
    asked, new = Reassessment.objects.get_or_create(
        risk=risk,
        cause_key=cause_key,
        rating=None,
        defaults={"cause": cause[:200], "url": url, "asked_by": actor, "asked_at": at},
    )
    if new:
        _tell(asked, at)
    return asked


def answer_reassessments(rating: RiskRating) -> int:
    """Let a residual rating answer what is open of its risk; return how many it answered."""
    if rating.kind != RatingKind.RESIDUAL:
        return 0
    return Reassessment.objects.filter(risk=rating.risk_id, rating=None).update(rating=rating)


def _tell(asked: Reassessment, at: datetime) -> None:
    risk = asked.risk
    people = [risk.owner_id] if risk.owner_id else User.objects.active().in_role(Role.RISK).distinct()
    notify(
        users=people,
        kind=NotificationKind.REVIEW,
        key=f"reassessment:{asked.pk}",
        title=lambda: _("%(risk)s must be assessed anew: %(cause)s") % {"risk": risk.reference, "cause": asked.cause},
        body=risk.title,
        url=reverse("risk:risk_detail", args=[risk.reference]),
        at=at,
    )
