from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ExpectedRate(models.Model):
    """Which share of the coupons of an offer, or of all offers, is expected to be redeemed, from a day on, and why."""

    offer = models.ForeignKey(
        "marketing.Offer", models.PROTECT, null=True, blank=True, related_name="expected", verbose_name=_("offer")
    )
    rate = models.DecimalField(_("expected share"), max_digits=5, decimal_places=4)
    valid_from = models.DateField(_("from"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("expected redemption")
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "valid_from"], nulls_distinct=False, name="one_expected_rate_per_day"
            ),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=1), name="expected_rate_is_a_share"),
        ]

    def __str__(self):
        return f"{self.rate}"


class PostingKind(models.TextChoices):
    ACCRUED = "accrued", _("Accrued")
    RELEASED = "released", _("Released")
    PAID = "paid", _("Paid")
    TAKEN_BACK = "taken_back", _("Taken back")


class AccrualEntry(models.Model):
    """A line of a day's close of an offer, for the accounts. Never changed; a day is closed once."""

    offer = models.ForeignKey("marketing.Offer", models.PROTECT, related_name="accruals", verbose_name=_("offer"))
    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=10, choices=PostingKind)
    debit = models.CharField(_("debit"), max_length=30)
    credit = models.CharField(_("credit"), max_length=30)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(_("expected share"), max_digits=5, decimal_places=4)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("accrual")
        verbose_name_plural = _("accruals")
        ordering = ["-day", "offer", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "day", "kind"], name="one_accrual_per_day_and_kind"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="accrual_above_zero"),
        ]

    def __str__(self):
        return f"{self.day} {self.kind}"
