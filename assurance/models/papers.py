from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assurance.querysets.papers import PaperQuerySet
from risk.models import EvidenceFile


class WorkingPaper(models.Model):
    """What was done in an audit and what it showed, prepared by one auditor and reviewed by another. Triggers hold that
    neither owns the area, that the two differ, and that a reviewed paper with its files and ticks never changes."""

    engagement = models.ForeignKey(
        "assurance.Engagement", models.PROTECT, related_name="papers", verbose_name=_("audit")
    )
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    title = models.CharField(_("title"), max_length=160)
    work = models.TextField(_("what was done"))
    conclusion = models.TextField(_("conclusion"))
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("prepared by")
    )
    prepared_at = models.DateTimeField(_("prepared at"))
    notes = models.TextField(_("notes of the review"), blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("working paper")
        verbose_name_plural = _("working papers")
        ordering = ["engagement", "number"]
        permissions = [("review_workingpaper", _("Can review working papers"))]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "number"], name="one_paper_per_number"),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(reviewed_by=models.F("prepared_by"))),
                name="paper_is_reviewed_by_another",
                violation_error_message=_("Somebody else reviews a working paper."),
            ),
        ]

    def __str__(self):
        return f"WP {self.number} {self.title}"

    @property
    def is_reviewed(self):
        return self.reviewed_at is not None


class PaperEvidence(EvidenceFile):
    """A picture or a PDF that a working paper rests on."""

    paper = models.ForeignKey(WorkingPaper, models.PROTECT, related_name="evidence", verbose_name=_("working paper"))
    file = models.FileField(_("file"), upload_to="papers/%Y/")

    class Meta(EvidenceFile.Meta):
        verbose_name = _("evidence of a working paper")
        verbose_name_plural = _("evidence of working papers")
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "sha256"],
                name="paper_evidence_once",
                violation_error_message=_("This file is there already."),
            )
        ]


class TickMark(models.TextChoices):
    AGREED = "agreed", _("Agreed")
    EXCEPTION = "exception", _("Exception")
    NOT_APPLICABLE = "n_a", _("Does not apply")


class Tick(models.Model):
    """What a working paper says of one item of a sample."""

    paper = models.ForeignKey(WorkingPaper, models.PROTECT, related_name="ticks", verbose_name=_("working paper"))
    sample = models.ForeignKey("assurance.AuditSample", models.PROTECT, related_name="ticks", verbose_name=_("sample"))
    key = models.CharField(_("item"), max_length=80)
    mark = models.CharField(_("mark"), max_length=9, choices=TickMark)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("tick")
        verbose_name_plural = _("ticks")
        ordering = ["sample", "pk"]
        constraints = [models.UniqueConstraint(fields=["paper", "sample", "key"], name="one_tick_per_item")]

    def __str__(self):
        return f"{self.key} {self.mark}"
