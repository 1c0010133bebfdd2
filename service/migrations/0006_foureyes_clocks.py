from django.db import migrations

from staff.operations import GuardedColumns, SeedPolicy

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Migration(migrations.Migration):
    """What moves deadlines takes two people: policies of service, hours of calendars and their own days."""

    dependencies = [("service", "0005_clock_defaults"), ("staff", "0006_foureyes_guards")]

    operations = [
        SeedPolicy("service.policy.set", "service.check_slapolicy"),
        SeedPolicy("service.calendar.week", "service.check_businesscalendar"),
        SeedPolicy("service.calendar.day", "service.check_businesscalendar"),
        GuardedColumns(
            "service_slapolicy",
            ["code", "name", "valid_from", "valid_to", "rank", "kinds", "channels", "priorities", "lines", "queues",
             "languages", "calendar_id", "targets", "steps", "pause_held"],
            command="service.policy.set",
            on=("insert", "update", "delete"),
        ),
        GuardedColumns(
            "service_calendarweek",
            ["calendar_id", "valid_from", *WEEKDAYS, "make_up"],
            command="service.calendar.week",
            on=("insert", "update", "delete"),
        ),
        GuardedColumns(
            "service_calendarexception",
            ["calendar_id", "day", "hours", "name"],
            command="service.calendar.day",
            on=("insert", "update", "delete"),
        ),
    ]  # fmt: skip
