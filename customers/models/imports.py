from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from customers.querysets.imports import ImportRunQuerySet


class ImportState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class ImportRun(models.Model):
    """One reading of files, or of one batch sent by REST, under one mapping. Killed, it is finished by starting it
    again.
    """

    source = models.ForeignKey("customers.Source", models.PROTECT, related_name="runs", null=True)
    mapping = models.CharField(_("mapping"), max_length=120)
    mapping_sha256 = models.CharField(max_length=64, blank=True)
    folder = models.CharField(_("files from"), max_length=300, blank=True)
    dry_run = models.BooleanField(_("dry run"), default=False)
    state = models.CharField(_("state"), max_length=9, choices=ImportState, default=ImportState.QUEUED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    job = models.ForeignKey("staff.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    error = models.TextField(_("what went wrong"), blank=True)
    created_at = models.DateTimeField(_("asked at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    beat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        indexes = [models.Index(F("created_at").desc(), F("id").desc(), name="import_newest_first")]

    def __str__(self):
        return f"{self.mapping} #{self.pk}"


class ImportFile(models.Model):
    """How far one file of a run has come."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="files")
    position = models.PositiveSmallIntegerField()
    target = models.CharField(_("what it holds"), max_length=40)
    name = models.CharField(_("file"), max_length=300)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    bytes_read = models.PositiveBigIntegerField(default=0)
    rows_read = models.PositiveBigIntegerField(_("rows read"), default=0)
    rows_new = models.PositiveBigIntegerField(_("new"), default=0)
    rows_changed = models.PositiveBigIntegerField(_("changed"), default=0)
    rows_known = models.PositiveBigIntegerField(_("known"), default=0)
    rows_rejected = models.PositiveBigIntegerField(_("rejected"), default=0)
    state = models.CharField(_("state"), max_length=9, choices=ImportState, default=ImportState.QUEUED)

    class Meta:
        verbose_name = _("import file")
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="one_file_per_position")]

    def __str__(self):
        return self.name


class ImportReject(models.Model):
    """A row that was not taken: where it stands, and why."""

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="rejects")
    line = models.PositiveBigIntegerField(_("line number"))
    column = models.CharField(_("column"), max_length=80, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    text = models.TextField(_("row"), blank=True)

    class Meta:
        verbose_name = _("rejected row")
        ordering = ["file", "line", "pk"]
        indexes = [models.Index(fields=["file", "line"], name="reject_line")]

    def __str__(self):
        return f"{self.line}: {self.reason}"

    @property
    def sentence(self):
        """Why it was not taken, in the reader's language."""
        from customers.ingest.reasons import read_reason  # ingest stands above the models

        return read_reason(self.reason, column=self.column)


class IdempotencyKey(models.Model):
    """A key that a program sent with a request, and the answer that was given to it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("idempotency key")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_user_and_key")]

    def __str__(self):
        return self.key
