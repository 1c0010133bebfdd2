"""Calendars and a policy to begin with, marked as to be confirmed: no law sets them, each company does."""

from datetime import date

from django.conf import settings
from django.db import migrations

BEGINNING = date(2020, 1, 1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
# code, name, zone, jurisdiction, hours of a working day
CALENDARS = [
    ("office-cn", "Office hours, China", "Asia/Shanghai", "CN", "09:00-12:00, 13:30-18:00"),
    ("office-eu", "Office hours, European Union", "Europe/Berlin", "EU", "09:00-17:30"),
    ("office-gb", "Office hours, United Kingdom", "Europe/London", "GB", "09:00-17:30"),
    ("office-us", "Office hours, United States", "America/New_York", "US", "09:00-17:30"),
]
# Business minutes by priority, urgent first.
TARGETS = {
    "1": {"first": 30, "next": 60, "resolution": 240},
    "2": {"first": 60, "next": 120, "resolution": 480},
    "3": {"first": 240, "next": 480, "resolution": 1_440},
    "4": {"first": 480, "next": 960, "resolution": 2_700},
}
STEPS = [
    {"kind": kind, "percent": percent, "after": 0, "action": action}
    for kind in ("first", "next", "resolution")
    for percent, action in ((80, "notify_assignee"), (100, "notify_lead"))
]
OWN = {law: code for code, _name, _zone, law, _hours in CALENDARS}


def seed(apps, schema_editor):
    calendar, week = apps.get_model("service", "BusinessCalendar"), apps.get_model("service", "CalendarWeek")
    for code, name, zone, law, hours in CALENDARS:
        made = calendar.objects.create(code=code, name=name, zone=zone, jurisdiction=law, needs_confirmation=True)
        week.objects.create(calendar=made, valid_from=BEGINNING, make_up=hours, **dict.fromkeys(WEEKDAYS, hours))
    ours = calendar.objects.get(code=OWN.get(settings.COMPANY_JURISDICTION, "office-eu"))
    apps.get_model("service", "SlaPolicy").objects.create(
        code="default", name="Every ticket", valid_from=BEGINNING, rank=1_000, calendar=ours, targets=TARGETS,
        steps=STEPS, needs_confirmation=True,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("service", "0004_clocks")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
