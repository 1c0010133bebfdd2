from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from risk.querysets.duties import DutyExceptionQuerySet


class DutyException(models.Model):
    """One person's conflict of duties, accepted by two others until a day because something else makes up for it. A row
    stays as it is; after its last day the conflict counts again. A trigger refuses one that its own person agreed to."""

    rule = models.ForeignKey("risk.ConflictRule", models.PROTECT, related_name="exceptions", verbose_name=_("rule"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    control = models.ForeignKey(
        "risk.Control", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("compensating control")
    )
    compensation = models.TextField(_("what makes up for it"), max_length=2_000)
    reason = models.TextField(_("reason"), max_length=2_000)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), help_text=_("The last day."))
    request = models.OneToOneField(
        "staff.ChangeRequest", models.PROTECT, editable=False, related_name="+", verbose_name=_("change request")
    )

    objects = DutyExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exception of segregated duties")
        verbose_name_plural = _("exceptions of segregated duties")
        ordering = ["-valid_until", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")),
                name="duty_exception_ends_after_it_begins",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=~Q(compensation="") & ~Q(reason=""),
                name="duty_exception_says_why",
                violation_error_message=_("Say why, and what makes up for it."),
            ),
        ]

    def __str__(self):
        return f"{self.person}: {self.rule}"
