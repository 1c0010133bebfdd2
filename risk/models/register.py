from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from risk.models.taxonomy import RiskClass, RiskLevel
from risk.querysets.register import RatingQuerySet, RiskQuerySet


class RiskStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class Risk(models.Model):
    """Something that may go wrong: of one class, owned by somebody, judged before and after controls, reviewed in time.

    `inherent`, `residual` and `target` point at the ratings in force; all ratings stay."""

    reference = models.CharField(
        _("risk no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="risk_next_reference", output_field=models.CharField()),
    )
    title = models.CharField(_("title"), max_length=160)
    risk_class = models.CharField(_("class"), max_length=11, choices=RiskClass)
    subclass = models.ForeignKey(
        "risk.RiskSubclass", models.PROTECT, null=True, blank=True, related_name="risks", verbose_name=_("sub-class")
    )
    cause_kinds = models.ManyToManyField(
        "risk.Cause", related_name="risks", blank=True, verbose_name=_("kinds of causes")
    )
    consequence_kinds = models.ManyToManyField(
        "risk.Consequence", related_name="risks", blank=True, verbose_name=_("kinds of consequences")
    )
    description = models.TextField(_("description"), blank=True)
    causes = models.TextField(_("causes"), blank=True)
    consequences = models.TextField(_("consequences"), blank=True)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="risks", verbose_name=_("owner")
    )
    status = models.CharField(_("status"), max_length=6, choices=RiskStatus, default=RiskStatus.OPEN)
    inherent = models.ForeignKey(
        "risk.RiskRating", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("inherent")
    )
    residual = models.ForeignKey(
        "risk.RiskRating", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("residual")
    )
    target = models.ForeignKey(
        "risk.RiskRating", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("target")
    )
    review_on = models.DateField(_("review on"), null=True, blank=True)
    created_at = models.DateTimeField(_("recorded at"))
    closing_reason = models.TextField(_("reason for closing"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)

    objects = RiskQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk")
        verbose_name_plural = _("risks")
        permissions = [("rate_risk", _("Can rate a risk")), ("review_risk", _("Can record the review of a risk"))]
        indexes = [
            models.Index(F("review_on"), name="risk_review", condition=Q(status="open")),
            models.Index(fields=["risk_class", "status"], name="risk_by_class"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open") | ~Q(closing_reason=""),
                name="closed_risk_has_a_reason",
                violation_error_message=_("Say why the risk is closed."),
            )
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"


class RatingKind(models.TextChoices):
    INHERENT = "inherent", _("Inherent")
    RESIDUAL = "residual", _("Residual")
    TARGET = "target", _("Target")


class RatingBasis(models.TextChoices):
    """What a rating rests on, so that a map can say why it moved."""

    DATA = "data", _("Data")
    MODEL = "model", _("Model")
    EXPERT = "expert", _("Opinion of experts")
    DECISION = "decision", _("Decision of the owner")
    MAPPING = "mapping", _("Another matrix")


class RiskRating(models.Model):
    """One judgement of a risk under one matrix version. A new judgement is a new row; a trigger refuses changes."""

    risk = models.ForeignKey(Risk, models.PROTECT, related_name="ratings", verbose_name=_("risk"))
    kind = models.CharField(_("kind"), max_length=8, choices=RatingKind)
    matrix = models.ForeignKey("risk.RiskMatrix", models.PROTECT, related_name="ratings", verbose_name=_("matrix"))
    likelihood = models.PositiveSmallIntegerField(_("likelihood"))
    impact = models.PositiveSmallIntegerField(_("impact"))
    score = models.PositiveSmallIntegerField(_("score"))
    level = models.CharField(_("level"), max_length=8, choices=RiskLevel)
    basis = models.CharField(_("rests on"), max_length=8, choices=RatingBasis, default=RatingBasis.EXPERT)
    model_version = models.CharField(_("version of the model"), max_length=80, blank=True)
    reason = models.TextField(_("reason"))
    rated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    rated_at = models.DateTimeField(_("at"))

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        ordering = ["-rated_at", "-id"]
        indexes = [
            models.Index("risk", F("rated_at").desc(), name="rating_newest"),
            models.Index("risk", "kind", F("rated_at").desc(), F("id").desc(), name="rating_of_kind_newest"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.likelihood} × {self.impact}"


class RiskReview(models.Model):
    """A periodic look at a risk: what was concluded, and when the next one is due."""

    risk = models.ForeignKey(Risk, models.PROTECT, related_name="reviews", verbose_name=_("risk"))
    reviewed_at = models.DateTimeField(_("at"))
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    conclusion = models.TextField(_("conclusion"))
    next_on = models.DateField(_("next review on"))

    class Meta:
        verbose_name = _("review")
        ordering = ["-reviewed_at"]

    def __str__(self):
        return f"{self.risk} {self.reviewed_at:%Y-%m-%d}"
