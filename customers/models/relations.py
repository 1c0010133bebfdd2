"""What ties customers to each other: a device they share, a guarantee, a core enterprise of a supply chain."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.accounts import FromSource


class CustomerDevice(FromSource):
    """A device that a customer signed in with. Its fingerprint is kept as a keyed hash alone: enough to see that two are
    one, and nothing more."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="devices", verbose_name=_("customer")
    )
    fingerprint_index = models.BinaryField(editable=False)
    first_seen_on = models.DateField(_("first seen on"))
    last_seen_on = models.DateField(_("last seen on"), null=True, blank=True)

    class Meta(FromSource.Meta):
        verbose_name = _("device")
        default_permissions = ()
        indexes = [models.Index(fields=["fingerprint_index"], name="device_fingerprint")]
        constraints = [
            *FromSource.Meta.constraints,
            models.UniqueConstraint(fields=["customer", "fingerprint_index"], name="one_device_once_a_customer"),
        ]

    def __str__(self):
        return f"{self.customer_id}"


class Guarantee(FromSource):
    """Who answers for a loan if its borrower does not pay."""

    loan = models.ForeignKey("customers.Loan", models.PROTECT, related_name="guarantees", verbose_name=_("loan"))
    guarantor = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="guarantees", verbose_name=_("guarantor")
    )
    amount = models.DecimalField(_("up to"), max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta(FromSource.Meta):
        verbose_name = _("guarantee")
        default_permissions = ()
        constraints = [
            *FromSource.Meta.constraints,
            models.UniqueConstraint(fields=["loan", "guarantor"], name="one_guarantee_a_loan_and_guarantor"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="guarantee_amount_is_positive"
            ),
        ]

    def __str__(self):
        return f"{self.loan}"


class SupplyRole(models.TextChoices):
    SUPPLIER = "supplier", _("Supplier")
    BUYER = "buyer", _("Buyer")
    DISTRIBUTOR = "distributor", _("Distributor")


class SupplyLink(FromSource):
    """A business that delivers to, or buys from, the core enterprise of a supply chain."""

    core = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="chain_members", verbose_name=_("core enterprise")
    )
    member = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="core_enterprises", verbose_name=_("member")
    )
    role = models.CharField(_("role"), max_length=11, choices=SupplyRole)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta(FromSource.Meta):
        verbose_name = _("link of a supply chain")
        verbose_name_plural = _("links of supply chains")
        default_permissions = ()
        constraints = [
            *FromSource.Meta.constraints,
            models.UniqueConstraint(fields=["core", "member", "role"], name="one_supply_link_a_role"),
            models.CheckConstraint(
                condition=~Q(core=F("member")),
                name="supply_link_of_two",
                violation_error_message=_("A core enterprise is not a member of its own chain."),
            ),
        ]

    def __str__(self):
        return f"{self.core_id} {self.member_id}"
