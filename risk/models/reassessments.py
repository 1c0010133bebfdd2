from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Reassessment(models.Model):
    """A risk must be judged anew, because of something that a room above names by its key, such as `finding:12`. The next
    residual rating answers it."""

    risk = models.ForeignKey("risk.Risk", models.PROTECT, related_name="reassessments", verbose_name=_("risk"))
    cause_key = models.CharField(_("cause"), max_length=60)
    cause = models.CharField(_("because of"), max_length=200)
    url = models.CharField(_("address"), max_length=200)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    rating = models.ForeignKey(
        "risk.RiskRating", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )

    class Meta:
        verbose_name = _("reassessment")
        verbose_name_plural = _("reassessments")
        ordering = ["-asked_at"]
        indexes = [models.Index("risk", F("asked_at").desc(), name="reassessment_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["risk", "cause_key"],
                condition=Q(rating__isnull=True),
                name="one_open_reassessment_per_cause",
            )
        ]

    def __str__(self):
        return f"{self.risk_id} {self.cause}"
