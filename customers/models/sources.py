from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """Where rows come from. (source, external id) names a row once and for all."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("source")
        ordering = ["code"]

    def __str__(self):
        return self.name
