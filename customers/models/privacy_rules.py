from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from customers.models.dated import Dated, ends_after_it_begins
from customers.querysets.privacy_rules import PrivacyRuleQuerySet


class RuleCode(models.TextChoices):
    """What a privacy rule sets."""

    RETENTION_IDENTITY = "retention_identity", _("Identity data kept after the relationship")
    RETENTION_TRANSACTIONS = "retention_transactions", _("Transaction data kept after the transaction")
    RETENTION_FUND_REGISTER = "retention_fund_register", _("Fund register kept after the account is closed")
    RETENTION_PLATFORM_RECORDS = "retention_platform_records", _("Platform's trade records kept after completion")
    RETENTION_CREDIT_NEGATIVE = "retention_credit_negative", _("Negative credit data kept after the event")
    RETENTION_IMPACT_ASSESSMENT = "retention_impact_assessment", _("Impact assessments kept")
    RETENTION_STRANGERS = "retention_strangers", _("Words of people who are no customers kept after the end")
    REQUEST_DEADLINE = "request_deadline", _("Answer to a person's request")
    REQUEST_EXTENSION = "request_extension", _("Extension of that answer, with notice")
    CLOSURE_DEADLINE = "closure_deadline", _("Closing of an account on request")
    REVEAL_SECONDS = "reveal_seconds", _("A revealed value stays open")
    REVEALS_PER_HOUR = "reveals_per_hour", _("Reveals by one person in an hour")
    REVEALS_PER_DAY = "reveals_per_day", _("Reveals by one person in a day")
    CALLER_POINTS = "caller_points", _("Points that verify a caller")
    CALLER_MINUTES = "caller_minutes", _("A caller stays verified")
    CALLER_WRONG = "caller_wrong", _("Wrong answers that a caller may give")
    CALLER_FAILURES_PER_DAY = "caller_failures_per_day", _("Failed verifications of one customer in a day")
    CALLER_BIRTH_DATE = "caller_birth_date", _("Caller knows the birth date")
    CALLER_IDENTITY_TAIL = "caller_identity_tail", _("Caller knows the last four of the identity number")
    CALLER_PHONE_TAIL = "caller_phone_tail", _("Caller knows the last four of the phone number")
    CALLER_EMAIL = "caller_email", _("Caller knows the e-mail address")
    CALLER_CITY = "caller_city", _("Caller knows the city of residence")
    CALLER_ACCOUNT_TAIL = "caller_account_tail", _("Caller knows the last four of an account, loan or card number")
    CALLER_LAST_AMOUNT = "caller_last_amount", _("Caller knows the amount of a latest movement")
    CALLER_DOCUMENT_SEEN = "caller_document_seen", _("Identity document was seen in person")


class RuleUnit(models.TextChoices):
    YEARS = "years", _("years")
    MONTHS = "months", _("months")
    DAYS = "days", _("days")
    WORKING_DAYS = "working_days", _("working days")
    SECONDS = "seconds", _("seconds")
    TIMES = "times", _("times")
    MINUTES = "minutes", _("minutes")
    POINTS = "points", _("points")


class PrivacyRule(Dated):
    """A span or a quota that law or policy sets, from a day on, in one jurisdiction; an empty jurisdiction is everywhere
    else.

    `valid_to` is the last day. Nothing in code repeats a value that stands here."""

    code = models.CharField(_("rule"), max_length=30, choices=RuleCode)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    value = models.PositiveIntegerField(_("value"))
    unit = models.CharField(_("unit"), max_length=12, choices=RuleUnit)

    objects = PrivacyRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("privacy rule")
        verbose_name_plural = _("privacy rules")
        ordering = ["code", "jurisdiction", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "jurisdiction", "valid_from"], name="one_privacy_rule_per_day"),
            ends_after_it_begins("privacy_rule_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.get_code_display()}: {self.span}"

    @property
    def span(self):
        return span_of(self.value, self.unit)


def span_of(value, unit):
    """Return a span or a number of times in words."""
    said = {
        RuleUnit.YEARS: ngettext("%(n)d year", "%(n)d years", value),
        RuleUnit.MONTHS: ngettext("%(n)d month", "%(n)d months", value),
        RuleUnit.DAYS: ngettext("%(n)d day", "%(n)d days", value),
        RuleUnit.WORKING_DAYS: ngettext("%(n)d working day", "%(n)d working days", value),
        RuleUnit.SECONDS: ngettext("%(n)d second", "%(n)d seconds", value),
        RuleUnit.TIMES: ngettext("%(n)d time", "%(n)d times", value),
        RuleUnit.MINUTES: ngettext("%(n)d minute", "%(n)d minutes", value),
        RuleUnit.POINTS: ngettext("%(n)d point", "%(n)d points", value),
    }
    return said[RuleUnit(unit)] % {"n": value}


class CalendarDay(models.Model):
    """A day on which a jurisdiction's working calendar departs from Monday to Friday: a holiday, or a make-up workday."""

    jurisdiction = models.CharField(_("jurisdiction"), max_length=2)
    day = models.DateField(_("day"))
    is_working = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["jurisdiction", "day"]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "day"], name="one_entry_per_calendar_day")]

    def __str__(self):
        return f"{self.jurisdiction} {self.day}"
