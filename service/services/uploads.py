"""Files that somebody sends us from a browser or a program: how large, and of which kind by their first bytes."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from service.rules.attachments import media_type_of, safe_name
from service.rules.letters import File

SENDABLE = {"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"}


def checked_file(file: UploadedFile) -> File:
    """Return a file under a name that deceives nobody; ValidationError for one too large, or neither picture nor PDF."""
    if (file.size or 0) > settings.CHAT_FILE_BYTES:
        raise ValidationError(
            {"file": _("The file is larger than %(n)d MiB.") % {"n": settings.CHAT_FILE_BYTES // 2**20}}
        )
    content = file.read()
    if media_type_of(content) not in SENDABLE:
        raise ValidationError({"file": _("Send a picture or a PDF.")})
    return File(safe_name(file.name or ""), content)
