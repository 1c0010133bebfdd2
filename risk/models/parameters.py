from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Parameter(models.Model):
    """A number that law or policy sets, from a day on, in one jurisdiction. Measures read it here, so it stands in no
    code.

    `valid_to` is the last day. An amount has a `currency`; a share is a fraction and has none."""

    code = models.SlugField(_("code"), max_length=60)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2)
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day; empty means open."))
    source = models.CharField(_("source"), max_length=200, blank=True)
    needs_confirmation = models.BooleanField(_("needs confirmation"), default=False)

    class Meta:
        verbose_name = _("risk parameter")
        ordering = ["code", "jurisdiction", "currency", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "jurisdiction", "currency", "valid_from"], name="one_risk_parameter_per_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="risk_parameter_ends_after_it_begins",
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.value.normalize():f} {self.currency}".strip()
