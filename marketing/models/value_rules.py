from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.dated import Dated, ends_after_it_begins
from customers.models.privacy_rules import RuleUnit
from marketing.models.contact_rules import said_of
from marketing.querysets.contact_rules import ContactRuleQuerySet


class ValueCode(models.TextChoices):
    """What a campaign's return is reckoned with."""

    MARGIN = "margin", _("Margin, of 10,000 of what comes in")
    LOSS_LOW = "loss_low", _("Expected loss at low risk, of 10,000 of what comes in")
    LOSS_MEDIUM = "loss_medium", _("Expected loss at medium risk, of 10,000 of what comes in")
    LOSS_HIGH = "loss_high", _("Expected loss at high risk, of 10,000 of what comes in")
    COMPLAINT = "complaint", _("Cost of a complaint, in the company's currency")


class ValueRule(Dated):
    """What money that comes in is worth to a line, from a day on; an empty line is every other. Under four eyes."""

    code = models.CharField(_("rule"), max_length=12, choices=ValueCode)
    line = models.CharField(_("line"), max_length=20, blank=True)
    value = models.PositiveIntegerField(_("value"))
    unit = models.CharField(_("unit"), max_length=12, choices=RuleUnit)

    objects = ContactRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of value")
        verbose_name_plural = _("rules of value")
        ordering = ["code", "line", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "line", "valid_from"], name="one_value_rule_per_day"),
            ends_after_it_begins("value_rule_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.get_code_display()}: {self.span}"

    @property
    def span(self):
        return said_of(self.value, self.unit)
