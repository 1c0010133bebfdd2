from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Lifecycle(models.TextChoices):
    NEW = "new", _("New")
    ACTIVE = "active", pgettext_lazy("lifecycle", "Active")
    COOLING = "cooling", _("Cooling")
    DORMANT = "dormant", _("Dormant")
    NEVER = "never", _("Never active")


class Portrait(models.Model):
    """Everything that decisions need about a customer in one row, in the customer's currency.

    Written by the nightly run alone, and only when something about the customer moved: `as_of` is the business date
    that the
    row was last written for, and it still holds as of the latest `PortraitRound`. What moves every day for everybody is
    therefore not here: days since the last movement and as a customer are counted from `last_on` and `joined_on`
    (`customers.services.portraits.as_of`). Movements in other currencies are left out of the sums and counted."""

    # No foreign key in the database: rows are written from the customers themselves, and checking a million costs
    # seconds.
    customer = models.OneToOneField(
        "customers.Customer", models.CASCADE, primary_key=True, related_name="portrait", db_constraint=False
    )
    as_of = models.DateField(_("as of"))
    currency = models.CharField(_("currency"), max_length=3)
    balance = models.DecimalField(_("balance"), max_digits=20, decimal_places=2, default=0)
    holdings_value = models.DecimalField(_("holdings"), max_digits=20, decimal_places=2, default=0)
    loans_outstanding = models.DecimalField(_("loans outstanding"), max_digits=20, decimal_places=2, default=0)
    overdue_amount = models.DecimalField(_("overdue"), max_digits=20, decimal_places=2, default=0)
    overdue_days = models.PositiveIntegerField(_("days past due"), default=0)
    n_30 = models.PositiveIntegerField(_("movements in 30 days"), default=0)
    inflow_30 = models.DecimalField(_("inflow in 30 days"), max_digits=20, decimal_places=2, default=0)
    outflow_30 = models.DecimalField(_("outflow in 30 days"), max_digits=20, decimal_places=2, default=0)
    n_90 = models.PositiveIntegerField(_("movements in 90 days"), default=0)
    inflow_90 = models.DecimalField(_("inflow in 90 days"), max_digits=20, decimal_places=2, default=0)
    outflow_90 = models.DecimalField(_("outflow in 90 days"), max_digits=20, decimal_places=2, default=0)
    largest_90 = models.DecimalField(_("largest in 90 days"), max_digits=20, decimal_places=2, default=0)
    squares_90 = models.DecimalField(
        max_digits=38, decimal_places=4, default=0, help_text=_("Sum of squared amounts in 90 days.")
    )
    mean_90 = models.FloatField(_("mean amount in 90 days"), null=True)
    deviation_90 = models.FloatField(_("standard deviation in 90 days"), null=True)
    active_days_90 = models.PositiveSmallIntegerField(_("active days in 90"), default=0)
    frequency = models.PositiveIntegerField(_("movements in all"), default=0)
    monetary = models.DecimalField(_("turnover in all"), max_digits=22, decimal_places=2, default=0)
    first_on = models.DateField(_("first movement"), null=True)
    last_on = models.DateField(_("last movement"), null=True)
    trend = models.FloatField(
        _("trend"), null=True, help_text=_("Outflow and inflow of 30 days over a third of 90, less one.")
    )
    lifecycle = models.CharField(_("lifecycle"), max_length=7, choices=Lifecycle, default=Lifecycle.NEVER)
    other_currency_n = models.PositiveIntegerField(_("movements in other currencies"), default=0)
    flags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    run = models.BigIntegerField(_("nightly run"), null=True, help_text=_("The run that wrote this row."))

    class Meta:
        verbose_name = _("portrait")
        indexes = [
            models.Index(F("balance").desc(), F("customer").desc(), name="portrait_balance"),
            models.Index(F("last_on").desc(nulls_last=True), F("customer").desc(), name="portrait_last_on"),
            models.Index(
                F("overdue_days").desc(),
                F("customer").desc(),
                name="portrait_overdue",
                condition=models.Q(overdue_days__gt=0),
            ),
        ]

    def __str__(self):
        return f"{self.customer_id} {self.as_of}"

    def recency_days(self, day: date) -> int | None:
        """Days from the last movement to `day`, or None where there was none."""
        return None if self.last_on is None else (day - self.last_on).days


class PortraitRound(models.Model):
    """One bringing up to date of all portraits. The newest says as of which business date they hold."""

    as_of = models.DateField(_("as of"))
    whole = models.BooleanField(_("from scratch"))
    is_void = models.BooleanField(
        default=False, help_text=_("What it stood on was made again: the next round starts from scratch.")
    )
    # Changes of accounts, holdings and loans come from the log: those of transactions that were not over at the start.
    horizon_xid = models.BigIntegerField()
    horizon_at = models.DateTimeField()
    rows = models.PositiveBigIntegerField(_("rows written"), default=0)
    run = models.BigIntegerField(_("nightly run"), null=True)
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("portrait round")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.as_of}"


class PortraitChange(models.Model):
    """A customer whose portrait a round wrote anew, step by step; a round from scratch says nothing of anybody, for it may
    have written everybody. Who keeps something that follows from portraits looks here for what changed since."""

    pk = models.CompositePrimaryKey("round_id", "customer_id")
    round_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("portrait written anew")
        default_permissions = ()
