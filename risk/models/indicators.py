from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from risk.models.taxonomy import RiskClass
from risk.querysets.indicators import IndicatorQuerySet, ReadingQuerySet


class Band(models.TextChoices):
    GREEN = "green", _("Green")
    AMBER = "amber", _("Amber")
    RED = "red", _("Red")


class Unit(models.TextChoices):
    SHARE = "share", _("Share")
    NUMBER = "number", _("Number")
    AMOUNT = "amount", _("Amount")
    DAYS = "days", _("Days")
    INDEX = "index", _("Index")


class Direction(models.TextChoices):
    HIGH = "high", _("High is bad")
    LOW = "low", _("Low is bad")


class IndicatorSource(models.TextChoices):
    MEASURE = "measure", _("Named SQL measure")
    MANUAL = "manual", _("Manual reading")


class Indicator(models.Model):
    """A key risk indicator: a number read regularly, with bounds that say when somebody must act.

    `amber` and `red` are the first values inside their bands, in the unit (a share is a fraction)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    risk_class = models.CharField(_("class"), max_length=11, choices=RiskClass)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    unit = models.CharField(_("unit"), max_length=6, choices=Unit)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction)
    amber = models.DecimalField(_("amber from"), max_digits=20, decimal_places=6)
    red = models.DecimalField(_("red from"), max_digits=20, decimal_places=6)
    source = models.CharField(_("source"), max_length=7, choices=IndicatorSource)
    measure = models.CharField(_("measure"), max_length=60, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name=_("owner"),
    )
    stale_after_days = models.PositiveSmallIntegerField(_("stale after days"), default=3)
    is_active = models.BooleanField(_("active"), default=True)
    latest = models.ForeignKey(
        "risk.IndicatorReading",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("latest reading"),
    )
    failure = models.CharField(_("why it could not be read"), max_length=300, blank=True, editable=False)
    failed_on = models.DateField(_("could not be read on"), null=True, blank=True, editable=False)
    risks = models.ManyToManyField("risk.Risk", related_name="indicators", blank=True, verbose_name=_("risks"))

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["risk_class", "code"]
        permissions = [("check_bounds", _("Can approve bounds of indicators"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(direction="high", red__gt=F("amber")) | Q(direction="low", red__lt=F("amber")),
                name="red_lies_beyond_amber",
                violation_error_message=_(
                    "Red lies beyond amber: above it where high is bad, below it where low is bad."
                ),
            ),
            models.CheckConstraint(
                condition=Q(source="manual") | ~Q(measure=""),
                name="measured_indicator_names_its_measure",
                violation_error_message=_("Choose the measure that this indicator reads."),
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        """The name in the reader's language where it is one of the names that a migration gave, else as written."""
        return gettext(self.name)

    @property
    def band(self):
        """The band of the latest reading, under the bounds of then; empty where there is none."""
        return self.latest.band if self.latest else ""


class IndicatorReading(models.Model):
    """What an indicator read for a business date. `value` is empty where there was nothing to divide by.

    A later reading of the same date replaces nothing: the highest `taken_at` counts. A trigger refuses changes. Where
    amounts stand behind it, they are in `currency` alone, and `left_out` rows were in others."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="readings", verbose_name=_("indicator"))
    day = models.DateField(_("day"))
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6, null=True)
    numerator = models.DecimalField(_("numerator"), max_digits=24, decimal_places=2, null=True)
    denominator = models.DecimalField(_("denominator"), max_digits=24, decimal_places=2, null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    left_out = models.PositiveIntegerField(_("rows in other currencies"), default=0)
    band = models.CharField(_("band"), max_length=5, choices=Band, blank=True)
    amber = models.DecimalField(_("amber then"), max_digits=20, decimal_places=6)
    red = models.DecimalField(_("red then"), max_digits=20, decimal_places=6)
    note = models.TextField(_("note"), blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    run = models.BigIntegerField(_("nightly run"), null=True)
    taken_at = models.DateTimeField(_("taken at"))

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading")
        ordering = ["-day", "-taken_at", "-id"]
        indexes = [models.Index("indicator", F("day").desc(), F("taken_at").desc(), name="reading_newest")]

    def __str__(self):
        return f"{self.indicator} {self.day}"
