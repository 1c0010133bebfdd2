from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from risk.models.taxonomy import RiskClass, RiskLevel
from risk.querysets.appetite import AppetiteQuerySet, BreachQuerySet


class AppetiteStatement(models.Model):
    """How much risk of a class the company takes, in a line and a team or in all of them, from a day on.

    A revision is a new row; the newest that has begun is in force. A trigger refuses changes."""

    risk_class = models.CharField(_("class"), max_length=11, choices=RiskClass)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    team = models.ForeignKey(
        "staff.Team", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    statement = models.TextField(_("statement"))
    tolerance = models.CharField(
        _("highest residual level taken"),
        max_length=8,
        choices=RiskLevel,
    )
    lead_after_days = models.PositiveSmallIntegerField(_("the unit's lead hears after days"), default=7)
    management_after_days = models.PositiveSmallIntegerField(_("management hears after days"), default=30)
    valid_from = models.DateField(_("from"))

    objects = AppetiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("appetite statement")
        verbose_name_plural = _("appetite statements")
        ordering = ["risk_class", "line", "team", "-valid_from", "-id"]
        permissions = [("check_scales", "Can approve appetite statements and matrices")]
        constraints = [
            models.UniqueConstraint(
                fields=["risk_class", "line", "team", "valid_from"],
                nulls_distinct=False,
                name="one_appetite_per_day",
                violation_error_message=_("A statement for this class, line and unit begins on that day already."),
            )
        ]

    def __str__(self):
        return f"{self.get_risk_class_display()} · {self.line or _('Whole company')}"


class AppetiteBreach(models.Model):
    """A risk that stands above the appetite in force: from when, and until when."""

    risk = models.ForeignKey("risk.Risk", models.PROTECT, related_name="appetite_breaches", verbose_name=_("risk"))
    statement = models.ForeignKey(
        AppetiteStatement, models.PROTECT, related_name="breaches", verbose_name=_("appetite statement")
    )
    opened_on = models.DateField(_("since"))
    closed_on = models.DateField(_("until"), null=True, blank=True)

    objects = BreachQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk outside appetite")
        verbose_name_plural = _("risks outside appetite")
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["risk"], condition=Q(closed_on__isnull=True), name="one_open_appetite_breach"
            )
        ]

    def __str__(self):
        return f"{self.risk} {self.opened_on}"


class MatrixMapping(models.Model):
    """Where a place of an old matrix goes in a new one, as somebody decided it; nothing is guessed or clamped."""

    matrix = models.ForeignKey("risk.RiskMatrix", models.CASCADE, related_name="mappings", verbose_name=_("matrix"))
    old_matrix = models.ForeignKey("risk.RiskMatrix", models.PROTECT, related_name="+", verbose_name=_("old matrix"))
    old_likelihood = models.PositiveSmallIntegerField(_("old likelihood"))
    old_impact = models.PositiveSmallIntegerField(_("old impact"))
    likelihood = models.PositiveSmallIntegerField(_("likelihood"))
    impact = models.PositiveSmallIntegerField(_("impact"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("mapping of a place")
        verbose_name_plural = _("mapping of places")
        ordering = ["matrix", "old_likelihood", "old_impact"]
        constraints = [
            models.UniqueConstraint(
                fields=["matrix", "old_matrix", "old_likelihood", "old_impact"], name="one_place_for_an_old_one"
            )
        ]

    def __str__(self):
        return f"{self.old_likelihood} × {self.old_impact} → {self.likelihood} × {self.impact}"
