from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RateKind(models.TextChoices):
    INTEREST = "interest", _("Interest charged")
    YIELD = "yield", _("Yield paid")
    PREMIUM = "premium", _("Premium")
    PENALTY = "penalty", _("Default interest")


class FeeBasis(models.TextChoices):
    FIXED = "fixed", _("Fixed amount")
    SHARE = "share", _("Share of the amount")
    SHARE_PER_YEAR = "share_per_year", _("Share of the balance a year")


class Dated(models.Model):
    """Rows in force from a day on, until a day or until further notice."""

    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day; empty means open."))

    class Meta:
        abstract = True


class ProductRate(Dated):
    """An annual rate of a product from an amount upwards, as a fraction: 0.045 is 4.5 % a year."""

    product = models.ForeignKey("products.Product", models.PROTECT, related_name="rates", verbose_name=_("product"))
    kind = models.CharField(_("kind"), max_length=10, choices=RateKind)
    amount_from = models.DecimalField(_("from amount"), max_digits=20, decimal_places=2, default=0)
    annual_rate = models.DecimalField(_("annual rate"), max_digits=9, decimal_places=6)

    class Meta:
        verbose_name = _("rate")
        ordering = ["kind", "amount_from", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="rate_ends_after_it_begins",
                violation_error_message=_("The last day is before the first."),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.annual_rate}"


class ProductFee(Dated):
    """A fee of a product: a fixed amount in its currency, or a share as a fraction."""

    product = models.ForeignKey("products.Product", models.PROTECT, related_name="fees", verbose_name=_("product"))
    name = models.CharField(_("name"), max_length=80)
    basis = models.CharField(_("basis"), max_length=14, choices=FeeBasis)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=6)

    class Meta:
        verbose_name = _("fee")
        ordering = ["name", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="fee_ends_after_it_begins",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="fee_is_not_negative",
                violation_error_message=_("A fee is not negative."),
            ),
        ]

    def __str__(self):
        return self.name
