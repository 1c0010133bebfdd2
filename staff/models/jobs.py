from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.querysets.jobs import JobQuerySet


class JobState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Job(models.Model):
    """Long work for one person: it outlives the page that asked for it, shows progress, and may leave a file.

    `attempt` counts the workers that took it, and fences them: only the last one may still write here. While a job is
    queued, `beat_at` is when it was last sent to the workers.
    """

    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs", verbose_name=_("owner"))
    parameters = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("of"), null=True, blank=True)
    sentence = models.CharField(_("what it is doing"), max_length=300, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    result = models.FileField(_("result"), upload_to="jobs/%Y/%m/", blank=True)
    result_name = models.CharField(max_length=200, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("asked at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    beat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        permissions = [
            ("view_any_job", _("Can see everybody's jobs")),
            ("cancel_any_job", _("Can cancel everybody's jobs")),
            ("export_list", _("Can export lists")),
            ("bulk_edit", _("Can edit many rows at once")),
            ("check_bulk_edit", _("Can approve that many rows are edited at once")),
        ]
        indexes = [
            models.Index("owner", models.F("created_at").desc(), models.F("id").desc(), name="job_newest_first"),
            models.Index("beat_at", condition=models.Q(state__in=["queued", "running"]), name="job_waiting_or_running"),
            models.Index("ended_at", condition=~models.Q(result=""), name="job_with_a_result"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_over(self):
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
