from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.fields import EncryptedTextField
from customers.models.accounts import FromSource
from customers.querysets.documents import IdentityDocumentQuerySet


class DocumentKind(models.TextChoices):
    RESIDENT_ID = "resident_id", _("Resident identity card")
    PASSPORT = "passport", _("Passport")
    HK_MACAU_PERMIT = "hk_mo_permit", _("Mainland travel permit for Hong Kong and Macau residents")
    TAIWAN_PERMIT = "tw_permit", _("Mainland travel permit for Taiwan residents")
    RESIDENCE_PERMIT = "residence", _("Residence permit for Hong Kong, Macau and Taiwan residents")
    FOREIGN_RESIDENT = "foreign", _("Foreign permanent resident identity card")
    HK_ID = "hk_id", _("Hong Kong identity card")
    TW_ID = "tw_id", _("Taiwan identity card")
    BUSINESS_LICENCE = "licence", _("Business licence")
    OTHER = "other", _("Other document")


class DocumentStatus(models.TextChoices):
    RECEIVED = "received", _("To be verified")
    VERIFIED = "verified", _("Verified")
    REFUSED = "refused", _("Refused")
    EXPIRED = "expired", _("Expired")
    REPLACED = "replaced", _("Replaced")


class VerifiedBy(models.TextChoices):
    ORIGINAL = "original", _("Original seen in person")
    VIDEO = "video", _("Shown by video")
    REGISTER = "register", _("Compared with the issuer's register")
    CHIP = "chip", _("Chip read")
    COPY = "copy", _("Copy compared with what is on record")


class IdentityDocument(FromSource):
    """A paper or card that says who a customer is: what was found wrong with it, who verified it and how, how long it
    holds."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="identity_documents", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind)
    number = EncryptedTextField(_("number"), purpose="customers.identitydocument.number", null=True, blank=True)
    number_index = models.BinaryField(null=True, blank=True, editable=False)
    country = models.CharField(_("country of issue"), max_length=2, blank=True)
    issuer = models.CharField(_("issuer"), max_length=120, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True, help_text=_("Empty: it does not expire."))
    status = models.CharField(_("status"), max_length=8, choices=DocumentStatus, default=DocumentStatus.RECEIVED)
    findings = ArrayField(models.CharField(max_length=30), verbose_name=_("findings"), default=list, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    added_at = models.DateTimeField(_("recorded at"))
    verified_how = models.CharField(_("verified how"), max_length=8, choices=VerifiedBy, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verified by")
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    refusal = models.CharField(_("why it was refused"), max_length=200, blank=True)

    objects = IdentityDocumentQuerySet.as_manager()

    class Meta(FromSource.Meta):
        verbose_name = _("identity document")
        verbose_name_plural = _("identity documents")
        permissions = [("verify_identitydocument", _("Can verify identity documents and see their copies"))]
        indexes = [
            models.Index("customer", F("id").desc(), name="document_of_customer"),
            models.Index(fields=["expires_on"], name="document_expiring", condition=Q(status="verified")),
            models.Index(fields=["number_index"], name="document_number", condition=Q(number_index__isnull=False)),
        ]
        constraints = [
            *FromSource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(status__in=["received", "refused"])
                | (Q(verified_by__isnull=False, verified_at__isnull=False) & ~Q(verified_how="")),
                name="document_says_who_verified_it",
                violation_error_message=_("Say who verified the document, and how."),
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True) | Q(issued_on__isnull=True) | Q(expires_on__gt=F("issued_on")),
                name="document_expires_after_its_issue",
                violation_error_message=_("A document expires after the day of its issue."),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"


class DocumentFile(models.Model):
    """A copy of an identity document; its bytes are sealed before they touch the disk."""

    document = models.ForeignKey(IdentityDocument, models.PROTECT, related_name="files", verbose_name=_("document"))
    media_type = models.CharField(_("kind"), max_length=40)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(_("file"), upload_to="kyc/%Y/%m/")
    key = models.CharField(_("sealed under key"), max_length=32)

    class Meta:
        verbose_name = _("copy of an identity document")
        verbose_name_plural = _("copies of identity documents")

    def __str__(self):
        return f"{self.document} {self.pk}"
