"""Accepted conflicts of duties that end soon: whoever asked for one hears of it before it counts again."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from pages.formats import day
from risk.models import DutyException
from staff.models import NotificationKind
from staff.services.notifications import notify

AHEAD = timedelta(days=14)


def remind_of_exceptions(*, business_date: date) -> int:
    """Tell whoever asked for an exception that it ends within two weeks, once for each; return how many were told. Never
    the person whom it is about, and not of one that a later one goes on with."""
    later = DutyException.objects.filter(
        rule=OuterRef("rule"), person=OuterRef("person"), valid_until__gt=OuterRef("valid_until")
    )
    ending = DutyException.objects.for_list().filter(valid_until__range=(business_date, business_date + AHEAD))
    return sum(_remind(one) for one in ending.exclude(rule__is_retired=True).exclude(Exists(later)).order_by("pk"))


def _remind(one: DutyException) -> int:
    return notify(
        users=[one.request.maker] if one.request.maker else [],
        kind=NotificationKind.REVIEW,
        key=f"duty-exception:{one.pk}",
        title=lambda: _("An accepted conflict of duties ends on %(day)s") % {"day": day(one.valid_until)},
        body=str(one.rule),
        url=reverse("risk:duty_matrix"),
        at=timezone.now(),
    )
