from django.db import models
from django.utils.translation import gettext_lazy as _


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
