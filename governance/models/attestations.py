from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.querysets.attestations import AttestationQuerySet


class Attestation(models.Model):
    """Somebody who is asked to confirm a version of a policy until a day; once they have, when, and which text by its
    hash. `left_on` is when somebody left the audience before. A confirmed one never changes: a trigger refuses."""

    version = models.ForeignKey(
        "governance.PolicyVersion", models.PROTECT, related_name="attestations", verbose_name=_("version of a policy")
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    asked_at = models.DateTimeField(_("asked at"))
    due_on = models.DateField(_("due on"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256 of the text that was read"), max_length=64, blank=True)
    left_on = models.DateField(_("left the audience on"), null=True, blank=True)

    objects = AttestationQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation of a policy")
        verbose_name_plural = _("confirmations of policies")
        permissions = [("oversee_attestation", _("Can see who has confirmed policies"))]
        indexes = [models.Index("person", condition=Q(confirmed_at__isnull=True), name="attestation_waiting")]
        constraints = [
            models.UniqueConstraint(fields=["version", "person"], name="one_attestation_per_person"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, sha256="") | (Q(confirmed_at__isnull=False) & ~Q(sha256="")),
                name="confirmed_attestation_binds_a_text",
            ),
        ]

    def __str__(self):
        return f"{self.person} · {self.version}"

    @property
    def is_waiting(self):
        return self.confirmed_at is None and self.left_on is None
