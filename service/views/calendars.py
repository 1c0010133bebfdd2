"""Business calendars: when they are open, and asking for other hours or a day of their own."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from customers.models import CalendarDay
from pages.actions import Action
from pages.columns import Column, opens
from pages.formats import day
from service.forms.calendars import DayForm, WeekForm
from service.models import BusinessCalendar, CalendarWeek
from service.models.calendars import WEEKDAYS
from service.rules.business_time import spans_text
from service.services.calendars import hours_of, spoken_hours
from service.services.policies import propose_day, propose_week
from service.views.policies import confirmed
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting

AHEAD = 28  # days that a calendar's page shows
COMMANDS = ["service.calendar.week", "service.calendar.day"]
CALENDAR_COLUMNS = (
    Column("name", gettext_lazy("Business calendar"), lambda row: row.name, link=True, card="wide"),
    Column("where", gettext_lazy("Where"), spoken_hours),
    Column("laid", gettext_lazy("Laid out until"), lambda row: day(row.laid_until)),
    Column("confirmed", gettext_lazy("Confirmed"), confirmed),
)
EXCEPTION_COLUMNS = (
    Column("day", gettext_lazy("Day"), lambda row: day(row.day)),
    Column("hours", gettext_lazy("Hours"), lambda row: row.hours or _("not open")),
    Column("name", gettext_lazy("Reason"), lambda row: row.name),
)


@require_safe
@login_required
@permission_required("service.view_businesscalendar", raise_exception=True)
def calendar_list(request):
    rows = BusinessCalendar.objects.visible_to(request.user).order_by("name")
    return render(
        request,
        "service/calendar_list.html",
        {
            "rows": rows,
            "columns": CALENDAR_COLUMNS,
            "row_url": opens(lambda row: reverse("service:calendar_detail", args=[row.code])),
            "unsure": sum(row.needs_confirmation for row in rows),
        },
    )


@require_safe
@login_required
@permission_required("service.view_businesscalendar", raise_exception=True)
def calendar_detail(request, code):
    """The hours of a calendar's weeks, its own days, and what is open in the next four weeks."""
    calendar = get_object_or_404(BusinessCalendar.objects.visible_to(request.user), code=code)
    today = timezone.localdate()
    to = lambda name: reverse(f"service:calendar_{name}", args=[code])  # noqa: E731
    may = "" if request.user.has_perm("service.change_businesscalendar") else _("Service leads ask for other hours.")
    return render(
        request,
        "service/calendar_detail.html",
        {
            "calendar": calendar,
            "where": spoken_hours(calendar),
            "week_columns": week_columns(),
            "weeks": calendar.weeks.order_by("-valid_from"),
            "exceptions": calendar.exceptions.filter(day__gte=today).order_by("day"),
            "exception_columns": EXCEPTION_COLUMNS,
            "days": _days(calendar, today),
            "day_columns": DAY_COLUMNS,
            "waiting": ChangeRequest.objects.open().of(COMMANDS).about("service_businesscalendar", calendar.pk),
            "actions": [
                Action(_("Change hours"), to("week"), "edit", primary=True).unless(may),
                Action(_("Set a day"), to("day"), "calendar-event").unless(may),
            ],
        },
    )


def week_columns():
    days = [
        Column(
            name,
            CalendarWeek._meta.get_field(name).verbose_name,
            lambda row, name=name: getattr(row, name) or _("not open"),
        )
        for name in (*WEEKDAYS, "make_up")
    ]
    return (Column("from", gettext_lazy("From"), lambda row: day(row.valid_from)), *days)


DAY_COLUMNS = (
    Column("day", gettext_lazy("Day"), lambda row: day(row[0])),
    Column(
        "weekday",
        gettext_lazy("Weekday"),
        lambda row: CalendarWeek._meta.get_field(WEEKDAYS[row[0].weekday()]).verbose_name,
    ),
    Column("hours", gettext_lazy("Hours"), lambda row: row[1] or _("not open")),
    Column("why", gettext_lazy("Why"), lambda row: row[2]),
)


def _days(calendar, today):
    """(day, hours, why it is no ordinary one) for the coming weeks."""
    last, hours = today + timedelta(days=AHEAD - 1), hours_of(calendar)
    named = dict(
        CalendarDay.objects.filter(jurisdiction=calendar.jurisdiction, day__range=(today, last)).values_list(
            "day", "name"
        )
    )
    own = dict(calendar.exceptions.filter(day__range=(today, last)).values_list("day", "name"))
    days = [today + timedelta(days=number) for number in range(AHEAD)]
    return [(one, spans_text(hours.spans_on(one)), own.get(one) or named.get(one, "")) for one in days]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.change_businesscalendar", raise_exception=True)
def calendar_week(request, code):
    return _ask(request, code, WeekForm, propose_week, _("Change hours"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("service.change_businesscalendar", raise_exception=True)
def calendar_day(request, code):
    return _ask(request, code, DayForm, propose_day, _("Set a day"))


def _ask(request, code, make, service, title):
    calendar = get_object_or_404(BusinessCalendar.objects.visible_to(request.user), code=code)
    back = reverse("service:calendar_detail", args=[code])
    form = make(request.POST or None, calendar=calendar, cancel_url=back)
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            say_waiting(request, service(actor=request.user, values=form.values(), reason=reason, at=timezone.now()))
            return redirect(back)
        except ValidationError as error:
            form.add_error(None, error.messages)
    context = {"form": form, "title": title, "calendar": calendar}
    return render(request, "service/calendar_form.html", context, status=422 if form.errors else 200)
