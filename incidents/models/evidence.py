from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class BoardEvidence(models.Model):
    """A picture or a PDF that shows how a drill or an activation went, with the SHA-256 of its bytes. Never changed."""

    activation = models.ForeignKey(
        "incidents.Activation", models.PROTECT, related_name="evidence", verbose_name=_("activation")
    )
    name = models.CharField(_("name"), max_length=255)
    file = models.FileField(_("file"), upload_to="boards/%Y/")
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveIntegerField(_("size"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("evidence of a board")
        verbose_name_plural = _("evidence of boards")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["activation", "sha256"],
                name="board_evidence_once",
                violation_error_message=_("This file is there already."),
            )
        ]

    def __str__(self):
        return self.name
