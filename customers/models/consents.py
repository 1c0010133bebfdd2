from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.querysets.consents import ConsentQuerySet


class Purpose(models.TextChoices):
    MARKETING = "marketing", _("Marketing messages")
    PERSONALISED = "personalised", _("Personalised offers")
    RESEARCH = "research", _("Surveys and market research")
    SENSITIVE = "sensitive", _("Sensitive personal information")
    SHARING = "sharing", _("Sharing with a third party")
    TRANSFER = "transfer", _("Sending data abroad")


class ConsentChannel(models.TextChoices):
    ANY = "any", _("Any way")
    CALL = "call", _("Call")
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")
    APP = "app", _("App message")
    POST = "post", _("Letter")


class ConsentSource(models.TextChoices):
    PLATFORM = "platform", _("Platform")
    APP = "app", _("App")
    CALL = "call", _("Call")
    BRANCH = "branch", _("In person")
    LETTER = "letter", _("Letter or e-mail")


class Notice(models.Model):
    """A text that people are shown before they say yes, in one language, as it was worded in one version. It never
    changes.
    """

    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    version = models.PositiveIntegerField(_("version"))
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("text"))
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["purpose", "language", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "language", "version"], name="one_notice_per_version"),
            models.CheckConstraint(condition=~Q(text=""), name="notice_has_a_text"),
        ]

    def __str__(self):
        return f"{self.get_purpose_display()} v{self.version} ({self.language})"


class Consent(models.Model):
    """Somebody said yes, or took it back: for one purpose, by one channel, with what they were shown. Rows are only ever
    added; the newest by `at` stands.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="consents", verbose_name=_("customer")
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=6, choices=ConsentChannel)
    given = models.BooleanField(_("given"))
    at = models.DateTimeField(_("when"))
    notice = models.ForeignKey(
        Notice, models.PROTECT, null=True, blank=True, related_name="consents", verbose_name=_("text shown")
    )
    origin = models.CharField(_("where"), max_length=8, choices=ConsentSource)
    evidence = models.CharField(
        _("evidence"), max_length=200, blank=True, help_text=_("Where it can be seen: a recording, a form, a click.")
    )
    source = models.ForeignKey("customers.Source", models.PROTECT, null=True, blank=True, related_name="+")
    external_id = models.CharField(_("number at its source"), max_length=64, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        permissions = [("record_consent", _("Can record a consent or its withdrawal"))]
        indexes = [
            models.Index(
                "customer", "purpose", "channel", F("at").desc(), F("id").desc(), name="consent_newest_of_each"
            ),
            models.Index(F("at").desc(), F("id").desc(), name="consent_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="one_consent_per_source_and_number",
            ),
            models.CheckConstraint(
                condition=Q(given=False) | Q(notice__isnull=False),
                name="consent_says_what_was_shown",
                violation_error_message=_("Name the text that the customer was shown."),
            ),
        ]

    def __str__(self):
        return f"{self.customer} {self.purpose} {self.channel}"
