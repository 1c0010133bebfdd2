from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.fields import EncryptedTextField
from customers.models.accounts import FromSource
from customers.querysets.kyc_profiles import OfBusinessQuerySet


class HolderKind(models.TextChoices):
    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")
    STATE = "state", _("State or listed company")


class Stake(FromSource):
    """A share that a holder has in a company of a business customer's structure.

    A structure is told per customer: companies in it are called by a name of their own, empty for the customer itself,
    so a chain needs no customer for each of its links."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="stakes", verbose_name=_("business")
    )
    company = models.CharField(_("share in"), max_length=160, blank=True, help_text=_("Empty: in the customer itself."))
    holder = models.CharField(_("holder"), max_length=160)
    holder_kind = models.CharField(_("kind of holder"), max_length=7, choices=HolderKind, default=HolderKind.PERSON)
    holder_customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("is our customer")
    )
    number = EncryptedTextField(_("document number"), purpose="customers.stake.number", null=True, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    share = models.DecimalField(_("share, percent"), max_digits=7, decimal_places=4)
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until"), null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )

    objects = OfBusinessQuerySet.as_manager()

    class Meta(FromSource.Meta):
        verbose_name = _("stake")
        verbose_name_plural = _("stakes")
        indexes = [models.Index("customer", "id", name="stake_of_customer")]
        constraints = [
            *FromSource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(share__gt=0, share__lte=100),
                name="stake_is_a_share",
                violation_error_message=_("A share is more than 0 and at most 100 percent."),
            ),
            models.CheckConstraint(
                condition=~Q(holder=F("company")),
                name="stake_is_not_in_itself",
                violation_error_message=_("A company does not hold itself: name its holder."),
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="stake_ends_after_it_begins"
            ),
        ]

    def __str__(self):
        return f"{self.customer_id} {self.share}"


class RepresentativeRole(models.TextChoices):
    LEGAL = "legal", _("Legal representative")
    DIRECTOR = "director", _("Director")
    MANAGER = "manager", _("Senior manager")
    CONTROL = "control", _("Controls by other means")
    SIGNATORY = "signatory", _("Authorised signatory")
    AGENT = "agent", _("Agent with power of attorney")


class Power(models.TextChoices):
    OPEN = "open", _("Open and close accounts")
    PAY = "pay", _("Give payment orders")
    BORROW = "borrow", _("Take up loans")
    INVEST = "invest", _("Buy and sell products")
    ASK = "ask", _("Ask for information")


class Representative(FromSource):
    """Somebody who acts for a customer or controls it, with what powers, from when to when."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="representatives", verbose_name=_("customer")
    )
    name = models.CharField(_("name"), max_length=160)
    role = models.CharField(_("role"), max_length=9, choices=RepresentativeRole)
    powers = ArrayField(
        models.CharField(max_length=6, choices=Power), verbose_name=_("powers"), default=list, blank=True
    )
    number = EncryptedTextField(_("document number"), purpose="customers.representative.number", null=True, blank=True)
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until"), null=True, blank=True)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )

    objects = OfBusinessQuerySet.as_manager()

    class Meta(FromSource.Meta):
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")
        permissions = [
            ("view_ownership", _("Can see owners and representatives")),
            ("change_ownership", _("Can record owners and representatives")),
        ]
        indexes = [models.Index("customer", "id", name="representative_of_customer")]
        constraints = [
            *FromSource.Meta.constraints,
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")), name="representative_ends_after_beginning"
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} {self.pk}"
