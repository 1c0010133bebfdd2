from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from risk.models import RatingKind


class Method(models.TextChoices):
    DATA = "data", _("Data")
    MODEL = "model", _("Model")
    EXPERT = "expert", _("Panel of experts")
    SCENARIO = "scenario", _("Scenario")


class MethodResult(models.Model):
    """What one method says of a risk, before or after controls, in one assessment. Either side may be unknown: losses
    without amounts say how often, not how much. `evidence` are lines of `{"kind": …, …}` that `assessment/evidence.py` puts in words."""

    assessment = models.ForeignKey(
        "assessment.Assessment", models.PROTECT, related_name="results", verbose_name=_("assessment")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=RatingKind)
    method = models.CharField(_("method"), max_length=8, choices=Method)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), null=True, blank=True)
    impact = models.PositiveSmallIntegerField(_("impact"), null=True, blank=True)
    evidence = models.JSONField(_("evidence"), default=list)
    model = models.CharField(_("model"), max_length=120, blank=True)
    model_version = models.CharField(_("version of the model"), max_length=80, blank=True)
    panel = models.ForeignKey(
        "assessment.Panel", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("panel")
    )
    outcome = models.ForeignKey(
        "identification.ScenarioOutcome", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("outcome of a scenario"),
    )  # fmt: skip
    note = models.TextField(_("note"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    recorded_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("result of a method")
        verbose_name_plural = _("results of methods")
        ordering = ["kind", "method"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "kind", "method"], name="one_result_per_kind_and_method")
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.get_method_display()}"
