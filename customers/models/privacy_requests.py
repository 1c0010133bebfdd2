from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from customers.fields import EncryptedTextField
from customers.querysets.privacy_requests import PrivacyRequestQuerySet


class RequestKind(models.TextChoices):
    ACCESS = "access", _("Access")
    PORTABILITY = "portability", _("Copy to take along")
    CORRECTION = "correction", _("Correction")
    DELETION = "deletion", _("Deletion")
    RESTRICTION = "restriction", _("Restriction")
    OBJECTION = "objection", _("Objection")
    CLOSURE = "closure", _("Closing of the account")


class RequestState(models.TextChoices):
    RECEIVED = "received", _("Received")
    WORKING = "working", _("In work")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RequestOutcome(models.TextChoices):
    FULFILLED = "fulfilled", _("Fulfilled")
    PARTLY = "partly", _("Fulfilled in part")
    REFUSED = "refused", _("Refused")


class IdentityCheck(models.TextChoices):
    DOCUMENT = "document", _("Identity document seen")
    SIGN_IN = "sign_in", _("Signed in on the platform")
    CALL_BACK = "call_back", _("Called back on the number on record")
    QUESTIONS = "questions", _("Security questions")


OPEN = [RequestState.RECEIVED, RequestState.WORKING]


class PrivacyRequest(models.Model):
    """What a person asked about their own data, by when it must be answered, and how it was."""

    reference = models.CharField(
        _("request no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="customers_next_request", output_field=models.CharField()),
    )
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="privacy_requests", verbose_name=_("customer")
    )
    kind = models.CharField(_("kind"), max_length=11, choices=RequestKind)
    state = models.CharField(_("state"), max_length=9, choices=RequestState, default=RequestState.RECEIVED)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    received_on = models.DateField(_("received on"))
    text = EncryptedTextField(_("what they ask"), purpose="customers.privacyrequest.text", null=True, blank=True)
    field = models.CharField(_("field to correct"), max_length=20, blank=True)
    proposed = EncryptedTextField(
        _("what it should say"), purpose="customers.privacyrequest.proposed", null=True, blank=True
    )
    identity_check = models.CharField(_("identity check"), max_length=9, choices=IdentityCheck, blank=True)
    identity_checked_at = models.DateTimeField(_("identity checked at"), null=True, blank=True)
    rule = models.ForeignKey("customers.PrivacyRule", models.PROTECT, related_name="+", verbose_name=_("rule"))
    due_on = models.DateField(_("due on"))
    extended_from = models.DateField(_("due before the extension"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    outcome = models.CharField(_("outcome"), max_length=9, choices=RequestOutcome, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = PrivacyRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        permissions = [("handle_privacyrequest", _("Can handle privacy requests"))]
        indexes = [
            models.Index("due_on", "id", name="request_due", condition=Q(state__in=["received", "working"])),
            models.Index("customer", F("id").desc(), name="request_of_customer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["received", "working", "withdrawn"]) | ~Q(outcome=""),
                name="answered_request_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "withdrawn"]) | ~Q(identity_check=""),
                name="request_in_work_has_an_identity_check",
                violation_error_message=_("Check first who is asking."),
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def is_open(self):
        return self.state in OPEN


class EntryKind(models.TextChoices):
    RECEIVED = "received", _("Received")
    IDENTITY = "identity", _("Identity checked")
    OWNER = "owner", _("Owner named")
    EXTENDED = "extended", _("Deadline extended, the person was told")
    PACKAGE = "package", _("Package asked for")
    CORRECTED = "corrected", _("Corrected")
    RESTRICTED = "restricted", _("Restricted")
    LIFTED = "lifted", _("Restriction lifted")
    ERASURE = "erasure", _("Erased as far as the law allows")
    ERASED = "erased", _("Erased for good")
    NOTE = "note", _("Internal note")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RequestEntry(models.Model):
    """One step in the life of a request."""

    request = models.ForeignKey(PrivacyRequest, models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind"), max_length=10, choices=EntryKind)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("entry of a privacy request")
        verbose_name_plural = _("entries of privacy requests")
        ordering = ["-at", "-id"]

    def __str__(self):
        return f"{self.request} {self.kind}"
