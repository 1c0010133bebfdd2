from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.formats import day
from risk.models import Risk
from staff.models import NotificationKind
from staff.services.notifications import notify


def remind_of_reviews(*, business_date: date) -> int:
    """Tell owners of reviews that are due on `business_date` or were due before; return how many were told.

    Once for each risk and due date: a review that moves to another day is told of again. A risk without an owner
    tells nobody and stands among the overdue ones of the register.
    """
    due = Risk.objects.due(business_date).filter(owner__is_active=True).select_related("owner").order_by("pk")
    return sum(_remind(risk, at=timezone.now()) for risk in due)


def _remind(risk: Risk, *, at: datetime) -> int:
    return notify(
        users=[risk.owner] if risk.owner else [],
        kind=NotificationKind.REVIEW,
        key=f"review:{risk.pk}:{risk.review_on}",
        title=lambda: _("Review of %(risk)s is due on %(day)s") % {"risk": risk.reference, "day": day(risk.review_on)},
        body=risk.title,
        url=reverse("risk:risk_detail", args=[risk.reference]),
        at=at,
    )
