from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from identification.querysets.scenarios import OutcomeQuerySet, ScenarioQuerySet
from risk.models import RiskLevel
from risk.models.classification import Named

LONGEST_HORIZON = 120


class FactorUnit(models.TextChoices):
    BASIS_POINTS = "bp", _("basis points")
    PERCENT = "percent", _("per cent")
    POINTS = "points", _("percentage points")
    TIMES = "times", _("times")


class RiskFactor(Named):
    """Something outside or inside the company that a scenario moves, and the unit of the movement."""

    unit = models.CharField(_("unit"), max_length=7, choices=FactorUnit)

    class Meta:
        verbose_name = _("risk factor")
        verbose_name_plural = _("risk factors")
        ordering = ["pk"]


class ScenarioKind(models.TextChoices):
    MARKET = "market", _("Market")
    CREDIT = "credit", _("Credit")
    LIQUIDITY = "liquidity", _("Liquidity")
    POLICY = "policy", _("Policy and law")
    TECHNOLOGY = "technology", _("Technology")
    OPERATIONAL = "operational", _("Operations")
    GEOPOLITICAL = "geopolitical", _("Geopolitics")


class ScenarioState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_USE = "in_use", _("In use")
    RETIRED = "retired", _("Retired")


class Scenario(models.Model):
    """A story of what may happen, with the shocks that it brings. What it says stands in revisions, so that an outcome
    names what was discussed; `revision` is the newest."""

    reference = models.CharField(
        _("scenario no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="identification_next_scenario", output_field=models.CharField()),
    )
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=12, choices=ScenarioKind)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    state = models.CharField(_("state"), max_length=7, choices=ScenarioState, default=ScenarioState.DRAFT)
    revision = models.ForeignKey(
        "identification.ScenarioRevision",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("revision"),
    )
    created_at = models.DateTimeField(_("recorded at"))

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        indexes = [models.Index(F("created_at").desc(), F("id").desc(), name="scenario_newest")]

    def __str__(self):
        return f"{self.reference} {self.name}"

    @property
    def is_retired(self):
        return self.state == ScenarioState.RETIRED


class ScenarioRevision(models.Model):
    """What a scenario says, as it was written once. It never changes: another word is another revision."""

    scenario = models.ForeignKey(Scenario, models.PROTECT, related_name="revisions", verbose_name=_("scenario"))
    number = models.PositiveSmallIntegerField(_("revision"))
    narrative = models.TextField(_("what happens"))
    severity = models.CharField(_("how severe"), max_length=200)
    plausibility = models.CharField(_("how plausible"), max_length=200)
    horizon_months = models.PositiveSmallIntegerField(
        _("horizon in months"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST_HORIZON)]
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("revision of a scenario")
        verbose_name_plural = _("revisions of scenarios")
        ordering = ["scenario", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["scenario", "number"], name="one_revision_per_number"),
            models.CheckConstraint(
                condition=Q(horizon_months__range=(1, LONGEST_HORIZON)),
                name="scenario_ends_within_ten_years",
                violation_error_message=_("From 1 to 120 months."),
            ),
        ]

    def __str__(self):
        return f"{self.scenario_id} r{self.number}"


class ScenarioShock(models.Model):
    """By how much a revision moves one factor, in the factor's unit. It never changes."""

    revision = models.ForeignKey(ScenarioRevision, models.PROTECT, related_name="shocks", verbose_name=_("revision"))
    factor = models.ForeignKey(RiskFactor, models.PROTECT, related_name="+", verbose_name=_("factor"))
    size = models.DecimalField(_("size"), max_digits=12, decimal_places=4)

    class Meta:
        verbose_name = _("shock")
        verbose_name_plural = _("shocks")
        ordering = ["revision", "factor"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "factor"], name="one_shock_per_factor"),
            models.CheckConstraint(condition=~Q(size=0), name="shock_moves_its_factor"),
        ]

    def __str__(self):
        return f"{self.factor_id} {self.size}"


class ScenarioOutcome(models.Model):
    """What people who discussed a revision on a day expect for one risk: loss, likelihood and impact under the matrix of
    that day, what would be done. It never changes; without a risk, it is of something that the register lacks."""

    revision = models.ForeignKey(ScenarioRevision, models.PROTECT, related_name="outcomes", verbose_name=_("revision"))
    risk = models.ForeignKey(
        "risk.Risk", models.PROTECT, null=True, blank=True, related_name="outcomes", verbose_name=_("risk")
    )
    held_on = models.DateField(_("discussed on"))
    participants = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("participants"))
    expected = models.TextField(_("what is expected"))
    currency = models.CharField(_("currency"), max_length=3)
    loss_low = models.DecimalField(_("loss, low"), max_digits=24, decimal_places=2)
    loss_likely = models.DecimalField(_("loss, most likely"), max_digits=24, decimal_places=2)
    loss_high = models.DecimalField(_("loss, high"), max_digits=24, decimal_places=2)
    matrix = models.ForeignKey("risk.RiskMatrix", models.PROTECT, related_name="+", verbose_name=_("matrix"))
    likelihood = models.PositiveSmallIntegerField(_("likelihood"))
    impact = models.PositiveSmallIntegerField(_("impact"))
    score = models.PositiveSmallIntegerField(_("score"))
    level = models.CharField(_("level"), max_length=8, choices=RiskLevel)
    response = models.TextField(_("what would be done"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    recorded_at = models.DateTimeField(_("recorded at"))

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome of a scenario")
        verbose_name_plural = _("outcomes of scenarios")
        ordering = ["-held_on", "-id"]
        indexes = [models.Index("risk", F("held_on").desc(), name="outcome_of_risk")]
        constraints = [
            models.CheckConstraint(
                condition=Q(loss_low__gte=0, loss_likely__gte=F("loss_low"), loss_high__gte=F("loss_likely")),
                name="losses_rise_from_low_to_high",
                violation_error_message=_("Losses rise from low over most likely to high, from zero up."),
            )
        ]

    def __str__(self):
        return f"{self.revision_id} {self.held_on}"
