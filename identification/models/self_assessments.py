from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from identification.querysets.self_assessments import InviteeQuerySet, SelfAssessmentQuerySet


class AssessmentPurpose(models.TextChoices):
    """What a round is for, as the room of questionnaires knows it."""

    RCSA = "rcsa", _("Self-assessment of risks and controls")
    STAKEHOLDERS = "stakeholders", _("Survey of stakeholders")


class SelfAssessment(models.Model):
    """A round of one questionnaire: people are asked about risks and controls until a day. Staff are told; others get a
    link from whoever asks them."""

    reference = models.CharField(
        _("round no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="identification_next_round", output_field=models.CharField()),
    )
    name = models.CharField(_("name"), max_length=160)
    purpose = models.CharField(_("purpose"), max_length=12, choices=AssessmentPurpose)
    version = models.ForeignKey(
        "surveys.QuestionnaireVersion", models.PROTECT, related_name="+", verbose_name=_("questionnaire")
    )
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    team = models.ForeignKey(
        "staff.Team", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    due_on = models.DateField(_("due on"))
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = SelfAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("self-assessment")
        verbose_name_plural = _("self-assessments")
        indexes = [models.Index(F("opened_at").desc(), F("id").desc(), name="self_assessment_newest")]

    def __str__(self):
        return f"{self.reference} {self.name}"

    @property
    def is_open(self):
        return self.closed_at is None


class Invitee(models.Model):
    """Somebody who is asked in a round: one of staff, or somebody outside who is called by what they are to us, never by
    a name or an address."""

    assessment = models.ForeignKey(
        SelfAssessment, models.PROTECT, related_name="invitees", verbose_name=_("self-assessment")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    called = models.CharField(_("who they are to us"), max_length=120, blank=True)
    invitation = models.OneToOneField(
        "surveys.Invitation", models.PROTECT, null=True, related_name="+", verbose_name=_("link")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = InviteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("person asked")
        verbose_name_plural = _("people asked")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "user"], name="asked_once_a_round"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, called="") | (Q(user__isnull=True) & ~Q(called="")),
                name="asked_is_staff_or_somebody_outside",
                violation_error_message=_("Name one of staff, or say who somebody outside is to us."),
            ),
        ]

    def __str__(self):
        return self.called or str(self.user)

    @property
    def has_left(self):
        """Whether they left the company before they answered."""
        return self.answered_at is None and self.user is not None and not self.user.is_active


class AnswerTag(models.Model):
    """A word that a reader put on an answer, so that like ones are found together."""

    response = models.ForeignKey("surveys.Response", models.PROTECT, related_name="+", verbose_name=_("response"))
    question = models.CharField(_("question"), max_length=30)
    tag = models.CharField(_("tag"), max_length=40)

    class Meta:
        verbose_name = _("tag of an answer")
        verbose_name_plural = _("tags of answers")
        ordering = ["tag"]
        constraints = [models.UniqueConstraint(fields=["response", "question", "tag"], name="one_tag_an_answer")]

    def __str__(self):
        return self.tag
