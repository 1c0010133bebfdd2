"""What can be changed of many risks at once: their owner, the day of their review, their business line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import name_act
from pages.forms import DayInput
from products.models import BusinessLine
from risk.filters.register import RiskFilter
from risk.models import Risk, RiskStatus
from risk.querysets.people import risk_people
from staff.bulk import BulkEdit, BulkField, register_bulk
from staff.models import User

WHOLE = "-"  # stands for the whole company, which has no code


def register() -> None:
    register_bulk(RISKS)


def _refused(column: str):
    """Closed risks stay as they are, and what is so already is no change."""

    def refused(user: User, rows: QuerySet, value: Any) -> list[tuple[Any, QuerySet]]:
        return [
            (gettext_lazy("Closed"), rows.filter(status=RiskStatus.CLOSED)),
            (gettext_lazy("Already so"), rows.filter(**{column: None if value == WHOLE else value})),
        ]

    return refused


def _setting(column: str):
    def apply(user: User, rows: QuerySet, value: Any, at: datetime) -> int:
        name_act("risk.risk.changed")
        found = Risk.objects.filter(pk__in=rows.order_by().values("pk"))
        return found.update(**{column: None if value == WHOLE else value})

    return apply


def _lines(user: User) -> list[tuple[str, Any]]:
    return [(WHOLE, _("Whole company")), *((line.pk, str(line)) for line in BusinessLine.objects.visible_to(user))]


OWNER = BulkField(
    key="owner",
    label=gettext_lazy("Owner"),
    field=lambda user: forms.ModelChoiceField(queryset=risk_people()),
    keep=lambda person: person.pk,
    shown=lambda value: str(User.objects.get(pk=value)),
    refused=_refused("owner_id"),
    apply=_setting("owner_id"),
    state=["owner_id", "status"],
)
REVIEW = BulkField(
    key="review_on",
    label=gettext_lazy("Review on"),
    field=lambda user: forms.DateField(widget=DayInput()),
    keep=lambda day: day.isoformat(),
    shown=lambda value: date.fromisoformat(value).isoformat(),
    refused=_refused("review_on"),
    apply=_setting("review_on"),
    state=["review_on", "status"],
)
LINE = BulkField(
    key="line",
    label=gettext_lazy("Business line"),
    field=lambda user: forms.ChoiceField(choices=_lines(user)),
    keep=str,
    shown=lambda value: _("Whole company") if value == WHOLE else str(BusinessLine.objects.get(pk=value)),
    refused=_refused("line_id"),
    apply=_setting("line_id"),
    state=["line_id", "status"],
)
RISKS = BulkEdit(
    key="risks",
    list_name="risk:risk_list",
    label=gettext_lazy("Edit risks"),
    permission="risk.change_risk",
    rows=lambda user: Risk.objects.visible_to(user),
    filterset=RiskFilter,
    fields=[OWNER, REVIEW, LINE],
)
