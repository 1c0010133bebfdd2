from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class InboxMessage(models.Model):
    """A message in the inbox of the company's app, as it was worded for this customer. The app reads it by REST."""

    recipient = models.OneToOneField(
        "marketing.Recipient", models.PROTECT, related_name="inbox", verbose_name=_("recipient")
    )
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="inbox", verbose_name=_("customer"), db_index=False
    )
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"))
    language = models.CharField(_("language"), max_length=10)
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message in the inbox")
        verbose_name_plural = _("messages in the inbox")
        permissions = [("read_inbox", _("Can read the inbox of customers for the app"))]
        indexes = [models.Index("customer", F("at").desc(), F("id").desc(), name="inbox_of_customer")]

    def __str__(self):
        return f"{self.customer_id} {self.at}"
