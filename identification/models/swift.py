from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from identification.querysets.swift import SwiftSessionQuerySet
from risk.models import RiskLevel
from risk.models.classification import Named


class GuideWord(Named):
    """A word that leads to a question “what if …”, in every language."""

    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_retired = models.BooleanField(_("not used any more"), default=False)

    class Meta:
        verbose_name = _("guide word")
        verbose_name_plural = _("guide words")
        ordering = ["position", "pk"]


class SwiftSession(models.Model):
    """A structured what-if session (IEC 31010): a group asks of one subject what if, by guide words. Closed, it never changes."""

    reference = models.CharField(
        _("session no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="identification_next_session", output_field=models.CharField()),
    )
    subject = models.CharField(_("subject"), max_length=160)
    scope = models.TextField(_("what belongs to it, and what does not"), blank=True)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("facilitator")
    )
    participants = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("participants"))
    guide_words = models.ManyToManyField(GuideWord, related_name="+", verbose_name=_("guide words"))
    held_on = models.DateField(_("held on"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )
    conclusion = models.TextField(_("conclusion"), blank=True)

    objects = SwiftSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("SWIFT session")
        verbose_name_plural = _("SWIFT sessions")
        indexes = [models.Index(F("held_on").desc(), F("id").desc(), name="swift_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(conclusion="")),
                name="closed_session_has_a_conclusion",
                violation_error_message=_("Say what the session concluded."),
            )
        ]

    def __str__(self):
        return f"{self.reference} {self.subject}"

    @property
    def is_closed(self):
        return self.closed_at is not None


class SwiftRow(models.Model):
    """One “what if” of a session: why, what then, what stands against it, how grave, and what is to be done."""

    session = models.ForeignKey(SwiftSession, models.PROTECT, related_name="rows", verbose_name=_("session"))
    guide_word = models.ForeignKey(
        GuideWord, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("guide word")
    )
    what_if = models.CharField(_("what if"), max_length=300)
    causes = models.TextField(_("causes"), blank=True)
    consequences = models.TextField(_("consequences"), blank=True)
    controls = models.ManyToManyField("risk.Control", related_name="+", blank=True, verbose_name=_("existing controls"))
    matrix = models.ForeignKey(
        "risk.RiskMatrix", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("matrix")
    )
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), null=True, blank=True)
    impact = models.PositiveSmallIntegerField(_("impact"), null=True, blank=True)
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    level = models.CharField(_("level"), max_length=8, choices=RiskLevel, blank=True)
    recommendation = models.TextField(_("recommendation"), blank=True)
    action_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who does it")
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("row of a SWIFT session")
        verbose_name_plural = _("rows of SWIFT sessions")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(matrix=None, likelihood=None, impact=None, score=None, level="")
                | (
                    Q(matrix__isnull=False, likelihood__isnull=False, impact__isnull=False, score__isnull=False)
                    & ~Q(level="")
                ),
                name="swift_row_is_judged_whole",
                violation_error_message=_("Give both likelihood and impact, or neither."),
            )
        ]

    def __str__(self):
        return self.what_if

    @property
    def is_judged(self):
        return self.score is not None
