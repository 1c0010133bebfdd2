from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customers.querysets.transactions import TransactionQuerySet


class TransactionKind(models.TextChoices):
    DEPOSIT = "deposit", _("Deposit")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    PAYMENT = "payment", _("Payment")
    TRANSFER = "transfer", _("Transfer")
    PURCHASE = "purchase", _("Subscription")
    REDEMPTION = "redemption", _("Redemption")
    PREMIUM = "premium", _("Premium")
    CLAIM = "claim", _("Claim payment")
    DISBURSEMENT = "disbursement", _("Disbursement")
    REPAYMENT = "repayment", _("Repayment")
    INTEREST = "interest", _("Interest")
    FEE = "fee", _("Fee")
    REWARD = "reward", _("Reward")
    REVERSAL = "reversal", _("Reversal")
    OTHER = "other", _("Other")


class Transaction(models.Model):
    """One movement of money. Positive comes to the customer, negative leaves. Append-only, in monthly partitions.

    In the database the key is (id, booked_on), because a partitioned table's key holds its partition column."""

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="transactions", db_index=False)
    account = models.ForeignKey(
        "customers.Account", models.PROTECT, null=True, related_name="transactions", db_index=False
    )
    product = models.ForeignKey("products.Product", models.PROTECT, null=True, related_name="+", db_index=False)
    line = models.CharField(_("line"), max_length=20, blank=True)
    booked_on = models.DateField(_("business date"))
    booked_at = models.DateTimeField(_("time"), null=True)
    kind = models.CharField(_("kind"), max_length=12, choices=TransactionKind)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    balance_after = models.DecimalField(_("balance after"), max_digits=20, decimal_places=2, null=True)
    channel = models.CharField(_("channel"), max_length=20, blank=True)
    counterparty = models.CharField(_("counterparty"), max_length=80, blank=True)
    purpose = models.CharField(_("purpose"), max_length=60, blank=True)
    source = models.ForeignKey("customers.Source", models.PROTECT, related_name="+", db_index=False)
    external_id = models.CharField(_("number at its source"), max_length=64)
    batch = models.ForeignKey(
        "customers.ImportRun", models.PROTECT, null=True, related_name="transactions", db_index=False
    )

    objects = TransactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("transaction")
        indexes = [
            models.Index("customer", F("booked_on").desc(), F("id").desc(), name="transaction_customer"),
            models.Index("account", F("booked_on").desc(), F("id").desc(), name="transaction_account"),
            models.Index(fields=["batch"], name="transaction_batch"),
            # Rows arrive by day, so a block range finds a day's rows for the nightly run and costs next to nothing.
            BrinIndex(fields=["booked_on"], name="transaction_day", pages_per_range=16, autosummarize=True),
        ]

    def __str__(self):
        return f"{self.booked_on} {self.amount} {self.currency}"


class TransactionKey(models.Model):
    """The one place that says a transaction has been seen, whatever month it was booked in: (source, external id)."""

    pk = models.CompositePrimaryKey("source_id", "external_id")
    source = models.ForeignKey(
        "customers.Source", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    external_id = models.CharField(max_length=64)
    booked_on = models.DateField()

    class Meta:
        verbose_name = _("transaction key")


class DailyActivity(models.Model):
    """What one customer did on one day in one line, kind and currency: the history in short, kept up as rows arrive.

    Only lines of `ActivityLine` are here, those where it is shorter than the history. The database view
    `customers_activity` has the same columns and every line: read that one, unless you mean the storage."""

    pk = models.CompositePrimaryKey("customer_id", "day", "line", "kind", "currency")
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, related_name="activity", db_index=False, db_constraint=False
    )
    day = models.DateField()
    line = models.CharField(_("line"), max_length=20, blank=True)
    kind = models.CharField(max_length=12, choices=TransactionKind)
    currency = models.CharField(max_length=3)
    n = models.PositiveIntegerField(_("number"))
    inflow = models.DecimalField(_("inflow"), max_digits=20, decimal_places=2)
    outflow = models.DecimalField(_("outflow"), max_digits=20, decimal_places=2)
    largest = models.DecimalField(_("largest"), max_digits=20, decimal_places=2)
    squares = models.DecimalField(_("sum of squares"), max_digits=38, decimal_places=4)

    class Meta:
        verbose_name = _("daily activity")
        indexes = [models.Index(fields=["day"], name="activity_day")]


class ActivityLine(models.Model):
    """A business line whose movements are kept rolled up in `DailyActivity`; the others are read from their
    transactions.

    A row with an empty line stands for transactions without one."""

    line = models.CharField(_("line"), max_length=20, primary_key=True, blank=True)
    since = models.DateTimeField(_("since"), db_default=Now())

    class Meta:
        verbose_name = _("rolled-up line")

    def __str__(self):
        return self.line


class ActivityBatch(models.Model):
    """One chunk of transactions that arrived together, written in the transaction that brought them.

    The next portrait round reads those that no round has `taken`: what commits late is simply taken later."""

    batch = models.ForeignKey("customers.ImportRun", models.CASCADE, null=True, related_name="+", db_constraint=False)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    rows = models.PositiveBigIntegerField()
    added_at = models.DateTimeField(db_default=Now())
    taken_by = models.ForeignKey("customers.PortraitRound", models.SET_NULL, null=True, related_name="batches")

    class Meta:
        verbose_name = _("rolled-up batch")
        indexes = [
            models.Index(fields=["id"], name="activity_batch_untaken", condition=models.Q(taken_by__isnull=True)),
            models.Index(fields=["added_at"], name="activity_batch_added"),
        ]
