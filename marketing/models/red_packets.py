from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RedPacket(models.Model):
    """A shared red packet: a total, cut once into parts that are drawn from a recorded seed."""

    version = models.ForeignKey(
        "marketing.OfferVersion", models.PROTECT, related_name="packets", verbose_name=_("version")
    )
    key = models.CharField(_("key"), max_length=120, unique=True)
    total = models.DecimalField(_("total"), max_digits=20, decimal_places=2)
    parts = models.PositiveIntegerField(_("parts"))
    seed = models.CharField(_("seed"), max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("red packet")
        verbose_name_plural = _("red packets")
        ordering = ["-made_at", "-id"]

    def __str__(self):
        return self.key


class RedPacketShare(models.Model):
    """One part of a red packet. Whose it became, a trigger writes; the amount never changes."""

    packet = models.ForeignKey(RedPacket, models.PROTECT, related_name="shares", verbose_name=_("red packet"))
    position = models.PositiveIntegerField(_("place"))
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("customer")
    )

    class Meta:
        verbose_name = _("share of a red packet")
        ordering = ["packet", "position"]
        constraints = [
            models.UniqueConstraint(fields=["packet", "position"], name="one_share_per_place"),
            models.UniqueConstraint(
                fields=["packet", "customer"],
                condition=models.Q(customer__isnull=False),
                name="one_share_per_customer",
                violation_error_message=_("This customer has a share of this red packet already."),
            ),
        ]

    def __str__(self):
        return f"{self.packet_id}/{self.position}"
