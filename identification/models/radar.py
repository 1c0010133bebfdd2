from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from identification.querysets.radar import EmergingReadingQuerySet, EmergingRiskQuerySet
from risk.models import RiskClass


class Horizon(models.TextChoices):
    """When it may be felt; the rings of the radar, from the middle."""

    NOW = "now", _("Now")
    YEAR = "year", _("Within a year")
    THREE = "three", _("One to three years")
    BEYOND = "beyond", _("Beyond three years")


class Grade(models.IntegerChoices):
    VERY_LOW = 1, _("1 very low")
    LOW = 2, _("2 low")
    MIDDLE = 3, _("3 middle")
    HIGH = 4, _("4 high")
    VERY_HIGH = 5, _("5 very high")


class Velocity(models.TextChoices):
    """How much time there is between the first sign and the full effect."""

    YEARS = "years", _("Over years")
    MONTHS = "months", _("Over months")
    WEEKS = "weeks", _("Over weeks")
    DAYS = "days", _("Over days")


class Trend(models.TextChoices):
    RISING = "rising", _("Rising")
    STEADY = "steady", _("Steady")
    FALLING = "falling", _("Falling")


class EmergingState(models.TextChoices):
    WATCHED = "watched", _("Watched")
    RISK = "risk", _("Became a risk")
    DROPPED = "dropped", _("Dropped")


class EmergingRisk(models.Model):
    """Something that is not a risk of the register yet and may become one: watched, looked at again on a day, and in the end
    taken into the register or dropped. How far away and how grave it is stands in its looks; `latest` is the last."""

    reference = models.CharField(
        _("radar no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="identification_next_emerging", output_field=models.CharField()),
    )
    name = models.CharField(_("name"), max_length=120)
    risk_class = models.CharField(_("class"), max_length=11, choices=RiskClass)
    description = models.TextField(_("what it is"))
    drivers = models.TextField(_("what drives it"), blank=True)
    jurisdictions = models.JSONField(_("jurisdictions"), default=list)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    next_look_on = models.DateField(_("next look on"))
    latest = models.ForeignKey(
        "identification.EmergingReading",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("last look"),
    )
    state = models.CharField(_("state"), max_length=7, choices=EmergingState, default=EmergingState.WATCHED)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    recorded_at = models.DateTimeField(_("recorded at"))
    ended_at = models.DateTimeField(_("no longer watched since"), null=True, blank=True)
    ending_reason = models.TextField(_("why it is no longer watched"), blank=True)
    risk = models.ForeignKey(
        "risk.Risk", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("risk that it became")
    )

    objects = EmergingRiskQuerySet.as_manager()

    class Meta:
        verbose_name = _("emerging risk")
        verbose_name_plural = _("emerging risks")
        indexes = [
            models.Index(F("next_look_on"), name="emerging_due", condition=Q(state="watched")),
            models.Index(F("recorded_at").desc(), F("id").desc(), name="emerging_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="watched", ended_at__isnull=True)
                | (~Q(state="watched") & Q(ended_at__isnull=False) & ~Q(ending_reason="")),
                name="emerging_ends_with_a_reason",
                violation_error_message=_("Say why it is no longer watched."),
            ),
            models.CheckConstraint(
                condition=Q(state="risk", risk__isnull=False) | (~Q(state="risk") & Q(risk__isnull=True)),
                name="emerging_names_the_risk_it_became",
                violation_error_message=_("Name the risk that it became."),
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.name}"

    @property
    def is_watched(self):
        return self.state == EmergingState.WATCHED


class EmergingReading(models.Model):
    """One look at an emerging risk. Never changed: the radar of any day is drawn from the looks until then."""

    emerging = models.ForeignKey(EmergingRisk, models.PROTECT, related_name="readings", verbose_name=_("emerging risk"))
    horizon = models.CharField(_("time horizon"), max_length=6, choices=Horizon)
    likelihood = models.PositiveSmallIntegerField(_("likelihood of emerging"), choices=Grade)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Grade)
    velocity = models.CharField(_("velocity"), max_length=6, choices=Velocity)
    trend = models.CharField(_("trend"), max_length=7, choices=Trend)
    reason = models.TextField(_("why"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = EmergingReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at an emerging risk")
        verbose_name_plural = _("looks at emerging risks")
        ordering = ["-at", "-id"]
        indexes = [models.Index("emerging", F("at").desc(), F("id").desc(), name="emerging_reading_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(likelihood__range=(1, 5), severity__range=(1, 5)),
                name="emerging_grades_from_one_to_five",
                violation_error_message=_("From 1 to 5."),
            )
        ]

    def __str__(self):
        return f"{self.emerging_id} {self.at:%Y-%m-%d}"
