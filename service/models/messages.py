from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from service.models.tickets import Channel


class Direction(models.TextChoices):
    IN = "in", _("From the customer")
    OUT = "out", _("To the customer")
    NOTE = "note", _("Internal note")


class TicketMessage(models.Model):
    """One message of a ticket, or a note beside it that the customer never sees.

    `text` is what people read; hostile markup never gets further than `service.rules.texts`. A message that came with
    another ticket keeps it in `came_with`, so that the two can be parted again."""

    ticket = models.ForeignKey("service.Ticket", models.PROTECT, related_name="messages", verbose_name=_("ticket"))
    direction = models.CharField(_("direction"), max_length=4, choices=Direction)
    channel = models.CharField(_("channel"), max_length=9, choices=Channel)
    text = models.TextField(_("text"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    external_id = models.CharField(_("number at its source"), max_length=200, blank=True)
    deleted_at = models.DateTimeField(_("deleted at its source"), null=True, blank=True, editable=False)
    came_with = models.ForeignKey(
        "service.Ticket", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("came with")
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["ticket", "at", "id"], name="message_in_order")]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_id"], condition=~Q(external_id=""), name="one_message_per_number"
            )
        ]

    def __str__(self):
        return f"{self.ticket_id} {self.at:%Y-%m-%d %H:%M}"


class MessageFile(models.Model):
    """A file that came or went with a message; its kind is read from its first bytes, never from its name."""

    message = models.ForeignKey(TicketMessage, models.PROTECT, related_name="files", verbose_name=_("message"))
    name = models.CharField(_("name"), max_length=200)
    media_type = models.CharField(_("kind"), max_length=80)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(_("file"), upload_to="service/%Y/%m/")

    class Meta:
        verbose_name = _("file of a message")
        verbose_name_plural = _("files of messages")

    def __str__(self):
        return self.name
