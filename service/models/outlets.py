from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from service.querysets.outlets import DeliveryQuerySet


class DeliveryState(models.TextChoices):
    QUEUED = "queued", _("Waits to be sent")
    SENT = "sent", _("Taken by the receiver")
    FAILED = "failed", _("Given up")


class Delivery(models.Model):
    """An answer on its way to the app or the community. Its message's number is the key by which the receiver takes it
    once, however often it is sent."""

    message = models.OneToOneField(
        "service.TicketMessage", models.PROTECT, related_name="delivery", verbose_name=_("message")
    )
    outlet = models.CharField(_("goes to"), max_length=40)
    state = models.CharField(_("state"), max_length=6, choices=DeliveryState, default=DeliveryState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("what went wrong"), max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [models.Index("next_at", "id", condition=Q(state="queued"), name="delivery_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="delivery_sent_says_when",
            )
        ]

    def __str__(self):
        return f"{self.outlet} {self.message_id}"


class HookReceipt(models.Model):
    """A webhook that was taken, by the number of its sender: the same one again is answered and does nothing."""

    outlet = models.CharField(_("came from"), max_length=40)
    number = models.CharField(_("number"), max_length=100)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [models.UniqueConstraint(fields=["outlet", "number"], name="a_webhook_once")]

    def __str__(self):
        return f"{self.outlet} {self.number}"
