from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.querysets.plans import PlanQuerySet
from incidents.rules.plans import Step, steps_of
from risk.models import Band


class Plan(models.Model):
    """What is done when something serious happens. How, stands in numbered versions; `version` is the one in force, put
    there by four eyes. `indicator` and `band` say what calls for it, beside what the version says in words."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    indicator = models.ForeignKey(
        "risk.Indicator", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("indicator")
    )
    band = models.CharField(_("from band"), max_length=5, choices=Band, blank=True)
    risks = models.ManyToManyField("risk.Risk", related_name="+", blank=True, verbose_name=_("risks"))
    version = models.ForeignKey(
        "incidents.PlanVersion",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("version in force"),
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("contingency plan")
        verbose_name_plural = _("contingency plans")
        ordering = ["code"]
        permissions = [
            ("check_plan", _("Can approve a contingency plan")),
            ("activate_plan", _("Can activate a contingency plan")),
        ]

    def __str__(self):
        return self.name


class PlanVersion(models.Model):
    """A plan as it was written: when it is activated, who is called in which order, which steps follow, each with its
    minutes and role; `tree` says who calls whom (`rules/call_tree.py`, people by key). Never changed: a trigger refuses, and a better one is a new version."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions", verbose_name=_("plan"))
    number = models.PositiveIntegerField(_("version"))
    triggers = models.TextField(_("when it is activated"))
    calls = models.JSONField(_("who is called"), default=list)
    steps = models.JSONField(_("steps"))
    tree = models.JSONField(_("call tree"), default=list, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("version of a plan")
        ordering = ["plan", "-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_plan_version_per_number")]

    def __str__(self):
        return f"{self.plan} v{self.number}"

    @property
    def all_steps(self) -> list[Step]:
        return steps_of(self.steps)
