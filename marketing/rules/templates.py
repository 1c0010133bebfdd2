"""Variables in texts: `{{name}}`, or with what stands in their place `{{name|"customer"}}`. Nothing else is evaluated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

PLACE = re.compile(r"\{\{\s*([a-z_]{1,40})\s*(?:\|\s*(?:\"|&quot;)([^\"{}]{0,80}?)(?:\"|&quot;)\s*)?\}\}")
STRAY = re.compile(r"\{\{|\}\}")
CONTROL = dict.fromkeys(range(32)) | {127: None}
# Signs that turn the direction of text or join it: a name with them would turn the sentence around it.
DIRECTION = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
ON_ONE_LINE = CONTROL | DIRECTION | {10: " ", 13: " ", 9: " "}
AS_TEXT = {key: gone for key, gone in (CONTROL | DIRECTION).items() if key not in (9, 10)}
LONGEST = 500


@dataclass(frozen=True)
class Template:
    """A text taken apart once: what stands fast, and between it the variables with what stands in their place."""

    fast: tuple[str, ...]
    places: tuple[tuple[str, str], ...]

    def fill(self, values: Mapping[str, str], escape: Callable[[str], str]) -> str:
        """Return the text with `values`; each is escaped, one that is empty or missing gives its place to the other."""
        parts = [self.fast[0]]
        for (name, otherwise), following in zip(self.places, self.fast[1:], strict=True):
            parts.append(escape(values.get(name) or otherwise))
            parts.append(following)
        return "".join(parts)

    @property
    def names(self) -> set[str]:
        return {name for name, _otherwise in self.places}


def template_of(text: str) -> Template:
    """Take a text apart.

    >>> template_of('Dear {{name|"customer"}}!').fill({}, str)
    'Dear customer!'
    """
    fast, places, end = [], [], 0
    for found in PLACE.finditer(text):
        fast.append(text[end : found.start()])
        places.append((found.group(1), found.group(2) or ""))
        end = found.end()
    return Template((*fast, text[end:]), tuple(places))


def stray_braces(text: str) -> list[int]:
    """Return where braces stand that begin or end no variable."""
    blank = PLACE.sub(lambda found: " " * len(found.group(0)), text)
    return [found.start() for found in STRAY.finditer(blank)]


def on_one_line(value: str) -> str:
    """A value for a subject: no line ends, no control signs, no signs that turn the text around."""
    if _is_plain(value):
        return value
    return " ".join(value[:LONGEST].translate(ON_ONE_LINE).split())


def as_text(value: str) -> str:
    """A value for plain text: lines stay, control signs and turned text do not."""
    return value if _is_plain(value) else value[:LONGEST].translate(AS_TEXT)


def _is_plain(value: str) -> bool:
    """Almost every value: nothing in it to take out. Signs that control or turn text are not printable."""
    return len(value) <= LONGEST and value.isprintable() and "  " not in value and value == value.strip()
