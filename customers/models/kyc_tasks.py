from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.querysets.documents import KycTaskQuerySet


class KycTaskKind(models.TextChoices):
    DOCUMENT_EXPIRING = "expiring", _("Identity document expires")
    DOCUMENT_EXPIRED = "expired", _("Identity document has expired")
    REVIEW = "review", _("Review is due")


class KycTask(models.Model):
    """One thing to be done so that a customer stays known: opened by the night, once, and closed by what was done."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="kyc_tasks", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=KycTaskKind)
    document = models.ForeignKey(
        "customers.IdentityDocument", models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    due_on = models.DateField(_("due on"))
    opened_at = models.DateTimeField(_("opened at"))
    reminded_at = models.DateTimeField(_("last reminder at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("closed by")
    )

    objects = KycTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("KYC task")
        verbose_name_plural = _("KYC tasks")
        indexes = [
            models.Index("due_on", "id", name="kyc_task_due", condition=Q(closed_at__isnull=True)),
            models.Index("customer", F("id").desc(), name="kyc_task_of_customer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "document", "due_on"], nulls_distinct=False, name="one_kyc_task_of_a_kind"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.due_on}"

    @property
    def is_open(self):
        return self.closed_at is None
