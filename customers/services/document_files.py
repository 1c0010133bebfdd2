"""Copies of identity documents: looked at before they are kept, sealed before they touch the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from customers.encryption import key_ring, seal, unseal
from customers.models import DocumentFile, IdentityDocument
from customers.rules.uploads import kind_of_copy

LARGEST = 10 * 2**20
MOST = 10
PURPOSE = "customers.documentfile.file"


def keep_files(document: IdentityDocument, uploads: list[UploadedFile]) -> list[DocumentFile]:
    """Keep copies with a document inside the caller's transaction; every one is looked at before the first is kept."""
    if len(uploads) > MOST:
        raise ValidationError({"files": _("Choose at most %(most)s files.") % {"most": MOST}})
    checked = [(upload, _checked(upload)) for upload in uploads]
    return [_keep(document, upload.read(), media_type) for upload, media_type in checked]


def _checked(upload: UploadedFile) -> str:
    if (upload.size or 0) > LARGEST:
        raise ValidationError({"files": _("The file is larger than 10 MiB: send a smaller one.")})
    media_type = kind_of_copy(upload.read(16))
    upload.seek(0)
    if not media_type:
        raise ValidationError(
            {"files": _("%(name)s is no picture (JPEG, PNG) and no PDF by its content.") % {"name": upload.name}}
        )
    return media_type


def _keep(document: IdentityDocument, content: bytes, media_type: str) -> DocumentFile:
    kept = DocumentFile(
        document=document,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        key=key_ring().first,
    )
    # Nothing that a browser sends is used as a name.
    kept.file.save(f"{kept.sha256[:24]}.sealed", ContentFile(seal(content, purpose=PURPOSE)), save=False)
    kept.save()
    return kept


def content_of(file: DocumentFile) -> bytes:
    """Return the bytes of a copy; DecryptionError where they were changed on the disk."""
    with file.file.open("rb") as sealed:
        return unseal(sealed.read(), purpose=PURPOSE)


def seal_files_again() -> int:
    """Seal every copy again that is not under the first key, one a transaction, and return how many there were."""
    stale = DocumentFile.objects.exclude(key=key_ring().first).order_by("pk").values_list("pk", flat=True)
    return sum(_seal_again(pk) for pk in list(stale))


@transaction.atomic
def _seal_again(pk: int) -> int:
    name_act("customers.key.rotated", reason=f"sealed again under {key_ring().first}")
    file = DocumentFile.objects.select_for_update().get(pk=pk)
    content, old = content_of(file), str(file.file.name)
    file.key = key_ring().first
    file.file.save(f"{file.sha256[:24]}.sealed", ContentFile(seal(content, purpose=PURPOSE)), save=False)
    file.save(update_fields=["key", "file"])
    transaction.on_commit(partial(default_storage.delete, old))
    return 1


def drop_copies(documents: Iterator[int] | list[int]) -> list[int]:
    """Delete the copies of documents with their rows, for an erasure; return the keys of the rows."""
    files = list(DocumentFile.objects.filter(document__in=list(documents)))
    for file in files:
        transaction.on_commit(partial(default_storage.delete, str(file.file.name)))
    DocumentFile.objects.filter(pk__in=[file.pk for file in files]).delete()
    return [file.pk for file in files]
