from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.dated import Dated, ends_after_it_begins
from customers.models.privacy_rules import RuleUnit, span_of
from customers.querysets.cooling_off import CoolingOffQuerySet, CoolingOffRuleQuerySet
from products.models import LineCode


class CoolingOffEvent(models.TextChoices):
    OPENED = "opened", _("the day that it was taken up")


class CoolingOffRule(Dated):
    """How long a customer may withdraw from what they took up in a line, in one jurisdiction. Where `longer_than_months`
    is given, only contracts that run longer are meant. A product's own terms may grant more, never less."""

    line = models.CharField(_("line"), max_length=20, choices=LineCode)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    value = models.PositiveIntegerField(_("value"))
    unit = models.CharField(_("unit"), max_length=12, choices=RuleUnit, default=RuleUnit.DAYS)
    event = models.CharField(_("counted from"), max_length=10, choices=CoolingOffEvent, default=CoolingOffEvent.OPENED)
    longer_than_months = models.PositiveIntegerField(_("only contracts longer than, months"), null=True, blank=True)

    objects = CoolingOffRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("cooling-off rule")
        verbose_name_plural = _("cooling-off rules")
        ordering = ["line", "jurisdiction", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["line", "jurisdiction", "valid_from"], name="one_cooling_off_rule_per_day"),
            ends_after_it_begins("cooling_off_rule_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(unit="days", value__lte=366) | Q(unit="months", value__lte=12),
                name="cooling_off_is_a_year_at_most",
                violation_error_message=_("A cooling-off period is given in days or months, a year at most."),
            ),
        ]

    def __str__(self):
        return f"{self.get_line_display()}: {self.span}"

    @property
    def span(self):
        return span_of(self.value, self.unit)


class CoolingOffState(models.TextChoices):
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class CoolingOff(models.Model):
    """The days in which a customer may withdraw from a holding or a loan that they took up; `ends_on` is the last."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="cooling_offs", verbose_name=_("customer")
    )
    product = models.ForeignKey("products.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    holding = models.OneToOneField(
        "customers.Holding", models.PROTECT, null=True, blank=True, related_name="cooling_off"
    )
    loan = models.OneToOneField("customers.Loan", models.PROTECT, null=True, blank=True, related_name="cooling_off")
    rule = models.ForeignKey(CoolingOffRule, models.PROTECT, null=True, blank=True, related_name="+")
    starts_on = models.DateField(_("taken up on"))
    ends_on = models.DateField(_("last day"))
    state = models.CharField(_("state"), max_length=9, choices=CoolingOffState, default=CoolingOffState.RUNNING)
    amount = models.DecimalField(_("paid back"), max_digits=20, decimal_places=2, null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    declared_on = models.DateField(_("declared on"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    objects = CoolingOffQuerySet.as_manager()

    class Meta:
        verbose_name = _("cooling-off period")
        verbose_name_plural = _("cooling-off periods")
        permissions = [
            ("withdraw_coolingoff", _("Can record a withdrawal within the cooling-off period")),
            ("check_withdrawal", _("Can approve a withdrawal that pays money back")),
        ]
        indexes = [
            models.Index("customer", F("ends_on").desc(), name="cooling_off_customer"),
            models.Index("ends_on", condition=Q(state="running"), name="cooling_off_running"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(holding__isnull=False, loan__isnull=True) | Q(holding__isnull=True, loan__isnull=False),
                name="cooling_off_of_one_contract",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(withdrawn_at__isnull=False),
                name="withdrawal_says_when",
                violation_error_message=_("A withdrawal says when it was made."),
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0),
                name="withdrawal_pays_back_something_or_nothing",
                violation_error_message=_("What is paid back is above zero; leave it empty where nothing is."),
            ),
        ]

    def __str__(self):
        return f"{self.customer} {self.product}"

    @property
    def currency(self):
        return (self.holding or self.loan).currency
