from calendar import Calendar
from datetime import date, timedelta

from babel.dates import get_day_names
from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.services.suitability_rules import company_day
from marketing.calendar import planned
from pages.formats import locale

FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_safe
@login_required
@permission_required("marketing.view_message", raise_exception=True)
def content_calendar(request):
    """A month of what is planned for customers; `?month=2026-11`, this one without."""
    today = company_day(timezone.now())
    first = _month_asked_for(request.GET.get("month", "")) or today.replace(day=1)
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    found = planned(request.user, weeks[0][0], weeks[-1][-1])
    context = {
        "weeks": [[(day, day.month == first.month, found.get(day, [])) for day in week] for week in weeks],
        "days": [name for _number, name in sorted(get_day_names("abbreviated", locale=locale()).items())],
        "month": date_format(first, _("F Y")),
        "before": f"{first - timedelta(days=1):%Y-%m}",
        "after": f"{first + timedelta(days=32):%Y-%m}",
        "today": today,
        "is_empty": not any(one.day.month == first.month for day in found.values() for one in day),
    }
    return render(request, "marketing/content_calendar.html", context)


def _month_asked_for(text):
    """The first day of a month written as 2026-11, or None for what is none."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return first if FIRST_YEAR <= first.year <= LAST_YEAR else None
