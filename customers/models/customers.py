from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from customers.fields import EncryptedTextField
from customers.querysets.customers import CustomerQuerySet


class CustomerKind(models.TextChoices):
    INDIVIDUAL = "individual", _("Individual")
    BUSINESS = "business", _("Business")


class CustomerStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    REVIEW = "review", _("In review")
    FROZEN = "frozen", _("Frozen")
    CLOSED = "closed", _("Closed")


class CustomerRisk(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    UNKNOWN = "", _("Not known")


class IdentityKind(models.TextChoices):
    RESIDENT_ID = "resident_id", _("Resident identity card")
    PASSPORT = "passport", _("Passport")
    HK_ID = "hk_id", _("Hong Kong identity card")
    TW_ID = "tw_id", _("Taiwan identity card")
    CREDIT_CODE = "credit_code", _("Unified social credit code")
    OTHER = "other", _("Other document")


class NameVector(Func):
    """Words of a name for search: Latin words as they are, each CJK character a word of its own."""

    function = "customers_name_vector"
    output_field = SearchVectorField()


class Customer(models.Model):
    """A person or a business that deals with the company. Names are plain; contact and identity fields are encrypted."""

    reference = models.CharField(
        _("customer no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="customers_next_reference", output_field=models.CharField()),
    )
    source = models.ForeignKey("customers.Source", models.PROTECT, null=True, blank=True, related_name="+")
    external_id = models.CharField(_("number at its source"), max_length=64, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=CustomerKind, default=CustomerKind.INDIVIDUAL)
    name = models.CharField(_("name"), max_length=160)
    sex = models.CharField(_("sex"), max_length=6, choices=Sex, blank=True, default="")
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    phone = EncryptedTextField(_("phone"), purpose="customers.customer.phone", null=True, blank=True)
    phone_index = models.BinaryField(null=True, blank=True, editable=False)
    phone_tail_index = models.BinaryField(null=True, blank=True, editable=False)
    email = EncryptedTextField(_("e-mail"), purpose="customers.customer.email", null=True, blank=True)
    email_index = models.BinaryField(null=True, blank=True, editable=False)
    address = EncryptedTextField(_("address"), purpose="customers.customer.address", null=True, blank=True)
    identity_kind = models.CharField(_("identity document"), max_length=12, choices=IdentityKind, blank=True)
    identity_number = EncryptedTextField(
        _("identity number"), purpose="customers.customer.identity_number", null=True, blank=True
    )
    identity_index = models.BinaryField(null=True, blank=True, editable=False)
    identity_tail_index = models.BinaryField(null=True, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=8, choices=CustomerStatus, default=CustomerStatus.ACTIVE)
    risk_level = models.CharField(_("risk"), max_length=6, choices=CustomerRisk, default=CustomerRisk.LOW)
    region = models.CharField(_("region"), max_length=40, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    currency = models.CharField(_("currency"), max_length=3, help_text=_("The currency that their figures are in."))
    lines = ArrayField(models.CharField(max_length=20), verbose_name=_("business lines"), default=list, blank=True)
    relationship_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("relationship owner"),
    )
    joined_on = models.DateField(_("customer since"))
    created_at = models.DateTimeField(_("recorded at"), db_default=Func(function="now"), editable=False)
    restricted_at = models.DateTimeField(_("restricted since"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("merged into"), db_index=False
    )
    # The other side of `merged_into`, so that reading what a customer has costs no query more.
    absorbed = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    search = models.GeneratedField(
        expression=NameVector(F("name")), output_field=SearchVectorField(), db_persist=True, editable=False
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        permissions = [
            ("view_name", _("Can see customers' names in full")),
            ("export_customer", _("Can export customers")),
            ("bulk_edit_customer", _("Can edit many customers at once")),
        ]
        indexes = [
            GinIndex(fields=["search"], name="customer_search"),
            GinIndex(fields=["lines"], name="customer_lines"),
            models.Index(fields=["phone_index"], name="customer_phone", condition=Q(phone_index__isnull=False)),
            models.Index(
                fields=["phone_tail_index"], name="customer_phone_tail", condition=Q(phone_tail_index__isnull=False)
            ),
            models.Index(fields=["email_index"], name="customer_email", condition=Q(email_index__isnull=False)),
            models.Index(
                fields=["identity_index"], name="customer_identity", condition=Q(identity_index__isnull=False)
            ),
            models.Index(
                fields=["identity_tail_index"],
                name="customer_identity_tail",
                condition=Q(identity_tail_index__isnull=False),
            ),
            models.Index("region", F("id").desc(), name="customer_region"),
            models.Index("status", F("id").desc(), name="customer_status"),
            models.Index("risk_level", F("id").desc(), name="customer_risk"),
            models.Index("relationship_owner", F("id").desc(), name="customer_owner"),
            # A line's customers, newest first: the index over all lines cannot give them in order.
            *(
                models.Index(F("id").desc(), condition=Q(lines__contains=[line]), name=f"customer_{line}")
                for line in ("payment", "p2p", "wealth", "insurance", "fund", "supply_chain")
            ),
            models.Index(
                fields=["id"], include=["merged_into"], condition=Q(merged_into__isnull=False), name="customer_merged"
            ),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="customer_merged_into"),
            models.Index("name", "id", name="customer_by_name"),
            models.Index(F("joined_on").desc(), F("id").desc(), name="customer_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="one_customer_per_source_and_number",
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="customer_has_a_name", violation_error_message=_("Write a name.")
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="customer_not_merged_into_itself"
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def numbers(self):
        """Keys under which this customer's movements and words stand: their own, and of who was merged into them."""
        return [self.pk, *self.absorbed]

    @property
    def movements(self):
        """Transactions of this customer, whichever number they were booked under."""
        from customers.models.transactions import Transaction

        own = self.numbers
        return Transaction.objects.filter(customer_id__in=own) if len(own) > 1 else self.transactions.all()
