from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from customers.models import RuleUnit
from customers.models.dated import Dated
from service.querysets.complaint_rules import ComplaintRuleQuerySet, OfComplaintsQuerySet
from service.rules.complaint_days import NEXT_WORKING, STAYS


class ComplaintStep(models.TextChoices):
    """What is due in a complaint, or a number that law or policy sets for it."""

    ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement")
    SUMMARY = "summary", _("Settled at once, without a full reply")
    DECISION = "decision", _("Decision, told in writing")
    DECISION_COMPLEX = "decision_complex", _("Decision of a complex complaint")
    EXTENSION = "extension", _("Extension by approval")
    REVIEW_REQUEST = "review_request", _("The complainant may ask for a review")
    REVIEW_DECISION = "review_decision", _("Decision on a review")
    REGULATOR_REPLY = "regulator_reply", _("Reply to an authority")
    REGULATOR_LONGEST = "regulator_longest", _("Reply to an authority, at the latest")
    AUTHORITY_ACCEPTANCE = "authority_acceptance", _("The authority says whether it takes the case")
    AUTHORITY_MEDIATION = "authority_mediation", _("The authority's mediation")
    REDRESS_PAYMENT = "redress_payment", _("Payment of a redress")
    REPRESENTATIVES = "representatives", _("Representatives of a joint complaint, at most")
    REMINDER = "reminder", _("Reminder before a deadline")


class CountsFrom(models.TextChoices):
    RECEIPT = "receipt", _("the receipt")
    DUE = "due", _("the day that it extends")
    DECISION = "decision", _("the decision")
    REFERRAL = "referral", _("the authority's letter")


class Ends(models.TextChoices):
    STAYS = STAYS, _("stays where it is")
    NEXT_WORKING = NEXT_WORKING, _("moves to the next working day")


class Authority(models.TextChoices):
    NFRA = "nfra", _("Financial regulator (NFRA)")
    PBOC = "pboc", _("People's Bank of China")
    SAMR = "samr", _("Market regulator (SAMR)")
    FCA = "fca", _("Financial Conduct Authority or Ombudsman")
    CFPB = "cfpb", _("Consumer Financial Protection Bureau")
    OTHER = "other", _("Another authority")


class ComplaintRule(Dated):
    """One statutory clock of complaints, in one jurisdiction, line and authority; empty is everywhere, every, any.

    Nothing in code repeats a value that stands here."""

    step = models.CharField(_("step"), max_length=24, choices=ComplaintStep)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    line = models.CharField(_("business line"), max_length=20, blank=True)
    authority = models.CharField(_("authority"), max_length=8, choices=Authority, blank=True)
    value = models.PositiveIntegerField(_("value"))
    unit = models.CharField(_("unit"), max_length=12, choices=RuleUnit)
    counts_from = models.CharField(_("counted from"), max_length=8, choices=CountsFrom, default=CountsFrom.RECEIPT)
    ends = models.CharField(_("a last day that is off"), max_length=12, choices=Ends, default=Ends.STAYS)

    objects = ComplaintRuleQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("complaint rule")
        verbose_name_plural = _("complaint rules")
        ordering = ["step", "jurisdiction", "line", "-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["step", "jurisdiction", "line", "authority", "valid_from"], name="one_complaint_rule_per_day"
            ),
        ]

    def __str__(self):
        return f"{self.get_step_display()}: {self.span}"

    @property
    def span(self):
        n = self.value
        said = {
            RuleUnit.YEARS: ngettext("%(n)d year", "%(n)d years", n),
            RuleUnit.MONTHS: ngettext("%(n)d month", "%(n)d months", n),
            RuleUnit.DAYS: ngettext("%(n)d day", "%(n)d days", n),
            RuleUnit.WORKING_DAYS: ngettext("%(n)d working day", "%(n)d working days", n),
            RuleUnit.TIMES: ngettext("%(n)d person", "%(n)d persons", n),
        }
        return said[RuleUnit(self.unit)] % {"n": n}


class RedressLimit(Dated):
    """Up to this amount one person grants a redress; above it, and in a currency without a row, two."""

    currency = models.CharField(_("currency"), max_length=3)
    amount = models.DecimalField(_("up to"), max_digits=20, decimal_places=2)

    objects = OfComplaintsQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("limit of redress")
        verbose_name_plural = _("limits of redress")
        ordering = ["currency", "-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["currency", "valid_from"], name="one_redress_limit_per_day"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="redress_limit_is_not_negative"),
        ]

    def __str__(self):
        return f"{self.currency} {self.amount}"


class TrendRule(Dated):
    """When a rise of complaints is one: compared with the months before by an exact test, over all cells at once."""

    false_share = models.DecimalField(
        _("share of false alarms"),
        max_digits=6,
        decimal_places=4,
        help_text=_("Of the trends that are proposed, the share that chance may explain (Benjamini and Hochberg)."),
    )
    least_cases = models.PositiveSmallIntegerField(_("cases at least"))
    months_before = models.PositiveSmallIntegerField(_("months compared with"))

    objects = OfComplaintsQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("rule of trends")
        verbose_name_plural = _("rules of trends")
        ordering = ["-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["valid_from"], name="one_trend_rule_per_day"),
            models.CheckConstraint(
                condition=Q(false_share__gt=0, false_share__lt=1, least_cases__gte=1, months_before__gte=1),
                name="trend_rule_can_be_used",
            ),
        ]

    def __str__(self):
        return f"{self.false_share} / {self.least_cases} / {self.months_before}"
