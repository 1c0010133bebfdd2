from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.dated import Dated, ends_after_it_begins
from customers.models.privacy_rules import RuleUnit, span_of
from marketing.querysets.contact_rules import ContactRuleQuerySet
from pages.formats import number


def said_of(value, unit):
    """Return a value in words; a bare figure where the rule's name says of how many, or in what currency."""
    return number(value) if unit == RuleUnit.POINTS else span_of(value, unit)


class ContactCode(models.TextChoices):
    """What a rule of contact sets. No campaign lifts any of them."""

    QUIET_FROM = "quiet_from", _("Quiet hours begin, minutes after midnight")
    QUIET_UNTIL = "quiet_until", _("Quiet hours end, minutes after midnight")
    CAP_WEEK = "cap_week", _("Messages to one customer in 7 days, over all channels")
    CAP_MONTH = "cap_month", _("Messages to one customer in 30 days, over all channels")
    FATIGUE = "fatigue", _("Messages without an answer, each halved after 14 days")
    HOLDOUT = "holdout", _("Customers whom no campaign reaches, of 10,000")
    ERROR_PAUSE = "error_pause", _("Failed messages of 1,000 that pause a campaign")
    COMPLAINT_PAUSE = "complaint_pause", _("Reports as spam of 10,000 that pause a campaign")
    APPROVAL_DAYS = "approval_days", _("A sign-off holds")


class ContactRule(Dated):
    """How often and when customers may be written to, from a day on, in one jurisdiction; an empty jurisdiction is
    everywhere else. Rows are added under four eyes."""

    code = models.CharField(_("rule"), max_length=20, choices=ContactCode)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    value = models.PositiveIntegerField(_("value"))
    unit = models.CharField(_("unit"), max_length=12, choices=RuleUnit)

    objects = ContactRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of contact")
        verbose_name_plural = _("rules of contact")
        ordering = ["code", "jurisdiction", "-valid_from"]
        permissions = [("check_contactrule", _("Can approve rules of contact"))]
        constraints = [
            models.UniqueConstraint(fields=["code", "jurisdiction", "valid_from"], name="one_contact_rule_per_day"),
            ends_after_it_begins("contact_rule_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(code__in=["quiet_from", "quiet_until"]) | Q(value__lt=1440),
                name="quiet_hours_are_of_one_day",
                violation_error_message=_("A day has 1,440 minutes: 21:00 is 1260, 8:00 is 480."),
            ),
        ]

    def __str__(self):
        return f"{self.get_code_display()}: {self.span}"

    @property
    def span(self):
        return said_of(self.value, self.unit)
