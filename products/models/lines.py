from django.db import models
from django.utils.translation import gettext_lazy as _

from products.querysets.lines import BusinessLineQuerySet


class LineCode(models.TextChoices):
    """The six business lines of internet finance (requirement 1)."""

    PAYMENT = "payment", _("Online payment")
    P2P = "p2p", _("P2P lending")
    WEALTH = "wealth", _("Online wealth management")
    INSURANCE = "insurance", _("Online insurance")
    FUND = "fund", _("Online fund sales")
    SUPPLY_CHAIN = "supply_chain", _("Supply-chain finance")


class BusinessLine(models.Model):
    """One of the six; a line that is switched off keeps its history and sells nothing new."""

    code = models.CharField(_("line"), max_length=20, primary_key=True, choices=LineCode)
    position = models.PositiveSmallIntegerField(unique=True)
    switched_off_on = models.DateField(_("switched off on"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    objects = BusinessLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("business line")
        verbose_name_plural = _("business lines")
        ordering = ["position"]
        permissions = [("switch_businessline", _("Can switch a business line off and on"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(switched_off_on__isnull=True) | ~models.Q(reason=""),
                name="switched_off_line_has_a_reason",
                violation_error_message=_("Say why the line is switched off."),
            )
        ]

    def __str__(self):
        return str(self.get_code_display())

    @property
    def is_on(self):
        return self.switched_off_on is None
