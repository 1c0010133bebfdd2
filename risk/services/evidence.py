"""Files as evidence of a record: under names that deceive nobody, each with the hash of its bytes."""

from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from risk.models import EvidenceFile
from service.services.uploads import checked_file
from staff.models import User

Kept = TypeVar("Kept", bound=EvidenceFile)


def keep_evidence(model: type[Kept], *, actor: User, file: UploadedFile, at: datetime, **of: Any) -> Kept:
    """Keep a picture or a PDF with the record that `of` names; the same bytes stand there once.

    Whoever calls it has locked that record and named the act. ValidationError for anything else, whatever it is called.
    """
    kept = checked_file(file)
    digest = sha256(kept.content).hexdigest()
    if model._default_manager.filter(sha256=digest, **of).exists():
        raise ValidationError({"file": _("This file is there already.")})
    return model._default_manager.create(
        name=kept.name, file=ContentFile(kept.content, f"{digest}.bin"), sha256=digest, size=len(kept.content), by=actor,
        at=at, **of,
    )  # fmt: skip
