"""What of this room is under four eyes: service policies, and the hours and days of calendars."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.formats import day
from service.models import SlaPolicy
from service.models.calendars import WEEKDAYS, CalendarException, CalendarWeek
from service.policy_words import terms_of
from service.services.policies import POLICY_COLUMNS, calendar_named, policy_of, set_day, set_policy, set_week
from staff.changes import Arguments, Command, Differences, register_command, version_of
from staff.models import ChangeRequest, User

WEEK_COLUMNS = ("calendar_id", "valid_from", *WEEKDAYS, "make_up")
DAY_COLUMNS = ("calendar_id", "day", "hours", "name")


def register() -> None:
    for command in (POLICY, WEEK, DAY):
        register_command(command)


def _newest(code: str) -> SlaPolicy | None:
    return SlaPolicy.objects.filter(code=code).order_by("-valid_from").first()


def _check_policy(*, actor: User, arguments: Arguments) -> None:
    policy_of(arguments)


def _set_policy(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(set_policy(actor=actor, arguments=arguments))


def _describe_policy(arguments: Arguments) -> Differences:
    before, after = _newest(arguments["code"]), policy_of(arguments)
    was = dict(terms_of(before)) if before else {}
    return [(label, was.get(label, ""), becomes) for label, becomes in terms_of(after) if was.get(label) != becomes]


def _insert(table: str, columns: tuple[str, ...]) -> Any:
    return lambda arguments: [
        {"table": table, "on": "insert", "key": {}, "values": {name: arguments[name] for name in columns}}
    ]


def _policy_target(arguments: Arguments) -> tuple[str, Any]:
    newest = _newest(arguments["code"])
    return ("service_slapolicy", newest.pk) if newest else ("", "")


POLICY = Command(
    name="service.policy.set",
    label=gettext_lazy("Set a service policy"),
    permission="service.change_slapolicy",
    execute=_set_policy,
    describe=_describe_policy,
    about=lambda arguments: arguments["name"],
    version=lambda arguments: version_of(SlaPolicy.objects.filter(code=arguments["code"]), "valid_from"),
    target=_policy_target,
    check=_check_policy,
    guards={"service_slapolicy": POLICY_COLUMNS},
    writes=_insert("service_slapolicy", POLICY_COLUMNS),
)


def _check_week(*, actor: User, arguments: Arguments) -> None:
    CalendarWeek(**arguments).full_clean()


def _set_week(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(set_week(arguments=arguments))


def _describe_week(arguments: Arguments) -> Differences:
    calendar = calendar_named(arguments["calendar_id"])
    before = calendar.weeks.filter(valid_from__lte=arguments["valid_from"]).order_by("-valid_from").first()
    rows: list[tuple[Any, Any, Any]] = [(_("From"), day(before.valid_from) if before else "", arguments["valid_from"])]
    for name in (*WEEKDAYS, "make_up"):
        was, becomes = (getattr(before, name) if before else ""), arguments[name]
        if was != becomes:
            label = CalendarWeek._meta.get_field(name).verbose_name
            rows.append((label, was or _("not open"), becomes or _("not open")))
    return rows


WEEK = Command(
    name="service.calendar.week",
    label=gettext_lazy("Change the hours of a business calendar"),
    permission="service.change_businesscalendar",
    execute=_set_week,
    describe=_describe_week,
    about=lambda arguments: str(calendar_named(arguments["calendar_id"])),
    version=lambda arguments: version_of(
        CalendarWeek.objects.filter(calendar_id=arguments["calendar_id"]), "valid_from"
    ),
    target=lambda arguments: ("service_businesscalendar", arguments["calendar_id"]),
    check=_check_week,
    guards={"service_calendarweek": WEEK_COLUMNS},
    writes=_insert("service_calendarweek", WEEK_COLUMNS),
)


def _check_day(*, actor: User, arguments: Arguments) -> None:
    CalendarException(**arguments).full_clean()


def _set_day(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(set_day(arguments=arguments))


def _describe_day(arguments: Arguments) -> Differences:
    return [
        (_("Day"), "", arguments["day"]),
        (_("Hours"), "", arguments["hours"] or _("not open")),
        (_("Reason"), "", arguments["name"]),
    ]


DAY = Command(
    name="service.calendar.day",
    label=gettext_lazy("Set a day of a business calendar"),
    permission="service.change_businesscalendar",
    execute=_set_day,
    describe=_describe_day,
    about=lambda arguments: f"{calendar_named(arguments['calendar_id'])}, {arguments['day']}",
    version=lambda arguments: version_of(
        CalendarException.objects.filter(calendar_id=arguments["calendar_id"], day=arguments["day"]), "hours"
    ),
    target=lambda arguments: ("", ""),
    check=_check_day,
    guards={"service_calendarexception": DAY_COLUMNS},
    writes=_insert("service_calendarexception", DAY_COLUMNS),
)
