"""One thing that a check says of a message."""

from dataclasses import dataclass

REFUSE, WARN = "refuse", "warn"


@dataclass(frozen=True)
class Finding:
    """`severity` is `refuse` (it cannot be signed off) or `warn`; `where` names the language and the part in words.

    For programs: `kind`, `language`, `field`, and `line` (counted from 1; 0 where it is about the whole). `disclosure` is
    the one that can be put in at once."""

    severity: str
    where: str
    text: str
    kind: str = ""
    language: str = ""
    field: str = ""
    line: int = 0
    disclosure: int | None = None
