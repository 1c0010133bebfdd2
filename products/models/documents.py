from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentKind(models.TextChoices):
    TERMS = "terms", _("Terms and conditions")
    KEY_FACTS = "key_facts", _("Key facts")
    RISK_DISCLOSURE = "risk_disclosure", _("Risk disclosure")
    PROSPECTUS = "prospectus", _("Prospectus")
    OTHER = "other", _("Other")


class ProductDocument(models.Model):
    """A file that belongs to a product version, kept with its hash."""

    version = models.ForeignKey("products.ProductVersion", models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind"), max_length=16, choices=DocumentKind)
    title = models.CharField(_("title"), max_length=160)
    file = models.FileField(_("file"), upload_to="products/%Y/%m/")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("product document")
        ordering = ["kind", "title"]

    def __str__(self):
        return self.title
