from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from risk.querysets.loan_grades import LoanGradeQuerySet


class LoanClassCode(models.TextChoices):
    """The five levels of loan classification."""

    PASS = "pass", _("Pass")
    SPECIAL_MENTION = "special_mention", _("Special mention")
    SUBSTANDARD = "substandard", _("Substandard")
    DOUBTFUL = "doubtful", _("Doubtful")
    LOSS = "loss", _("Loss")


class LoanGrade(models.Model):
    """The class of one loan, from days past due; written by the nightly run where it changed.

    `as_of` is the business date from which the row has stood as it is; `days_known` is false where the source says
    that a loan is in arrears without saying for how long."""

    loan = models.OneToOneField("customers.Loan", models.CASCADE, primary_key=True, related_name="grade")
    as_of = models.DateField(_("as of"))
    loan_class = models.CharField(_("class"), max_length=15, choices=LoanClassCode)
    days_past_due = models.PositiveIntegerField(_("days past due"), default=0)
    days_known = models.BooleanField(_("days known"), default=True)
    outstanding = models.DecimalField(_("outstanding principal"), max_digits=20, decimal_places=2)
    is_open = models.BooleanField(_("not repaid"), default=True)
    since = models.DateField(_("in this class since"))
    run = models.BigIntegerField(_("nightly run"), null=True)

    objects = LoanGradeQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan class")
        indexes = [
            models.Index(fields=["loan_class"], name="grade_class"),
            models.Index(F("days_past_due").desc(), F("loan").desc(), name="grade_days"),
        ]

    def __str__(self):
        return f"{self.loan_id} {self.get_loan_class_display()}"


NONPERFORMING = (LoanClassCode.SUBSTANDARD, LoanClassCode.DOUBTFUL, LoanClassCode.LOSS)


class LoanClassRule(models.Model):
    """From how many days past due a class begins, and what is set aside for it, from a day on. `valid_to` is the last
    day."""

    loan_class = models.CharField(_("class"), max_length=15, choices=LoanClassCode)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2)
    days_from = models.PositiveIntegerField(_("from days past due"))
    provision_rate = models.DecimalField(_("specific provision"), max_digits=6, decimal_places=4)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    needs_confirmation = models.BooleanField(_("needs confirmation"), default=False)

    class Meta:
        verbose_name = _("loan class rule")
        ordering = ["jurisdiction", "days_from"]
        constraints = [
            models.UniqueConstraint(fields=["loan_class", "jurisdiction", "valid_from"], name="one_class_rule_per_day")
        ]

    def __str__(self):
        return f"{self.get_loan_class_display()} ≥ {self.days_from}"
