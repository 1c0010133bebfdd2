from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from customers.models.dated import Dated, ends_after_it_begins
from customers.querysets.kyc_rules import KycRuleQuerySet


class KycCode(models.TextChoices):
    """What a rule of knowing one's customer sets."""

    DOCUMENT_FIRST_REMINDER = "document_first_reminder", _("First reminder before an identity document expires")
    DOCUMENT_LAST_REMINDER = "document_last_reminder", _("Last reminder before an identity document expires")
    RESIDENT_ID_VALIDITY = "resident_id_validity", _("Validity of a resident identity card")
    REVIEW_LOW = "review_low", _("Review of a customer of low risk")
    REVIEW_MEDIUM = "review_medium", _("Review of a customer of medium risk")
    REVIEW_HIGH = "review_high", _("Review of a customer of high risk")
    RISK_MEDIUM_FROM = "risk_medium_from", _("Medium risk begins at")
    RISK_HIGH_FROM = "risk_high_from", _("High risk begins at")
    OWNER_THRESHOLD = "owner_threshold", _("Share from which somebody is a beneficial owner")
    SCREENING_THRESHOLD = "screening_threshold", _("Likeness from which a name on a list is a hit")


class KycUnit(models.TextChoices):
    YEARS = "years", _("years")
    MONTHS = "months", _("months")
    DAYS = "days", _("days")
    PERCENT = "percent", _("percent")
    POINTS = "points", _("points")
    FOREVER = "forever", _("without end")


class KycRule(Dated):
    """A number that law or policy sets for knowing customers, from a day on, in one jurisdiction; an empty jurisdiction
    is everywhere else.

    Where a rule has steps, `applies_from` says from which age or figure each one holds."""

    code = models.CharField(_("rule"), max_length=30, choices=KycCode)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    applies_from = models.PositiveSmallIntegerField(_("applies from"), default=0)
    value = models.PositiveIntegerField(_("value"))
    unit = models.CharField(_("unit"), max_length=8, choices=KycUnit)

    objects = KycRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("KYC rule")
        verbose_name_plural = _("KYC rules")
        ordering = ["code", "jurisdiction", "applies_from", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "jurisdiction", "applies_from", "valid_from"], name="one_kyc_rule_per_day"
            ),
            ends_after_it_begins("kyc_rule_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.get_code_display()}: {self.span}"

    @property
    def span(self):
        n = self.value
        said = {
            KycUnit.YEARS: ngettext("%(n)d year", "%(n)d years", n),
            KycUnit.MONTHS: ngettext("%(n)d month", "%(n)d months", n),
            KycUnit.DAYS: ngettext("%(n)d day", "%(n)d days", n),
            KycUnit.PERCENT: "%(n)d %%",
            KycUnit.POINTS: ngettext("%(n)d point", "%(n)d points", n),
            KycUnit.FOREVER: str(KycUnit.FOREVER.label),
        }
        return said[KycUnit(self.unit)] % {"n": n}
