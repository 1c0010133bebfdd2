from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class EvidenceFile(models.Model):
    """A picture or a PDF kept as evidence of a record, with the SHA-256 of its bytes. Each table's trigger holds that it
    never changes; `file` stands in each of them, because each keeps its files in a folder of its own."""

    name = models.CharField(_("name"), max_length=255)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField(_("size"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        abstract = True
        ordering = ["at", "id"]

    def __str__(self):
        return self.name
