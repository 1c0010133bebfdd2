from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class InteractionKind(models.TextChoices):
    CALL = "call", _("Call")
    EMAIL = "email", _("E-mail")
    CHAT = "chat", _("Chat")
    VISIT = "visit", _("Visit")
    COMPLAINT = "complaint", _("Complaint")
    CAMPAIGN = "campaign", _("Campaign")
    NOTE = "note", _("Internal note")


class Interaction(models.Model):
    """A contact with a customer, or a note about one that the customer never sees."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="interactions", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=InteractionKind)
    at = models.DateTimeField(_("at"))
    title = models.CharField(_("subject"), max_length=160)
    text = models.TextField(_("text"), blank=True)
    internal = models.BooleanField(_("internal"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("contact")
        permissions = [("log_contact", _("Can log a contact"))]
        indexes = [models.Index("customer", F("at").desc(), F("id").desc(), name="interaction_newest")]

    def __str__(self):
        return self.title
