from django.db import models
from django.utils.translation import gettext_lazy as _


class Figure(models.Model):
    """One number about the company on one business day, overall (line empty) or for one business line.

    Written by the nightly run; names are the ones listed in `operations/rules/figures.py`."""

    day = models.DateField(_("day"))
    name = models.CharField(_("figure"), max_length=40)
    line = models.CharField(_("line"), max_length=20, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    value = models.DecimalField(_("value"), max_digits=26, decimal_places=6)
    run = models.BigIntegerField(_("nightly run"), null=True)

    class Meta:
        verbose_name = _("figure")
        permissions = [("view_home", _("Can open the home page"))]
        constraints = [models.UniqueConstraint(fields=["name", "line", "currency", "day"], name="one_figure_per_day")]
        indexes = [models.Index(fields=["day"], name="figure_day")]

    def __str__(self):
        return f"{self.name} {self.day}"
