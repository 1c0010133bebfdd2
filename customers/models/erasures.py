from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ErasurePartName(models.TextChoices):
    IDENTITY = "identity", _("Identity: name, birth date, documents, telephone, address")
    CONTACT = "contact", _("E-mail address")
    ACCOUNTS = "accounts", _("Card numbers and payees of standing orders")
    NOTES = "notes", _("Contacts, notes and evidence of consents")
    TRACES = "traces", _("Traces: rejected rows, files of jobs, kept answers, searches")


class Erasure(models.Model):
    """The erasing of one customer, approved once: what could go went at once, the rest goes when the law lets go of it."""

    customer = models.OneToOneField(
        "customers.Customer", models.PROTECT, related_name="erasure", verbose_name=_("customer")
    )
    request = models.ForeignKey(
        "customers.PrivacyRequest", models.PROTECT, null=True, blank=True, related_name="erasures"
    )
    approval_id = models.BigIntegerField(_("approval"), null=True, blank=True)
    begun_at = models.DateTimeField(_("begun at"))
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        permissions = [
            ("erase_customer", _("Can ask for a customer to be erased")),
            ("check_privacy", _("Can approve erasures and packages of personal data")),
        ]

    def __str__(self):
        return f"{self.customer}"


class ErasurePart(models.Model):
    """One part of a customer's data: erased, or kept until a day by a rule; `keep_until` is empty while the relationship
    lasts.
    """

    erasure = models.ForeignKey(Erasure, models.PROTECT, related_name="parts")
    name = models.CharField(_("part"), max_length=10, choices=ErasurePartName)
    rule = models.ForeignKey("customers.PrivacyRule", models.PROTECT, null=True, blank=True, related_name="+")
    keep_until = models.DateField(_("kept until"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    class Meta:
        verbose_name = _("part of an erasure")
        verbose_name_plural = _("parts of erasures")
        ordering = ["erasure", "id"]
        indexes = [models.Index(fields=["keep_until"], name="erasure_waiting", condition=Q(erased_at__isnull=True))]
        constraints = [models.UniqueConstraint(fields=["erasure", "name"], name="one_part_of_each_name")]

    def __str__(self):
        return self.name
