from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from marketing.querysets.signoffs import SignOffQuerySet


class SignOffState(models.TextChoices):
    WAITING = "waiting", _("Waits for sign-off")
    APPROVED = "approved", _("Signed off")
    REFUSED = "refused", _("Refused")
    VOID = "void", _("Void")


class SignOff(models.Model):
    """Everything that somebody was asked to sign off, as canonical JSON, and what became of it: copy, disclosures, links,
    audience, offer, schedule. `sha256` is the hash of `body`, byte for byte; a trigger keeps both as they were.

    What goes out is checked against the hash with every batch: an edit by whatever path voids the sign-off."""

    campaign = models.ForeignKey(
        "marketing.Campaign", models.PROTECT, related_name="sign_offs", verbose_name=_("campaign")
    )
    number = models.PositiveIntegerField(_("sign-off no."))
    body = models.TextField(_("what is signed off"))
    sha256 = models.CharField("SHA-256", max_length=64)
    state = models.CharField(_("state"), max_length=8, choices=SignOffState, default=SignOffState.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    expires_on = models.DateField(_("holds until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("void since"), null=True, blank=True)
    void_because = models.CharField(_("void because"), max_length=300, blank=True)

    objects = SignOffQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        ordering = ["campaign", "-number"]
        indexes = [models.Index("state", "expires_on", name="sign_off_standing")]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="one_sign_off_per_number"),
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(state__in=["waiting", "approved"]),
                name="one_standing_sign_off_per_campaign",
                violation_error_message=_("Another sign-off of this campaign stands or waits."),
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="sign_off_is_by_another",
                violation_error_message=_("Whoever asked does not sign off."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "void"]) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decided_sign_off_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(expires_on__isnull=False), name="sign_off_ends_some_day"
            ),
            models.CheckConstraint(
                condition=Q(
                    sha256=Func(
                        Func(
                            Func(F("body"), Value("UTF8"), function="convert_to", output_field=models.BinaryField()),
                            function="sha256",
                            output_field=models.BinaryField(),
                        ),
                        Value("hex"),
                        function="encode",
                        output_field=models.CharField(),
                    )
                ),
                name="sign_off_hash_is_of_its_body",
            ),
        ]

    def __str__(self):
        return f"{self.campaign_id} #{self.number}"
