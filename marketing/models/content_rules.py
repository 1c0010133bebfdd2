from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.dated import Dated, ends_after_it_begins
from marketing.models.messages import Language, MessageChannel
from marketing.querysets.messages import ClaimQuerySet, ContentRuleQuerySet


class ForbiddenWord(Dated):
    """Words that no message may contain, in one language, from a day on. Rows are added under four eyes."""

    code = models.SlugField(_("code"), max_length=40)
    language = models.CharField(_("language"), max_length=7, choices=Language)
    words = models.CharField(_("words"), max_length=120, help_text=_("Found whatever their case, width and spacing."))

    objects = ContentRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("forbidden word")
        verbose_name_plural = _("forbidden words")
        ordering = ["code", "-valid_from"]
        permissions = [
            ("add_contentrule", _("Can change rules of content")),
            ("check_contentrule", _("Can approve rules of content")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code", "language", "valid_from"], name="one_forbidden_word_per_day"),
            ends_after_it_begins("forbidden_word_ends_after_it_begins"),
        ]

    def __str__(self):
        return self.words

    @property
    def span(self):
        return self.words


class Disclosure(Dated):
    """A sentence that must stand in messages about a business line, in one jurisdiction and language, from a day on. An
    empty line is every line, an empty jurisdiction everywhere else, an empty channel every channel."""

    code = models.SlugField(_("code"), max_length=40)
    line = models.CharField(_("line"), max_length=20, blank=True)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    channel = models.CharField(_("channel"), max_length=7, choices=MessageChannel, blank=True)
    language = models.CharField(_("language"), max_length=7, choices=Language)
    text = models.CharField(_("text"), max_length=500)

    objects = ContentRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("required disclosure")
        verbose_name_plural = _("required disclosures")
        ordering = ["code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "line", "jurisdiction", "channel", "language", "valid_from"],
                name="one_disclosure_per_day",
            ),
            ends_after_it_begins("disclosure_ends_after_it_begins"),
        ]

    def __str__(self):
        return self.text

    @property
    def span(self):
        return self.text


class Claim(models.Model):
    """Something that messages say of us and that can be proved: the words, where the proof is, until when it holds. It counts
    once somebody else has approved it; then it never changes."""

    language = models.CharField(_("language"), max_length=7, choices=Language)
    words = models.CharField(_("words"), max_length=200, help_text=_("As they stand in messages."))
    proof = models.CharField(_("proof"), max_length=500, help_text=_("Where it can be seen: a report, a page, a file."))
    expires_on = models.DateField(_("holds until"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    added_at = models.DateTimeField(_("added at"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("approved by")
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        permissions = [("approve_claim", _("Can approve claims of others"))]
        indexes = [models.Index(F("added_at").desc(), F("id").desc(), name="claim_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("added_by")),
                name="claim_is_approved_by_another",
                violation_error_message=_("Whoever added a claim does not approve it."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="approved_claim_says_when",
            ),
        ]

    def __str__(self):
        return self.words
