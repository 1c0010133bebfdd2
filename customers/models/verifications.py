from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CallerQuestion(models.TextChoices):
    """What a caller can be asked; what a right answer counts is the rule `caller_<question>`."""

    BIRTH_DATE = "birth_date", _("Birth date")
    IDENTITY_TAIL = "identity_tail", _("Last four of the identity number")
    PHONE_TAIL = "phone_tail", _("Last four of the phone number on record")
    EMAIL = "email", _("E-mail address on record")
    CITY = "city", _("City of residence")
    ACCOUNT_TAIL = "account_tail", _("Last four of an account, loan or card number")
    LAST_AMOUNT = "last_amount", _("Amount of one of the last five movements")
    DOCUMENT_SEEN = "document_seen", _("Identity document seen in person")


class VerificationState(models.TextChoices):
    OPEN = "open", _("Being asked")
    PASSED = "passed", _("Verified")
    FAILED = "failed", _("Not verified")


class CallerVerification(models.Model):
    """One person of the desk found out whether a caller is who they say. It holds for that person, until `expires_at`.

    What the caller said is kept nowhere: only which question it answered, and whether it was right."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="verifications", verbose_name=_("customer")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    state = models.CharField(_("state"), max_length=6, choices=VerificationState, default=VerificationState.OPEN)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    expires_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("caller verification")
        verbose_name_plural = _("caller verifications")
        permissions = [
            ("verify_caller", _("Can verify a caller")),
            ("reveal_unverified", _("Can reveal a value without a verified caller")),
        ]
        indexes = [models.Index("customer", F("started_at").desc(), name="verification_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "by"], condition=Q(state="open"), name="one_verification_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="verification_ends_with_its_answer",
            ),
        ]

    def __str__(self):
        return f"{self.customer} {self.get_state_display()}"


class CallerAnswer(models.Model):
    """A question of a verification was answered: right or wrong, once."""

    verification = models.ForeignKey(CallerVerification, models.CASCADE, related_name="answers")
    question = models.CharField(_("question"), max_length=14, choices=CallerQuestion)
    is_right = models.BooleanField(_("right"))
    points = models.PositiveSmallIntegerField(_("points"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("answer of a caller")
        verbose_name_plural = _("answers of callers")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["verification", "question"], name="each_question_once")]

    def __str__(self):
        return self.get_question_display()
