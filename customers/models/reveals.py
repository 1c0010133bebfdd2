from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.querysets.reveals import RevealQuerySet


class RevealReason(models.TextChoices):
    CALL = "call", _("The customer is on the phone or here")
    CHECK = "check", _("Checking who they are")
    CASE = "case", _("Working on a case, complaint or request")
    REPORT = "report", _("Report to an authority")
    OTHER = "other", _("Something else")


class RevealField(models.TextChoices):
    NAME = "name", _("Name")
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    IDENTITY_NUMBER = "identity_number", _("Identity number")
    ADDRESS = "address", _("Address")
    BIRTH_DATE = "birth_date", _("Birth date")
    CARD_NUMBER = "card_number", _("Card number")


class Reveal(models.Model):
    """One person was shown one value, for a reason, until `expires_at`."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="reveals", verbose_name=_("customer")
    )
    holding = models.ForeignKey("customers.Holding", models.PROTECT, null=True, blank=True, related_name="+")
    field = models.CharField(_("field"), max_length=20, choices=RevealField)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    reason_kind = models.CharField(_("reason"), max_length=10, choices=RevealReason)
    reason = models.CharField(_("in words"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))
    expires_at = models.DateTimeField(_("until"))

    objects = RevealQuerySet.as_manager()

    class Meta:
        verbose_name = _("reveal")
        verbose_name_plural = _("reveals")
        permissions = [("reveal_field", _("Can reveal one personal value, for a reason"))]
        indexes = [
            models.Index("by", F("at").desc(), name="reveal_by_person"),
            models.Index(F("at").desc(), F("id").desc(), name="reveal_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("at")), name="reveal_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(field="card_number", holding__isnull=False)
                | (~Q(field="card_number") & Q(holding__isnull=True)),
                name="reveal_of_a_card_names_its_holding",
            ),
        ]

    def __str__(self):
        return f"{self.customer} {self.field}"
