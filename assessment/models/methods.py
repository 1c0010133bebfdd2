from django.conf import settings
from django.db import models
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from risk.models import RatingKind

# Why each mix of the first rules is proposed, so that catalogues hold the words.
MIX_WORDS = [
    gettext_noop("Much data on a risk as we know it: the past speaks, and a model carries it on."),
    gettext_noop("Some data on a risk as we know it: the past speaks, and experts weigh it."),
    gettext_noop("No data on a risk as we know it: experts judge it."),
    gettext_noop("Much data, but the risk has changed: the past and a model are held against experts."),
    gettext_noop("Some data, and the risk has changed: experts and a scenario beside the past."),
    gettext_noop("No data, and the risk has changed: experts and a scenario."),
    gettext_noop("The risk is new: data of others or of tests, experts and a scenario."),
    gettext_noop("The risk is new and there is hardly any data: experts and a scenario."),
    gettext_noop("The risk is new and there is no data: experts and a scenario."),
]


class Method(models.TextChoices):
    DATA = "data", _("Data")
    MODEL = "model", _("Model")
    EXPERT = "expert", _("Panel of experts")
    SCENARIO = "scenario", _("Scenario")


class Novelty(models.TextChoices):
    KNOWN = "known", _("Known")
    CHANGED = "changed", _("Changed")
    NEW = "new", _("New or complex")


class DataLevel(models.TextChoices):
    NONE = "none", _("No data")
    SOME = "some", _("Some data")
    RICH = "rich", _("Much data")


class MixRuleQuerySet(models.QuerySet):
    def in_force(self, at):
        """For each pair of data and novelty the newest rule that has begun on `at`."""
        newest = self.filter(valid_from__lte=at).order_by("data", "novelty", "-valid_from").distinct("data", "novelty")
        return self.filter(pk__in=newest.values("pk"))


class MixRule(models.Model):
    """Which methods are proposed for a risk, by how much data there is and how new it is, from a day on (requirement
    33)."""

    data = models.CharField(_("data"), max_length=4, choices=DataLevel)
    novelty = models.CharField(_("novelty"), max_length=7, choices=Novelty)
    methods = models.JSONField(_("methods"))
    why = models.CharField(_("why"), max_length=300)
    valid_from = models.DateField(_("from"))

    objects = MixRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of methods")
        verbose_name_plural = _("rules of methods")
        ordering = ["novelty", "data", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["data", "novelty", "valid_from"], name="one_mix_rule_per_day")]

    def __str__(self):
        return f"{self.get_data_display()} · {self.get_novelty_display()}"

    @property
    def reason(self):
        """Why, in the reader's language where a migration wrote it, else as written."""
        return gettext(self.why)


class Figure(models.TextChoices):
    """What a table maps to the scale; a loss to the impact, all others to the likelihood."""

    TIMES = "times", _("Times in a year")
    CHANCE = "chance", _("Chance within a year, in %")
    OUTSIDE = "outside", _("Readings outside green, in %")
    SCORE = "score", _("Score (high is good)")
    LOSS = "loss", _("Loss of a bad case")


class ScaleTableQuerySet(models.QuerySet):
    def in_force(self, at):
        """For each matrix, figure and currency the newest table that has begun on `at`."""
        keys = ("matrix_id", "figure", "currency")
        newest = self.filter(valid_from__lte=at).order_by(*keys, "-valid_from").distinct(*keys)
        return self.filter(pk__in=newest.values("pk"))


class ScaleTable(models.Model):
    """How a figure is mapped to the steps of a matrix, from a day on: `bounds` (text of decimals) are the figures with
    which steps 2, 3, … begin. A loss has a currency."""

    matrix = models.ForeignKey("risk.RiskMatrix", models.PROTECT, related_name="+", verbose_name=_("matrix"))
    figure = models.CharField(_("figure"), max_length=7, choices=Figure)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    bounds = models.JSONField(_("bounds"))
    valid_from = models.DateField(_("from"))
    source = models.CharField(_("source"), max_length=200, blank=True)
    needs_confirmation = models.BooleanField(_("needs confirmation"), default=False)

    objects = ScaleTableQuerySet.as_manager()

    class Meta:
        verbose_name = _("table of a scale")
        verbose_name_plural = _("tables of scales")
        ordering = ["matrix", "figure", "currency", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["matrix", "figure", "currency", "valid_from"], name="one_scale_table_per_day"
            ),
            models.CheckConstraint(
                condition=models.Q(figure="loss") ^ models.Q(currency=""),
                name="scale_table_of_losses_has_a_currency",
                violation_error_message=_("A table of losses has a currency, others have none."),
            ),
        ]

    def __str__(self):
        return f"{self.get_figure_display()} {self.currency}".strip()

    @property
    def is_falling(self):
        return self.figure == Figure.SCORE

    @property
    def is_of_impact(self):
        return self.figure == Figure.LOSS


class MethodResult(models.Model):
    """What one method says of a risk, before or after controls, in one assessment. Either side may be unknown: losses
    without amounts say how often, not how much. `evidence` are lines of `{"kind": …, …}` that `assessment/evidence.py` puts in words."""

    assessment = models.ForeignKey(
        "assessment.Assessment", models.PROTECT, related_name="results", verbose_name=_("assessment")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=RatingKind)
    method = models.CharField(_("method"), max_length=8, choices=Method)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), null=True, blank=True)
    impact = models.PositiveSmallIntegerField(_("impact"), null=True, blank=True)
    evidence = models.JSONField(_("evidence"), default=list)
    model = models.CharField(_("model"), max_length=120, blank=True)
    model_version = models.CharField(_("version of the model"), max_length=80, blank=True)
    panel = models.ForeignKey(
        "assessment.Panel", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("panel")
    )
    outcome = models.ForeignKey(
        "identification.ScenarioOutcome", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("outcome of a scenario"),
    )  # fmt: skip
    note = models.TextField(_("note"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    recorded_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("result of a method")
        verbose_name_plural = _("results of methods")
        ordering = ["kind", "method"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "kind", "method"], name="one_result_per_kind_and_method")
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.get_method_display()}"
