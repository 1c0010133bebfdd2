from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assurance.querysets.papers import StepQuerySet


class ProgrammeStep(models.Model):
    """A step of an audit's programme: what is tested, by whom, when it was done and which working paper shows it."""

    engagement = models.ForeignKey(
        "assurance.Engagement", models.PROTECT, related_name="steps", verbose_name=_("audit")
    )
    position = models.PositiveSmallIntegerField(_("position"), editable=False)
    title = models.CharField(_("what is tested"), max_length=300)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by whom"))
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    paper = models.ForeignKey(
        "assurance.WorkingPaper",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="steps",
        verbose_name=_("working paper"),
    )

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a programme")
        verbose_name_plural = _("steps of programmes")
        ordering = ["engagement", "position"]
        constraints = [
            models.UniqueConstraint(fields=["engagement", "position"], name="one_programme_step_per_position"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="done_step_says_by_whom",
            ),
        ]

    def __str__(self):
        return self.title
