from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.fields import EncryptedTextField
from customers.querysets.accounts import AccountQuerySet, HoldingQuerySet


class FromSource(models.Model):
    """A row that the platform knows by its own number."""

    source = models.ForeignKey("customers.Source", models.PROTECT, null=True, blank=True, related_name="+")
    external_id = models.CharField(_("number at its source"), max_length=64, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="one_%(class)s_per_source_and_number",
            )
        ]


class AccountStatus(models.TextChoices):
    OPEN = "open", _("Open")
    FROZEN = "frozen", _("Frozen")
    CLOSED = "closed", _("Closed")


class Account(FromSource):
    """Money of one customer under one product; it keeps the product version that it was opened on."""

    number = models.CharField(_("account no."), max_length=40)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="accounts", verbose_name=_("customer")
    )
    product = models.ForeignKey("products.Product", models.PROTECT, related_name="accounts", verbose_name=_("product"))
    product_version = models.ForeignKey(
        "products.ProductVersion", models.PROTECT, related_name="+", null=True, blank=True
    )
    # Movements are only ever added, so those of an account that came by a merge go on under the number of before: undoing
    # the merge finds all of them where they belong.
    booked_for = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("booked under"),
        db_index=False,
    )
    currency = models.CharField(_("currency"), max_length=3)
    balance = models.DecimalField(_("balance"), max_digits=20, decimal_places=2, default=0)
    balance_on = models.DateField(_("balance as of"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=6, choices=AccountStatus, default=AccountStatus.OPEN)
    terms = models.JSONField(default=dict, blank=True)
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = AccountQuerySet.as_manager()

    class Meta(FromSource.Meta):
        verbose_name = _("account")
        indexes = [
            models.Index(fields=["customer"], name="account_customer"),
            models.Index(fields=["product"], name="account_product"),
        ]

    def __str__(self):
        return self.number


class HolderRole(models.TextChoices):
    OWNER = "owner", _("Owner")
    USER = "user", _("Authorised user")


class AccountHolder(FromSource):
    """Who may dispose of an account, and how."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="holders", verbose_name=_("account"))
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="dispositions", verbose_name=_("customer")
    )
    role = models.CharField(_("role"), max_length=5, choices=HolderRole)

    class Meta(FromSource.Meta):
        verbose_name = _("account holder")
        constraints = [
            *FromSource.Meta.constraints,
            models.UniqueConstraint(fields=["account", "customer", "role"], name="one_role_per_holder_and_account"),
        ]

    def __str__(self):
        return f"{self.account} {self.get_role_display()}"


class StandingOrder(FromSource):
    """A payment that leaves an account again and again."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="standing_orders", verbose_name=_("account"))
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    payee_bank = models.CharField(_("payee's bank"), max_length=40, blank=True)
    payee_account = models.CharField(_("payee's account"), max_length=40, blank=True)
    purpose = models.CharField(_("purpose"), max_length=60, blank=True)

    class Meta(FromSource.Meta):
        verbose_name = _("standing order")

    def __str__(self):
        return f"{self.amount} {self.currency}"


class HoldingStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    MATURED = "matured", _("Matured")
    CLOSED = "closed", _("Closed")


class Holding(FromSource):
    """A product that a customer holds and that is not an account: a fund position, a policy, a card, a receivable."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="holdings", verbose_name=_("customer")
    )
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="holdings")
    product = models.ForeignKey("products.Product", models.PROTECT, related_name="holdings", verbose_name=_("product"))
    product_version = models.ForeignKey(
        "products.ProductVersion", models.PROTECT, related_name="+", null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3)
    units = models.DecimalField(_("units"), max_digits=24, decimal_places=6, null=True, blank=True)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=2, default=0)
    value_on = models.DateField(_("value as of"), null=True, blank=True)
    card_number = EncryptedTextField(_("card number"), purpose="customers.holding.card_number", null=True, blank=True)
    card_index = models.BinaryField(null=True, blank=True, editable=False)
    card_tail_index = models.BinaryField(null=True, blank=True, editable=False)
    terms = models.JSONField(default=dict, blank=True)
    status = models.CharField(_("status"), max_length=7, choices=HoldingStatus, default=HoldingStatus.ACTIVE)
    opened_on = models.DateField(_("since"))
    matures_on = models.DateField(_("matures on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = HoldingQuerySet.as_manager()

    class Meta(FromSource.Meta):
        verbose_name = _("holding")
        indexes = [
            models.Index(fields=["customer"], name="holding_customer"),
            models.Index(fields=["product"], name="holding_product"),
            models.Index(fields=["card_index"], name="holding_card", condition=Q(card_index__isnull=False)),
            models.Index(
                fields=["card_tail_index"], name="holding_card_tail", condition=Q(card_tail_index__isnull=False)
            ),
            models.Index(fields=["opened_on"], name="holding_opened"),
            models.Index(fields=["closed_on"], name="holding_closed", condition=Q(closed_on__isnull=False)),
            models.Index(
                F("matures_on"), name="holding_maturity", condition=Q(status="active", matures_on__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.product} ({self.value} {self.currency})"
