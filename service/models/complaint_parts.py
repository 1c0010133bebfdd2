from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from service.models.complaints import ComplaintKind


class DocumentKind(models.TextChoices):
    IDENTITY = "identity", _("Identity document")
    CONTRACT = "contract", _("Contract and terms")
    STATEMENT = "statement", _("Statement of transactions")
    AUTHORITY = "authority", _("Power of attorney")
    RECEIPT = "receipt", _("Receipt or proof of payment")
    POLICE = "police", _("Police report")
    MEDICAL = "medical", _("Medical record")
    CORRESPONDENCE = "correspondence", _("Letters or screenshots")


class DocumentNeed(models.Model):
    """A document that a kind of complaint usually needs."""

    kind = models.CharField(_("about"), max_length=10, choices=ComplaintKind)
    document = models.CharField(_("document"), max_length=14, choices=DocumentKind)

    class Meta:
        verbose_name = _("needed document")
        verbose_name_plural = _("needed documents")
        ordering = ["kind", "document"]
        constraints = [models.UniqueConstraint(fields=["kind", "document"], name="a_need_once")]

    def __str__(self):
        return f"{self.kind} {self.document}"


class ComplaintDocument(models.Model):
    """A document that a complainant was asked for, or brought. Once it came, nobody asks for it again."""

    complaint = models.ForeignKey(
        "service.Complaint", models.PROTECT, related_name="documents", verbose_name=_("complaint")
    )
    kind = models.CharField(_("document"), max_length=14, choices=DocumentKind)
    asked_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    came_on = models.DateField(_("came on"), null=True, blank=True)
    note = models.CharField(_("where it is kept"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("document of a complaint")
        verbose_name_plural = _("documents of complaints")
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "kind"], name="a_document_once_a_complaint"),
            models.CheckConstraint(
                condition=Q(asked_at__isnull=False) | Q(came_on__isnull=False), name="a_document_asked_or_come"
            ),
        ]

    def __str__(self):
        return f"{self.complaint_id} {self.kind}"


class RedressKind(models.TextChoices):
    APOLOGY = "apology", _("Apology")
    REFUND = "refund", _("Refund")
    COMPENSATION = "compensation", _("Compensation")
    CORRECTION = "correction", _("Correction")


class RedressState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    GRANTED = "granted", _("Granted")
    PAID = "paid", _("Paid or done")
    REFUSED = "refused", _("Not granted")


class ComplaintRedress(models.Model):
    """What a complainant gets. Above the limit in force it is granted by an approved request alone: a trigger looks."""

    complaint = models.ForeignKey(
        "service.Complaint", models.PROTECT, related_name="redresses", verbose_name=_("complaint")
    )
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="redresses", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=RedressKind)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    reason = models.TextField(_("reason"))
    state = models.CharField(_("state"), max_length=8, choices=RedressState, default=RedressState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    granted_at = models.DateTimeField(_("granted at"), null=True, blank=True)
    due_on = models.DateField(_("pay until"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    payment = models.CharField(_("payment no."), max_length=80, blank=True)

    class Meta:
        verbose_name = _("redress")
        verbose_name_plural = _("redress")
        ordering = ["proposed_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["refund", "compensation"], amount__gt=0, currency__regex=r"^[A-Z]{3}$")
                | Q(kind__in=["apology", "correction"], amount=None, currency=""),
                name="redress_money_fits_kind",
                violation_error_message=_("A refund or compensation needs an amount above zero and its currency."),
            ),
            models.CheckConstraint(
                condition=Q(state="paid", paid_on__isnull=False) | ~Q(state="paid") & Q(paid_on=None),
                name="paid_redress_has_a_day",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.amount or ''} {self.currency}".strip()
