from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from service.querysets.calendars import CalendarQuerySet
from service.rules.business_time import spans_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def check_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” is no time zone: write Asia/Shanghai or Europe/Berlin.") % {"name": name})


def check_hours(text: str) -> None:
    try:
        spans_of(text)
    except ValueError as error:
        raise ValidationError(
            _("Write openings as 09:00-12:00, 13:30-18:00: in order, each ending after it begins, none overlapping.")
        ) from error


class BusinessCalendar(models.Model):
    """When people of the company are there to answer: hours of a week in a zone, the jurisdiction's holidays and make-up
    workdays, and days of its own.

    Between `laid_from` and `laid_until` its openings stand in `OpeningInterval`; `laid_digest` says from which hours."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    zone = models.CharField(_("time zone"), max_length=60, validators=[check_zone])
    jurisdiction = models.CharField(
        _("jurisdiction"), max_length=2, blank=True, help_text=_("Whose holidays and make-up workdays hold.")
    )
    needs_confirmation = models.BooleanField(_("needs confirmation"), default=False)
    laid_from = models.DateField(null=True, editable=False)
    laid_until = models.DateField(null=True, editable=False)
    laid_digest = models.CharField(max_length=64, blank=True, editable=False)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("business calendar")
        verbose_name_plural = _("business calendars")
        ordering = ["name"]
        permissions = [("check_businesscalendar", _("Can approve changes of business calendars"))]

    def __str__(self):
        return self.name


class HoursField(models.CharField):
    """Openings of a day as people write them; empty is closed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_length": 120, "blank": True, "validators": [check_hours], **kwargs})


class CalendarWeek(models.Model):
    """The hours of a calendar's days from a day on, until a later week begins."""

    calendar = models.ForeignKey(
        BusinessCalendar, models.PROTECT, related_name="weeks", verbose_name=_("business calendar")
    )
    valid_from = models.DateField(_("from"))
    monday = HoursField(_("Monday"))
    tuesday = HoursField(_("Tuesday"))
    wednesday = HoursField(_("Wednesday"))
    thursday = HoursField(_("Thursday"))
    friday = HoursField(_("Friday"))
    saturday = HoursField(_("Saturday"))
    sunday = HoursField(_("Sunday"))
    make_up = HoursField(_("Make-up workday"))

    class Meta:
        verbose_name = _("week of a calendar")
        verbose_name_plural = _("weeks of calendars")
        ordering = ["calendar", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["calendar", "valid_from"], name="one_week_per_calendar_and_day")]

    def __str__(self):
        return f"{self.calendar} {self.valid_from}"


class CalendarException(models.Model):
    """A day on which a calendar keeps other hours than its week and the holidays say; without hours it is closed."""

    calendar = models.ForeignKey(
        BusinessCalendar, models.PROTECT, related_name="exceptions", verbose_name=_("business calendar")
    )
    day = models.DateField(_("day"))
    hours = HoursField(_("hours"))
    name = models.CharField(_("reason"), max_length=80)

    class Meta:
        verbose_name = _("day of a calendar")
        verbose_name_plural = _("days of calendars")
        ordering = ["calendar", "day"]
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="one_exception_per_calendar_and_day")]

    def __str__(self):
        return f"{self.calendar} {self.day}"


class OpeningInterval(models.Model):
    """One stretch in which a calendar is open. `before` and `until` are the open seconds since the first of them, at its
    beginning and at its end, so that a deadline is one look into an index."""

    calendar = models.ForeignKey(BusinessCalendar, models.CASCADE, related_name="openings")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    before = models.BigIntegerField()
    until = models.BigIntegerField()

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        ordering = ["calendar", "opens_at"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "closes_at"], name="opening_by_moment"),
            models.UniqueConstraint(fields=["calendar", "until"], name="opening_by_seconds"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="opening_closes_after_it_opens"),
        ]

    def __str__(self):
        return f"{self.calendar_id} {self.opens_at:%Y-%m-%d %H:%M}"
