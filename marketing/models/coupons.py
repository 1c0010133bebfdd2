from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from customers.fields import EncryptedTextField
from marketing.querysets.coupons import CouponQuerySet


class CouponBatch(models.Model):
    """One issue of coupons. Its secret, which is sealed, gives all its codes; of a code nothing but its hash is kept."""

    version = models.ForeignKey(
        "marketing.OfferVersion", models.PROTECT, related_name="batches", verbose_name=_("version")
    )
    key = models.CharField(_("key"), max_length=120, unique=True)
    secret = EncryptedTextField(_("secret"), purpose="marketing.couponbatch.secret")
    size = models.PositiveIntegerField(_("coupons"))
    uses = models.PositiveIntegerField(_("uses of each"), default=1)
    worth = models.DecimalField(_("worth of one use, at most"), max_digits=20, decimal_places=2, default=0)
    personal = models.BooleanField(_("for named customers"), default=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("issued by")
    )
    issued_at = models.DateTimeField(_("issued at"))
    exported_at = models.DateTimeField(_("codes exported at"), null=True, blank=True)
    exported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("exported by")
    )

    class Meta:
        verbose_name = _("issue of coupons")
        verbose_name_plural = _("issues of coupons")
        ordering = ["-issued_at", "-id"]

    def __str__(self):
        return self.key


class Coupon(models.Model):
    """A code that redeems an offer, of one customer or of whoever has it. Never changed; its uses are counted apart."""

    batch = models.ForeignKey(CouponBatch, models.PROTECT, related_name="coupons", verbose_name=_("issue"))
    version = models.ForeignKey(
        "marketing.OfferVersion", models.PROTECT, related_name="coupons", verbose_name=_("version")
    )
    ordinal = models.BigIntegerField()
    code_hash = models.BinaryField(unique=True, editable=False)
    tail = models.CharField(_("last four signs"), max_length=4)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, blank=True, related_name="coupons", verbose_name=_("customer")
    )
    uses = models.PositiveIntegerField(_("uses"), default=1)
    issued_at = models.DateTimeField(_("issued at"))
    expires_at = models.DateTimeField(_("expires at"))

    objects = CouponQuerySet.as_manager()

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        indexes = [
            models.Index(F("issued_at").desc(), F("id").desc(), name="coupon_newest"),
            models.Index(fields=["version", "expires_at"], name="coupon_open"),
        ]
        constraints = [models.UniqueConstraint(fields=["batch", "ordinal"], name="one_coupon_per_ordinal")]

    def __str__(self):
        return f"…{self.tail}"


class CouponUse(models.Model):
    """How often a coupon is used. Triggers alone write it; it follows from the redemptions."""

    coupon = models.OneToOneField(Coupon, models.PROTECT, primary_key=True, related_name="used")
    uses = models.PositiveIntegerField()

    def __str__(self):
        return str(self.coupon_id)


class CustomerUse(models.Model):
    """How often, and for how much, a customer has used an offer. Triggers alone write it."""

    offer = models.ForeignKey("marketing.Offer", models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    uses = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "customer"], name="one_use_per_customer_and_offer")]

    def __str__(self):
        return f"{self.offer_id}/{self.customer_id}"
