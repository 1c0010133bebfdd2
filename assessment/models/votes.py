import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assessment.models.panels import PanelItem, PanelRound, PanelSeat


class Vote(models.Model):
    """What one expert said of one item in one round. Final: triggers refuse changes, and votes in a closed round.

    `place` is drawn by lot: votes without names are shown in its order, which tells nothing of who cast them."""

    seat = models.ForeignKey(PanelSeat, models.PROTECT, related_name="votes", verbose_name=_("seat"))
    round = models.ForeignKey(PanelRound, models.PROTECT, related_name="votes", verbose_name=_("round"))
    item = models.ForeignKey(PanelItem, models.PROTECT, related_name="votes", verbose_name=_("item"))
    likelihood = models.PositiveSmallIntegerField(_("likelihood"))
    impact = models.PositiveSmallIntegerField(_("impact"))
    probability = models.DecimalField(_("comes true within a year, in %"), max_digits=5, decimal_places=2)
    low = models.DecimalField(_("interval from"), max_digits=18, decimal_places=2, null=True, blank=True)
    high = models.DecimalField(_("interval to"), max_digits=18, decimal_places=2, null=True, blank=True)
    rationale = models.TextField(_("rationale"))
    cast_at = models.DateTimeField(_("cast at"))
    place = models.UUIDField(_("place in the list"), default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "round", "item"],
                name="one_vote_per_seat_round_and_item",
                violation_error_message=_("You have voted in this round: a vote is final."),
            ),
            models.CheckConstraint(
                condition=Q(probability__range=(0, 100)),
                name="vote_probability_is_a_percentage",
                violation_error_message=_("A probability lies between 0 and 100 percent."),
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True, high__isnull=True)
                | Q(low__isnull=False, high__isnull=False, low__gte=0, high__gte=F("low")),
                name="vote_interval_has_two_ends",
                violation_error_message=_("An interval has two ends, the lower first, neither below 0."),
            ),
            models.CheckConstraint(
                condition=~Q(rationale=""),
                name="vote_has_a_rationale",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self):
        return f"{self.round} {self.item_id}"


class Dissent(models.Model):
    """What an expert who ended apart from the median wants to be kept with the result; with their name if they agree."""

    seat = models.ForeignKey(PanelSeat, models.PROTECT, related_name="dissents", verbose_name=_("seat"))
    item = models.ForeignKey(PanelItem, models.PROTECT, related_name="dissents", verbose_name=_("item"))
    text = models.TextField(_("dissent"))
    by_name = models.BooleanField(_("with my name"), default=False)
    written_at = models.DateTimeField(_("at"))
    place = models.UUIDField(_("place in the list"), default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("dissent")
        verbose_name_plural = _("dissents")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "item"],
                name="one_dissent_per_seat_and_item",
                violation_error_message=_("Your dissent on this item is recorded already."),
            ),
            models.CheckConstraint(condition=~Q(text=""), name="dissent_has_words"),
        ]

    def __str__(self):
        return f"{self.item_id} {self.written_at:%Y-%m-%d}"


class Outcome(models.Model):
    """What came of a forecast in its year, recorded by somebody who neither sat on the panel nor ran it: a trigger
    holds that."""

    item = models.OneToOneField(PanelItem, models.PROTECT, related_name="outcome", verbose_name=_("item"))
    came_true = models.BooleanField(_("came true"))
    observed = models.DecimalField(
        _("observed in the year"), max_digits=18, decimal_places=2, null=True, blank=True
    )  # in the unit of the item's interval
    evidence = models.TextField(_("evidence"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    recorded_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("outcome of a forecast")
        verbose_name_plural = _("outcomes of forecasts")
        constraints = [
            models.CheckConstraint(
                condition=~Q(evidence="") & (Q(observed__isnull=True) | Q(observed__gte=0)),
                name="outcome_has_evidence",
                violation_error_message=_("An outcome has evidence, and nothing observed is below 0."),
            )
        ]

    def __str__(self):
        return f"{self.item_id} {self.recorded_at:%Y-%m-%d}"
