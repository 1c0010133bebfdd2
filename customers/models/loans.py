from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.accounts import FromSource
from customers.querysets.loans import LoanQuerySet


class RepayMethod(models.TextChoices):
    EQUAL_INSTALMENT = "equal_instalment", _("Equal instalments")
    EQUAL_PRINCIPAL = "equal_principal", _("Equal principal")
    INTEREST_ONLY = "interest_only", _("Interest only")
    BULLET = "bullet", _("Bullet")


class LoanState(models.TextChoices):
    """What is known of a loan without looking at its instalments."""

    RUNNING = "running", _("Running")
    REPAID = "repaid", _("Repaid")
    ARREARS = "arrears", _("In arrears, days not stated")
    UNPAID = "unpaid", _("Ended unpaid")
    WRITTEN_OFF = "written_off", _("Written off")


class Loan(FromSource):
    """A loan as the platform granted it, with its instalments.

    `reported_state` is what the source says outright, as of `reported_on`; days past due come from the instalments
    where those say when they were paid."""

    number = models.CharField(_("loan no."), max_length=40)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="loans", verbose_name=_("customer"))
    account = models.ForeignKey("customers.Account", models.PROTECT, null=True, blank=True, related_name="loans")
    product = models.ForeignKey("products.Product", models.PROTECT, related_name="loans", verbose_name=_("product"))
    product_version = models.ForeignKey(
        "products.ProductVersion", models.PROTECT, related_name="+", null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3)
    principal = models.DecimalField(_("principal"), max_digits=20, decimal_places=2)
    annual_rate = models.DecimalField(_("annual rate"), max_digits=9, decimal_places=6, default=0)
    periods = models.PositiveIntegerField(_("instalments"))
    method = models.CharField(_("repayment"), max_length=16, choices=RepayMethod, default=RepayMethod.EQUAL_INSTALMENT)
    instalment_amount = models.DecimalField(_("instalment"), max_digits=20, decimal_places=2, null=True, blank=True)
    disbursed_on = models.DateField(_("disbursed on"))
    first_due_on = models.DateField(_("first due on"), null=True, blank=True)
    matures_on = models.DateField(_("matures on"), null=True, blank=True)
    reported_state = models.CharField(_("state"), max_length=11, choices=LoanState, default=LoanState.RUNNING)
    reported_on = models.DateField(_("state as of"), null=True, blank=True)
    outstanding = models.DecimalField(
        _("outstanding principal"), max_digits=20, decimal_places=2, null=True, blank=True
    )
    purpose = models.CharField(_("use of funds"), max_length=80, blank=True)

    objects = LoanQuerySet.as_manager()

    class Meta(FromSource.Meta):
        verbose_name = _("loan")
        indexes = [
            models.Index(fields=["customer"], name="loan_customer"),
            models.Index(fields=["product"], name="loan_product"),
            models.Index(F("disbursed_on").desc(), F("id").desc(), name="loan_newest"),
        ]
        constraints = [
            *FromSource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(principal__gt=0),
                name="loan_principal_is_positive",
                violation_error_message=_("The principal of a loan is above zero."),
            ),
        ]

    def __str__(self):
        return self.number


class Instalment(models.Model):
    """One due date of a loan: what is to be paid, and what was."""

    loan = models.ForeignKey(Loan, models.CASCADE, related_name="instalments")
    number = models.PositiveIntegerField(_("no."))
    due_on = models.DateField(_("due on"))
    principal = models.DecimalField(_("principal"), max_digits=20, decimal_places=2)
    interest = models.DecimalField(_("interest"), max_digits=20, decimal_places=2, default=0)
    fee = models.DecimalField(_("fee"), max_digits=20, decimal_places=2, default=0)
    paid = models.DecimalField(_("paid"), max_digits=20, decimal_places=2, default=0)
    paid_on = models.DateField(_("paid in full on"), null=True, blank=True)

    class Meta:
        verbose_name = _("instalment")
        ordering = ["loan", "number"]
        constraints = [models.UniqueConstraint(fields=["loan", "number"], name="one_instalment_per_number")]
        indexes = [models.Index(fields=["due_on"], name="instalment_unpaid", condition=Q(paid_on__isnull=True))]

    def __str__(self):
        return f"{self.loan} #{self.number}"

    @property
    def amount(self):
        return self.principal + self.interest + self.fee
