from django.db import models
from django.utils.translation import gettext_lazy as _

from risk.models import EvidenceFile


class BoardEvidence(EvidenceFile):
    """A picture or a PDF that shows how a drill or an activation went."""

    activation = models.ForeignKey(
        "incidents.Activation", models.PROTECT, related_name="evidence", verbose_name=_("activation")
    )
    file = models.FileField(_("file"), upload_to="boards/%Y/")

    class Meta(EvidenceFile.Meta):
        verbose_name = _("evidence of a board")
        verbose_name_plural = _("evidence of boards")
        constraints = [
            models.UniqueConstraint(
                fields=["activation", "sha256"],
                name="board_evidence_once",
                violation_error_message=_("This file is there already."),
            )
        ]
