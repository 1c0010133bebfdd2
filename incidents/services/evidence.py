"""Evidence of how a drill or an activation went."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from audit.services import name_act
from incidents.models import Activation, BoardEvidence
from risk.services.evidence import keep_evidence
from staff.models import User


@transaction.atomic
def add_evidence(*, actor: User, activation_id: int, file: UploadedFile, at: datetime) -> BoardEvidence:
    """Keep a picture or a PDF with a board, while it runs or after; the same bytes stand there once."""
    activation = Activation.objects.select_for_update(of=["self"]).get(pk=activation_id)
    name_act("incidents.evidence.added")
    return keep_evidence(BoardEvidence, actor=actor, file=file, at=at, activation=activation)
