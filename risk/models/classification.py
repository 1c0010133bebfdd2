from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from risk.models.taxonomy import RiskClass, RiskLevel


class Named(models.Model):
    """An entry of a catalogue, named in every language; `names` maps a language's code to the name."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    names = models.JSONField(_("names"))

    class Meta:
        abstract = True

    def __str__(self):
        return self.names.get(get_language() or "en") or self.names.get("en") or self.code


class BaselType(Named):
    """An event type of operational risk: one of the seven of level 1, or what stands under one of them."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("under")
    )

    class Meta:
        verbose_name = _("Basel event type")
        verbose_name_plural = _("Basel event types")
        ordering = ["pk"]


class RiskSubclass(Named):
    """A part of one of the seven classes; an operational one says its Basel event type."""

    risk_class = models.CharField(_("class"), max_length=11, choices=RiskClass)
    basel_type = models.ForeignKey(
        BaselType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Basel event type")
    )

    class Meta:
        verbose_name = _("sub-class")
        verbose_name_plural = _("sub-classes")
        ordering = ["pk"]


class Cause(Named):
    """A kind of cause that risks share."""

    class Meta:
        verbose_name = _("kind of cause")
        verbose_name_plural = _("kinds of causes")
        ordering = ["pk"]


class Consequence(Named):
    """A kind of consequence that risks share."""

    class Meta:
        verbose_name = _("kind of consequence")
        verbose_name_plural = _("kinds of consequences")
        ordering = ["pk"]


class TierRuleQuerySet(models.QuerySet):
    def in_force(self, at: date) -> TierRuleQuerySet:
        """For each level the newest rule that has begun on `at`."""
        newest = self.filter(valid_from__lte=at).order_by("level", "-valid_from").distinct("level")
        return self.filter(pk__in=newest.values("pk"))


class TierRule(models.Model):
    """Which tier a residual level puts a risk into from a day on, and within how many days it is reviewed."""

    level = models.CharField(_("level"), max_length=8, choices=RiskLevel)
    tier = models.PositiveSmallIntegerField(_("tier"))
    review_days = models.PositiveSmallIntegerField(_("reviewed within days"))
    valid_from = models.DateField(_("from"))

    objects = TierRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of tiers")
        verbose_name_plural = _("rules of tiers")
        ordering = ["level", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["level", "valid_from"], name="one_tier_rule_per_day")]

    def __str__(self):
        return f"{self.level}: {self.tier}"
