"""Evidence of how a drill or an activation went: files under names that deceive nobody, each with its hash."""

from datetime import datetime
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from incidents.models import Activation, BoardEvidence
from service.services.uploads import checked_file
from staff.models import User


@transaction.atomic
def add_evidence(*, actor: User, activation_id: int, file: UploadedFile, at: datetime) -> BoardEvidence:
    """Keep a picture or a PDF with a board, while it runs or after; the same bytes stand there once."""
    activation = Activation.objects.select_for_update(of=["self"]).get(pk=activation_id)
    kept = checked_file(file)
    digest = sha256(kept.content).hexdigest()
    if activation.evidence.filter(sha256=digest).exists():
        raise ValidationError({"file": _("This file is there already.")})
    name_act("incidents.evidence.added")
    return BoardEvidence.objects.create(
        activation=activation, name=kept.name, file=ContentFile(kept.content, f"{digest}.bin"), sha256=digest,
        size=len(kept.content), by=actor, at=at,
    )  # fmt: skip
