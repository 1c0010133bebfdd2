from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from risk.models.indicators import Band
from risk.querysets.alerts import AlertQuerySet


class Alert(models.Model):
    """One episode of an indicator outside its green band, until somebody closes it with a reason.

    `band` is the worst that the episode has seen; readings back in green set `green_since` and close nothing."""

    indicator = models.ForeignKey("risk.Indicator", models.PROTECT, related_name="alerts", verbose_name=_("indicator"))
    reading = models.ForeignKey(
        "risk.IndicatorReading", models.PROTECT, related_name="+", verbose_name=_("first reading")
    )
    band = models.CharField(_("worst band"), max_length=5, choices=Band)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="alerts", verbose_name=_("owner")
    )
    opened_at = models.DateTimeField(_("opened at"))
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True, blank=True)
    green_since = models.DateField(_("back in green since"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    closing_reason = models.TextField(_("reason for closing"), blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        permissions = [("close_alert", _("Can close an alert")), ("assign_alert", _("Can give an alert an owner"))]
        indexes = [models.Index(F("opened_at").desc(), F("id").desc(), name="alert_newest_first")]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator"],
                condition=Q(closed_at__isnull=True),
                name="one_open_alert_per_indicator",
                violation_error_message=_("This indicator already has an open alert."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | ~Q(closing_reason=""),
                name="closed_alert_has_a_reason",
                violation_error_message=_("Say why the alert is closed."),
            ),
        ]

    def __str__(self):
        return f"{self.indicator} ({self.get_band_display()})"

    @property
    def is_open(self):
        return self.closed_at is None
