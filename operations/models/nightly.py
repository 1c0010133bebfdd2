from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from operations.querysets.nightly import NightlyRunQuerySet


class RunState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class NightlyRun(models.Model):
    """One assessment of the company as of a business date. At most one is running at any time."""

    business_date = models.DateField(_("business date"))
    state = models.CharField(_("state"), max_length=7, choices=RunState, default=RunState.RUNNING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )
    started_at = models.DateTimeField(_("started at"))
    beat_at = models.DateTimeField(_("last sign of life"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = NightlyRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("nightly run")
        permissions = [("start_nightlyrun", _("Can start a nightly run"))]
        indexes = [models.Index(F("started_at").desc(), F("id").desc(), name="nightly_newest_first")]
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state="running"),
                name="one_nightly_run_at_a_time",
                violation_error_message=_("A nightly run is already at work."),
            )
        ]

    def __str__(self):
        return f"{self.business_date}"


class StepState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Skipped")


class NightlyStep(models.Model):
    """One step of a run: what it wrote, how long it took, what its input was as of, what went wrong."""

    run = models.ForeignKey(NightlyRun, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("step"), max_length=40)
    state = models.CharField(_("state"), max_length=7, choices=StepState, default=StepState.WAITING)
    rows = models.BigIntegerField(_("rows"), null=True)
    seconds = models.FloatField(_("seconds"), null=True)
    input_as_of = models.DateTimeField(_("input as of"), null=True)
    started_at = models.DateTimeField(_("started at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    error = models.TextField(_("what went wrong"), blank=True)

    class Meta:
        verbose_name = _("step")
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="one_row_per_run_and_step")]

    def __str__(self):
        return self.name
