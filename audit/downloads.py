"""Files that prove something, handed out: each is an export in the log, recorded before its first byte."""

import json
from typing import Any

from django.http import HttpResponse

from audit.services import emit


def json_file(name: str, content: dict[str, Any], *, action: str, table: str = "", pk: str | int = "") -> HttpResponse:
    """Answer with `content` as a JSON file to keep."""
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    return file(name, text.encode(), "application/json", action=action, table=table, pk=pk)


def file(name: str, content: bytes, kind: str, *, action: str, table: str = "", pk: str | int = "") -> HttpResponse:
    """Answer with a file to keep; `name` is ours, never a reader's text."""
    emit("export", table=table, pk=pk, action=action, detail={"file": name, "bytes": len(content)})
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
