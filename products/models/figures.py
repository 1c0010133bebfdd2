from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductDay(models.Model):
    """What a product amounted to at the end of a business day, written by the nightly run (amounts in its currency)."""

    product = models.ForeignKey("products.Product", models.CASCADE, related_name="days")
    day = models.DateField(_("day"))
    holders = models.PositiveBigIntegerField(_("holders"))
    balance = models.DecimalField(_("balance"), max_digits=24, decimal_places=2)
    inflow = models.DecimalField(_("inflow"), max_digits=24, decimal_places=2)
    outflow = models.DecimalField(_("outflow"), max_digits=24, decimal_places=2)

    class Meta:
        verbose_name = _("product figures of a day")
        ordering = ["product", "-day"]
        constraints = [models.UniqueConstraint(fields=["product", "day"], name="one_row_per_product_and_day")]

    def __str__(self):
        return f"{self.product} {self.day}"
