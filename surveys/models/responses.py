from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from surveys.querysets.responses import InvitationQuerySet, ResponseQuerySet


class Channel(models.TextChoices):
    LINK = "link", _("Link")
    STAFF = "staff", _("Filled in by staff")


class Invitation(models.Model):
    """One link to one version for one person, good once and until it expires. The link is made from the row's number and
    the secret key (`surveys.services.invitations`): nothing that opens it is kept."""

    version = models.ForeignKey(
        "surveys.QuestionnaireVersion", models.PROTECT, related_name="invitations", verbose_name=_("version")
    )
    purpose = models.CharField(_("purpose"), max_length=30)
    subject = models.BigIntegerField(_("whom"))
    language = models.CharField(_("language"), max_length=10)
    created_at = models.DateTimeField(_("made at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [models.Index("purpose", "subject", F("id").desc(), name="invitation_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="invitation_expires_after_it_is_made",
                violation_error_message=_("The link expires before it is made."),
            )
        ]

    def __str__(self):
        return f"{self.version} {self.pk}"

    def is_open(self, at):
        return self.revoked_at is None and at < self.expires_at


class Response(models.Model):
    """One person's answers to one version. Once submitted it is evidence: triggers refuse every change of it and of its
    answers, but for their erasure."""

    version = models.ForeignKey(
        "surveys.QuestionnaireVersion", models.PROTECT, related_name="responses", verbose_name=_("version")
    )
    purpose = models.CharField(_("purpose"), max_length=30)
    subject = models.BigIntegerField(_("who answers"))
    invitation = models.OneToOneField(Invitation, models.PROTECT, null=True, blank=True, related_name="response")
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    language = models.CharField(_("language"), max_length=10)
    started_at = models.DateTimeField(_("started at"))
    filled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("filled in by"),
    )
    address_hash = models.CharField(_("address, hashed"), max_length=64, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    texts_sha256 = models.CharField(_("texts shown, hashed"), max_length=64, blank=True)
    answers_sha256 = models.CharField(_("answers, hashed"), max_length=64, blank=True)
    score = models.IntegerField(_("score"), null=True, blank=True)
    band = models.CharField(_("band"), max_length=20, blank=True)
    signs = models.JSONField(_("warnings"), default=list, blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        permissions = [("fill_response", _("Can fill in a questionnaire for somebody on the telephone"))]
        indexes = [
            models.Index("purpose", "subject", F("id").desc(), name="response_subject"),
            models.Index(F("started_at").desc(), F("id").desc(), name="response_newest"),
        ]

    def __str__(self):
        return f"{self.version} {self.pk}"

    @property
    def is_submitted(self):
        return self.submitted_at is not None


class Answer(models.Model):
    """What was answered to one question, as it was shown, and how long that took. `value` is empty once erased."""

    response = models.ForeignKey(Response, models.PROTECT, related_name="answers")
    question = models.CharField(_("question"), max_length=30)
    value = models.JSONField(_("answer"), null=True)
    language = models.CharField(_("language"), max_length=10)
    text_sha256 = models.CharField(_("text shown, hashed"), max_length=64)
    shown_at = models.DateTimeField(_("shown at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"))
    changes = models.PositiveIntegerField(_("changes"), default=0)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [models.UniqueConstraint(fields=["response", "question"], name="one_answer_per_question")]

    def __str__(self):
        return self.question

    @property
    def seconds(self):
        return None if self.shown_at is None else (self.answered_at - self.shown_at).total_seconds()
