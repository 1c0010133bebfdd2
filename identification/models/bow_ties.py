from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from identification.querysets.bow_ties import BowTieQuerySet


class BowTie(models.Model):
    """A risk as a picture: what may bring the event about, what keeps it from happening, what follows, what mends it.

    `scenario` is the story under which it is drawn; without one it is of the risk at any time."""

    risk = models.ForeignKey("risk.Risk", models.PROTECT, related_name="bow_ties", verbose_name=_("risk"))
    scenario = models.ForeignKey(
        "identification.Scenario",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bow_ties",
        verbose_name=_("scenario"),
    )
    event = models.CharField(_("the event"), max_length=200)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    drawn_at = models.DateTimeField(_("drawn at"))

    objects = BowTieQuerySet.as_manager()

    class Meta:
        verbose_name = _("bow-tie")
        verbose_name_plural = _("bow-ties")
        ordering = ["-drawn_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["risk", "scenario"],
                nulls_distinct=False,
                name="one_bow_tie_per_risk_and_scenario",
                violation_error_message=_("This risk has a bow-tie under this scenario already: go on with that one."),
            )
        ]

    def __str__(self):
        return self.event

    @property
    def barriers(self):
        """Everything that stands on a way of either side."""
        return Barrier.objects.filter(Q(threat__bow_tie=self) | Q(consequence__bow_tie=self))


class BowTieThreat(models.Model):
    """A way in which the event may come about."""

    bow_tie = models.ForeignKey(BowTie, models.CASCADE, related_name="threats", verbose_name=_("bow-tie"))
    text = models.CharField(_("cause"), max_length=200)
    cause = models.ForeignKey(
        "risk.Cause", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind of cause")
    )

    class Meta:
        verbose_name = _("cause in a bow-tie")
        verbose_name_plural = _("causes in bow-ties")
        ordering = ["bow_tie", "pk"]

    def __str__(self):
        return self.text


class BowTieConsequence(models.Model):
    """Something that follows from the event."""

    bow_tie = models.ForeignKey(BowTie, models.CASCADE, related_name="results", verbose_name=_("bow-tie"))
    text = models.CharField(_("consequence"), max_length=200)
    consequence = models.ForeignKey(
        "risk.Consequence",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("kind of consequence"),
    )

    class Meta:
        verbose_name = _("consequence in a bow-tie")
        verbose_name_plural = _("consequences in bow-ties")
        ordering = ["bow_tie", "pk"]

    def __str__(self):
        return self.text


class BarrierSide(models.TextChoices):
    PREVENTING = "preventing", _("Preventing")
    RECOVERING = "recovering", _("Recovering")


class Barrier(models.Model):
    """What stands between a cause and the event, or between the event and a consequence: a control, whose last test says
    whether it works, or something in words, which nobody has tested."""

    side = models.CharField(_("side"), max_length=10, choices=BarrierSide)
    threat = models.ForeignKey(
        BowTieThreat, models.CASCADE, null=True, blank=True, related_name="barriers", verbose_name=_("cause")
    )
    consequence = models.ForeignKey(
        BowTieConsequence,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="barriers",
        verbose_name=_("consequence"),
    )
    control = models.ForeignKey(
        "risk.Control", models.PROTECT, null=True, blank=True, related_name="barriers", verbose_name=_("control")
    )
    text = models.CharField(_("in words"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=1)

    class Meta:
        verbose_name = _("barrier")
        verbose_name_plural = _("barriers")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(side="preventing", threat__isnull=False, consequence__isnull=True)
                | Q(side="recovering", threat__isnull=True, consequence__isnull=False),
                name="barrier_is_on_one_side",
                violation_error_message=_("A barrier stands before a cause or before a consequence."),
            ),
            models.CheckConstraint(
                condition=Q(control__isnull=False) | ~Q(text=""),
                name="barrier_is_a_control_or_words",
                violation_error_message=_("Choose a control, or say in words what the barrier is."),
            ),
        ]

    def __str__(self):
        return self.text or str(self.control)

    @property
    def conclusion(self):
        """What the last finished test of its control says; empty where nobody has tested it."""
        tested = self.control.last_test if self.control else None
        return tested.conclusion if tested else ""
