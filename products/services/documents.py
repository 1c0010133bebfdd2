from __future__ import annotations

import hashlib
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from products.models import ProductDocument, ProductVersion, VersionState
from staff.models import User

MAX_BYTES = 20 * 2**20
SIGNATURES = {".pdf": b"%PDF-", ".docx": b"PK\x03\x04", ".png": b"\x89PNG", ".jpg": b"\xff\xd8\xff"}


@transaction.atomic
def add_document(
    *, actor: User, version_id: int, kind: str, title: str, file: UploadedFile, at: datetime
) -> ProductDocument:
    """Keep a file with a draft version; its bytes must be what its name says, and not above 20 MiB."""
    version = ProductVersion.objects.select_for_update().get(pk=version_id)
    if version.state != VersionState.DRAFT:
        raise ValidationError(
            _("Version %(number)s was submitted: its documents are for good.") % {"number": version.number}
        )
    digest = _checked_digest(file)
    name_act("products.document.added")
    return ProductDocument.objects.create(
        version=version,
        kind=kind,
        title=title,
        file=file,
        sha256=digest,
        size=file.size or 0,
        added_at=at,
        added_by=actor,
    )


def _checked_digest(file: UploadedFile) -> str:
    ending = next((ending for ending in SIGNATURES if (file.name or "").lower().endswith(ending)), None)
    if ending is None:
        raise ValidationError(
            {"file": _("Send a file of one of these kinds: %(kinds)s.") % {"kinds": ", ".join(SIGNATURES)}}
        )
    if (file.size or 0) > MAX_BYTES:
        raise ValidationError({"file": _("The file is larger than 20 MiB: send a smaller one.")})
    digest, first = hashlib.sha256(), b""
    for chunk in file.chunks():
        first = first or chunk[:8]
        digest.update(chunk)
    if not first.startswith(SIGNATURES[ending]):
        raise ValidationError(
            {"file": _("The content of this file is not what its name says: check it and send it again.")}
        )
    file.seek(0)
    return digest.hexdigest()
