from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from assessment.querysets.panels import PanelItemQuerySet, PanelQuerySet
from risk.models import RatingKind


class PanelState(models.TextChoices):
    PREPARING = "preparing", _("Preparing")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")


class Panel(models.Model):
    """Experts who judge the same things in rounds, blind, until they agree enough or the rounds are used up.

    The matrix is the one in force when the panel began, and stays: experts of all rounds speak of the same scale."""

    reference = models.CharField(
        _("panel no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="assessment_next_panel", output_field=models.CharField()),
    )
    title = models.CharField(_("title"), max_length=160)
    brief = models.TextField(_("question and brief"))
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("facilitator")
    )
    matrix = models.ForeignKey("risk.RiskMatrix", models.PROTECT, related_name="+", verbose_name=_("matrix"))
    agreement_bound = models.DecimalField(_("agreement (W) from"), max_digits=3, decimal_places=2, default="0.70")
    spread_bound = models.DecimalField(_("spread at most, in steps"), max_digits=3, decimal_places=1, default="1.0")
    max_rounds = models.PositiveSmallIntegerField(_("rounds at most"), default=3)
    interval_level = models.PositiveSmallIntegerField(_("intervals hold with, in %"), default=90)
    state = models.CharField(_("state"), max_length=9, choices=PanelState, default=PanelState.PREPARING)
    begun_at = models.DateTimeField(_("begun at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    conclusion = models.TextField(_("conclusion"), blank=True)

    objects = PanelQuerySet.as_manager()

    class Meta:
        verbose_name = _("panel")
        verbose_name_plural = _("panels")
        permissions = [
            ("oversee_panel", _("Can see panels without sitting on them")),
            ("see_panel_names", _("Can see who voted what on a finished panel")),
            ("vote_on_panel", _("Can vote on panels on which one sits")),
            ("record_outcome", _("Can record what came of forecasts")),
            ("view_calibration", _("Can see how well experts foresee")),
        ]
        indexes = [models.Index(F("begun_at").desc(), F("id").desc(), name="panel_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreement_bound__range=(0, 1)) & Q(spread_bound__range=(0, 9)),
                name="panel_bounds_are_possible",
                violation_error_message=_("W lies between 0 and 1, a spread between 0 and 9 steps."),
            ),
            models.CheckConstraint(
                condition=Q(max_rounds__range=(1, 9)),
                name="panel_has_one_to_nine_rounds",
                violation_error_message=_("From 1 to 9 rounds."),
            ),
            models.CheckConstraint(
                condition=Q(interval_level__range=(50, 99)),
                name="panel_intervals_hold_half_or_more",
                violation_error_message=_("From 50 to 99 percent."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["preparing", "running"], ended_at__isnull=True)
                | (Q(state__in=["finished", "cancelled"], ended_at__isnull=False) & ~Q(conclusion="")),
                name="ended_panel_says_why",
                violation_error_message=_("Say what the panel concluded, or why it is cancelled."),
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"

    @property
    def is_open(self):
        return self.state in (PanelState.PREPARING, PanelState.RUNNING)


class Estimate(models.TextChoices):
    """What experts may give an interval of."""

    LOSS = "loss", _("Loss in a year")
    FREQUENCY = "frequency", _("Times in a year")

    __empty__ = _("No interval")


class PanelItem(models.Model):
    """One thing that a panel judges: a risk, inherent or residual, or a question of its own."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="items", verbose_name=_("panel"))
    position = models.PositiveSmallIntegerField(_("position"))
    risk = models.ForeignKey(
        "risk.Risk", models.PROTECT, null=True, blank=True, related_name="panel_items", verbose_name=_("risk")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=RatingKind, blank=True)
    question = models.CharField(_("question"), max_length=300, blank=True)
    estimate = models.CharField(_("interval of"), max_length=9, choices=Estimate, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)

    objects = PanelItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of a panel")
        verbose_name_plural = _("items of panels")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "position"], name="one_panel_item_per_position"),
            models.UniqueConstraint(
                fields=["panel", "risk", "kind"],
                name="one_panel_item_per_risk_and_kind",
                violation_error_message=_("This panel judges this risk already."),
            ),
            models.CheckConstraint(
                condition=Q(risk__isnull=False, kind__in=["inherent", "residual"], question="")
                | (Q(risk__isnull=True, kind="") & ~Q(question="")),
                name="panel_item_is_a_risk_or_a_question",
                violation_error_message=_("An item is a risk, inherent or residual, or a question."),
            ),
            models.CheckConstraint(
                condition=~Q(estimate="loss") | ~Q(currency=""),
                name="panel_loss_has_a_currency",
                violation_error_message=_("A loss has a currency."),
            ),
        ]

    def __str__(self):
        return self.question or f"{self.risk} ({self.get_kind_display()})"


class PanelSeat(models.Model):
    """An expert on a panel with a weight. Whoever leaves stays listed: earlier votes count, later rounds are without
    them."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="seats", verbose_name=_("panel"))
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="panel_seats", verbose_name=_("expert")
    )
    weight = models.DecimalField(_("weight"), max_digits=4, decimal_places=2, default=1)
    seated_at = models.DateTimeField(_("seated at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    left_reason = models.TextField(_("why they left"), blank=True)

    class Meta:
        verbose_name = _("seat on a panel")
        verbose_name_plural = _("seats on panels")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["panel", "expert"],
                name="one_seat_per_expert",
                violation_error_message=_("This expert sits on this panel already, or has left it."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=10),
                name="seat_has_a_weight",
                violation_error_message=_("A weight is above 0 and at most 10."),
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | ~Q(left_reason=""),
                name="left_seat_has_a_reason",
                violation_error_message=_("Say why the expert leaves."),
            ),
        ]

    def __str__(self):
        return f"{self.expert}"


class RoundVerdict(models.TextChoices):
    """`assessment.rules.delphi.Verdict`, as people read it."""

    AGREED = "agreed", _("Agreed")
    GOES_ON = "goes_on", _("Goes on")
    LAST = "last", _("Last round, not agreed")
    TOO_FEW = "too_few", _("Too few experts")
    TOO_FEW_LAST = "too_few_last", _("Last round, too few experts")


class PanelRound(models.Model):
    """One blind round of a panel. What was found stands in it once it is closed, and never changes then."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="rounds", verbose_name=_("panel"))
    number = models.PositiveSmallIntegerField(_("round"))
    opened_at = models.DateTimeField(_("opened at"))
    due_at = models.DateTimeField(_("votes until"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    voters = models.PositiveSmallIntegerField(_("experts who voted"), null=True, blank=True)
    agreement = models.DecimalField(_("Kendall's W"), max_digits=5, decimal_places=4, null=True, blank=True)
    p_value = models.DecimalField(_("by chance"), max_digits=5, decimal_places=4, null=True, blank=True)
    widest = models.DecimalField(_("widest spread, in steps"), max_digits=4, decimal_places=2, null=True, blank=True)
    verdict = models.CharField(_("verdict"), max_length=12, choices=RoundVerdict, blank=True)
    absent = models.ManyToManyField(PanelSeat, related_name="+", blank=True, verbose_name=_("did not vote"))

    class Meta:
        verbose_name = _("round of a panel")
        verbose_name_plural = _("rounds of panels")
        ordering = ["number"]
        indexes = [models.Index(F("due_at"), condition=Q(closed_at__isnull=True), name="panel_round_due")]
        constraints = [
            models.UniqueConstraint(fields=["panel", "number"], name="one_panel_round_per_number"),
            models.UniqueConstraint(
                fields=["panel"],
                condition=Q(closed_at__isnull=True),
                name="one_open_round_per_panel",
                violation_error_message=_("A round of this panel is open already."),
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("opened_at")),
                name="panel_round_ends_after_it_opens",
                violation_error_message=_("Votes are due after the round opens."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, verdict="") | (Q(closed_at__isnull=False) & ~Q(verdict="")),
                name="closed_panel_round_has_a_verdict",
            ),
        ]

    def __str__(self):
        return f"{self.panel.reference} · {self.number}"

    @property
    def is_open(self):
        return self.closed_at is None

    @property
    def ends_panel(self):
        """Whether no further round follows."""
        return self.verdict in (RoundVerdict.AGREED, RoundVerdict.LAST, RoundVerdict.TOO_FEW_LAST)
