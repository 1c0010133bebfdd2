from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from incidents.querysets.losses import LossQuerySet


class LossEvent(models.Model):
    """A loss: when it happened, when it was found, when it was booked. What it cost stands in its entries."""

    reference = models.CharField(
        _("loss no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="incidents_next_loss", output_field=models.CharField()),
    )
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("what happened"), blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    occurred_on = models.DateField(_("occurred on"))
    discovered_on = models.DateField(_("discovered on"))
    accounted_on = models.DateField(_("accounted on"), null=True, blank=True)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    risk = models.ForeignKey(
        "risk.Risk", models.PROTECT, null=True, blank=True, related_name="losses", verbose_name=_("risk")
    )
    basel_type = models.ForeignKey(
        "risk.BaselType",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Basel event type"),
    )
    incident = models.ForeignKey(
        "incidents.Incident", models.PROTECT, null=True, blank=True, related_name="losses", verbose_name=_("incident")
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    recorded_at = models.DateTimeField(_("recorded at"))

    objects = LossQuerySet.as_manager()

    class Meta:
        verbose_name = _("loss")
        verbose_name_plural = _("losses")
        indexes = [models.Index(F("occurred_on").desc(), F("id").desc(), name="loss_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(discovered_on__gte=F("occurred_on")),
                name="loss_discovered_after_it_occurred",
                violation_error_message=_("A loss is discovered on the day it occurred or later."),
            ),
            models.CheckConstraint(
                condition=Q(accounted_on__isnull=True) | Q(accounted_on__gte=F("discovered_on")),
                name="loss_accounted_after_discovered",
                violation_error_message=_("A loss is accounted on the day it was discovered or later."),
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"


class LossKind(models.TextChoices):
    GROSS = "gross", _("Gross loss")
    RECOVERY = "recovery", _("Recovery")
    INSURANCE = "insurance", _("Insurance")


class LossEntry(models.Model):
    """One amount of a loss. Never changed: what was wrong is taken back by an entry of the same amount below zero."""

    loss = models.ForeignKey(LossEvent, models.PROTECT, related_name="entries", verbose_name=_("loss"))
    kind = models.CharField(_("kind"), max_length=9, choices=LossKind)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2)
    booked_on = models.DateField(_("booked on"))
    note = models.CharField(_("what for"), max_length=200)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("takes back")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("entry of a loss")
        ordering = ["booked_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                name="loss_entry_sign",
                violation_error_message=_("An amount is above zero; what takes another back is below."),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.amount}"

    @property
    def matched(self) -> Decimal:
        return sum((abs(match.amount) for match in self.matches.all()), Decimal(0))

    @property
    def gap(self) -> Decimal:
        """What of the amount no transaction explains; zero where the two agree."""
        return abs(self.amount) - self.matched


class LossMatch(models.Model):
    """A transaction that an amount of a loss consists of. Each transaction explains one entry at most."""

    entry = models.ForeignKey(LossEntry, models.PROTECT, related_name="matches", verbose_name=_("entry of a loss"))
    # Without a constraint: the key of the partitioned table holds the day too, and nothing is ever removed from it.
    transaction = models.OneToOneField(
        "customers.Transaction", models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("transaction")
    )
    booked_on = models.DateField(_("business date"))
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("transaction of a loss")
        ordering = ["booked_on", "id"]

    def __str__(self):
        return f"{self.booked_on} {self.amount}"
