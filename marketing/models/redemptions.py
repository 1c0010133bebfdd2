from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketing.querysets.redemptions import RedemptionQuerySet


class State(models.TextChoices):
    RESERVED = "reserved", _("Reserved")
    WAITING = "waiting", _("Waits for payout")
    HELD = "held", _("Held")
    COMMITTED = "committed", _("Redeemed")
    RELEASED = "released", _("Released")
    REVERSED = "reversed", _("Reversed")


class Redemption(models.Model):
    """A customer takes an offer up: the reservation. Never changed; what becomes of it stands in its entries.

    A trigger counts it against budget, number, customer and coupon in the same statement, or refuses it.
    `device`, `network`, `payee` and `address` are keyed hashes of what the platform told."""

    offer = models.ForeignKey("marketing.Offer", models.PROTECT, related_name="redemptions", verbose_name=_("offer"))
    version = models.ForeignKey("marketing.OfferVersion", models.PROTECT, related_name="+", verbose_name=_("version"))
    coupon = models.ForeignKey(
        "marketing.Coupon", models.PROTECT, null=True, blank=True, related_name="redemptions", verbose_name=_("coupon")
    )
    share = models.ForeignKey(
        "marketing.RedPacketShare", models.PROTECT, null=True, blank=True, related_name="redemptions",
        verbose_name=_("share of a red packet"),
    )  # fmt: skip
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="redemptions", verbose_name=_("customer")
    )
    key = models.CharField(_("key"), max_length=120, unique=True)
    asked = models.CharField(max_length=64, editable=False)
    order = models.CharField(_("order"), max_length=64, blank=True)
    order_amount = models.DecimalField(_("order's amount"), max_digits=20, decimal_places=2)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    seed = models.CharField(_("seed"), max_length=64, blank=True)
    at = models.DateTimeField(_("at"))
    expires_at = models.DateTimeField(_("expires at"))
    device = models.BinaryField(null=True, blank=True, editable=False)
    network = models.BinaryField(null=True, blank=True, editable=False)
    payee = models.BinaryField(null=True, blank=True, editable=False)
    address = models.BinaryField(null=True, blank=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = RedemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        permissions = [("hold_redemption", _("Can pay or refuse held redemptions"))]
        indexes = [
            models.Index(F("at").desc(), F("id").desc(), name="redemption_newest"),
            models.Index(fields=["offer", "at"], name="redemption_of_offer"),
            models.Index(fields=["customer", "order"], name="redemption_of_order"),
            models.Index(fields=["device", "at"], name="redemption_device", condition=Q(device__isnull=False)),
            models.Index(fields=["payee", "at"], name="redemption_payee", condition=Q(payee__isnull=False)),
            models.Index(fields=["address", "at"], name="redemption_address", condition=Q(address__isnull=False)),
            models.Index(fields=["network", "at"], name="redemption_network", condition=Q(network__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, order_amount__gt=0), name="redemption_amount_above_zero"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("at")), name="redemption_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.pk}"


class EntryKind(models.TextChoices):
    ASKED = "asked", _("Payout asked for")
    HELD = "held", _("Held")
    COMMITTED = "committed", _("Redeemed")
    RELEASED = "released", _("Released")
    REVERSED = "reversed", _("Reversed")


class RedemptionEntry(models.Model):
    """One thing that became of a redemption. Never changed; a trigger refuses what cannot follow."""

    redemption = models.ForeignKey(Redemption, models.PROTECT, related_name="entries", verbose_name=_("redemption"))
    kind = models.CharField(_("kind"), max_length=9, choices=EntryKind)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("entry of a redemption")
        ordering = ["redemption", "id"]
        indexes = [models.Index(fields=["at", "kind"], name="redemption_entry_of_day")]
        constraints = [models.UniqueConstraint(fields=["redemption", "kind"], name="one_entry_per_kind")]

    def __str__(self):
        return f"{self.redemption_id} {self.kind}"


class RedemptionState(models.Model):
    """Where a redemption stands. Triggers alone write it; it follows from the entries."""

    redemption = models.OneToOneField(Redemption, models.PROTECT, primary_key=True, related_name="now")
    state = models.CharField(_("state"), max_length=9, choices=State)
    slot = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField(_("due at"))

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="redemption_due", condition=Q(state__in=["reserved", "waiting"])),
            models.Index(fields=["redemption"], name="redemption_held", condition=Q(state="held")),
        ]

    def __str__(self):
        return f"{self.redemption_id} {self.state}"
