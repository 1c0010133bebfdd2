from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from risk.models.taxonomy import RiskLevel
from risk.querysets.duties import ConflictRuleQuerySet


class ConflictRule(models.Model):
    """Two duties that one person should not hold together, and why. A duty is a role's code, or a permission such as
    `risk.rate_risk`; `reasons` maps a language's code to the sentence. Two people write one; a retired one stays,
    and nobody crosses it."""

    first = models.CharField(_("one duty"), max_length=100)
    second = models.CharField(_("other duty"), max_length=100)
    reasons = models.JSONField(_("why"))
    severity = models.CharField(_("severity"), max_length=8, choices=RiskLevel, default=RiskLevel.HIGH)
    is_retired = models.BooleanField(_("retired"), default=False)

    objects = ConflictRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of segregated duties")
        verbose_name_plural = _("rules of segregated duties")
        ordering = ["pk"]
        permissions = [("check_conflictrule", _("Can agree to rules of segregated duties and to exceptions"))]
        constraints = [
            models.CheckConstraint(
                condition=~Q(first=F("second")),
                name="conflict_of_two_duties",
                violation_error_message=_("A duty does not conflict with itself."),
            ),
            models.UniqueConstraint(
                Least("first", "second"),
                Greatest("first", "second"),
                name="one_conflict_per_pair",
                violation_error_message=_("There is a rule for these two duties already."),
            ),
        ]

    def __str__(self):
        return f"{self.first} × {self.second}"

    @property
    def reason(self):
        return self.reasons.get(get_language() or "en") or self.reasons.get("en", "")
