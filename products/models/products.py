from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from products.querysets.products import ProductQuerySet


class ProductStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    APPROVED = "approved", _("Approved")
    ON_SALE = "on_sale", _("On sale")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class RiskRating(models.TextChoices):
    """Product risk classes of the suitability rules, lowest first."""

    R1 = "R1", _("R1 low")
    R2 = "R2", _("R2 medium-low")
    R3 = "R3", _("R3 medium")
    R4 = "R4", _("R4 medium-high")
    R5 = "R5", _("R5 high")


class Jurisdiction(models.TextChoices):
    CN = "CN", _("Mainland China")
    HK = "HK", _("Hong Kong")
    TW = "TW", _("Taiwan")
    CZ = "CZ", _("Czech Republic")
    EU = "EU", _("European Union")
    UK = "UK", _("United Kingdom")
    US = "US", _("United States")


class Product(models.Model):
    """What the company sells in one line. Its terms stand in numbered versions; `version` is the one in force."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    line = models.ForeignKey("products.BusinessLine", models.PROTECT, related_name="products", verbose_name=_("line"))
    status = models.CharField(_("status"), max_length=10, choices=ProductStatus, default=ProductStatus.DRAFT)
    currency = models.CharField(_("currency"), max_length=3)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, choices=Jurisdiction)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("owner"),
    )
    version = models.ForeignKey(
        "products.ProductVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("version")
    )
    created_at = models.DateTimeField(_("created at"))

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["code"]
        permissions = [
            ("submit_productversion", _("Can submit a product version")),
            ("check_version", _("Can approve product versions")),
            ("move_product", _("Can move a product to another status")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"),
                name="product_currency_is_iso",
                violation_error_message=_("Write the currency as three capital letters, such as CNY."),
            )
        ]

    def __str__(self):
        return self.name


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")


class ProductVersion(models.Model):
    """Terms of a product under a number. Once submitted it never changes: a trigger refuses, whoever asks."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="versions", verbose_name=_("product"))
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState, default=VersionState.DRAFT)
    risk_rating = models.CharField(_("risk rating"), max_length=2, choices=RiskRating)
    target_group = models.TextField(_("target group"), blank=True)
    description = models.TextField(_("description"), blank=True)
    terms = models.JSONField(_("terms of its line"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("product version")
        ordering = ["product", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["product", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["product"],
                condition=models.Q(state="draft"),
                name="one_draft_version_per_product",
                violation_error_message=_("This product already has a draft version."),
            ),
        ]

    def __str__(self):
        return f"{self.product} v{self.number}"
