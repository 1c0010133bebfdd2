from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from identification.querysets.cause_trees import CauseTreeQuerySet


class CauseTree(models.Model):
    """Why something happened, from the event at the top down to its root causes. `subject_key`, such as `incident:12`, names a
    record of a room above (`identification/tree_subjects.py`); each has one tree."""

    reference = models.CharField(
        _("tree no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="identification_next_tree", output_field=models.CharField()),
    )
    top_event = models.CharField(_("top event"), max_length=200)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    risk = models.ForeignKey(
        "risk.Risk", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("risk")
    )
    subject_key = models.CharField(_("of what"), max_length=60, blank=True, editable=False)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("begun by"))
    begun_at = models.DateTimeField(_("begun at"))

    objects = CauseTreeQuerySet.as_manager()

    class Meta:
        verbose_name = _("cause tree")
        verbose_name_plural = _("cause trees")
        indexes = [models.Index(F("begun_at").desc(), F("id").desc(), name="cause_tree_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_key"],
                condition=~Q(subject_key=""),
                name="one_cause_tree_per_subject",
                violation_error_message=_("There is a cause tree of this already."),
            )
        ]

    def __str__(self):
        return f"{self.reference} {self.top_event}"


class CauseKind(models.TextChoices):
    CAUSE = "cause", _("Cause")
    ROOT = "root", _("Root cause")


class Gate(models.TextChoices):
    """How what stands under a cause leads to it."""

    OR = "or", _("Any of them")
    AND = "and", _("All of them together")


class CauseNode(models.Model):
    """One answer to “why?”. A trigger holds that none is its own ancestor, that parents are of the same tree, and that no
    branch is longer than twelve."""

    tree = models.ForeignKey(CauseTree, models.PROTECT, related_name="nodes", verbose_name=_("cause tree"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("leads to")
    )
    text = models.CharField(_("why"), max_length=300)
    kind = models.CharField(_("kind"), max_length=5, choices=CauseKind, default=CauseKind.CAUSE)
    gate = models.CharField(_("what stands under it"), max_length=3, choices=Gate, default=Gate.OR)
    evidence = models.TextField(_("evidence"), blank=True)
    cause = models.ForeignKey(
        "risk.Cause", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind of cause")
    )

    class Meta:
        verbose_name = _("cause of a tree")
        verbose_name_plural = _("causes of trees")
        ordering = ["pk"]

    def __str__(self):
        return self.text
