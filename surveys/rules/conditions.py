"""Conditions as people write them, a line each: `income is low, none`, `age least 18`, `age most 64`."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from surveys.rules.definitions import KEY, Condition

LINE = re.compile(r"(?P<not>not\s+)?(?P<key>\S+)\s+(?P<verb>is|least|most)\s+(?P<value>.+)")
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")


def read_condition(text: str, joined: str = "all") -> dict[str, Any] | None:
    """Return the condition that the lines say, joined by `all` or `any`; None for no line. ValueError names the line
    that is none."""
    lines = [line.strip() for line in text.replace("，", ",").splitlines() if line.strip()]
    conditions = [_read_line(line) for line in lines]
    if not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else {joined: conditions}


def _read_line(line: str) -> dict[str, Any]:
    found = LINE.fullmatch(line)
    if found is None or not KEY.fullmatch(found["key"]):
        raise ValueError(
            _("“%(line)s” is no condition: write “question is option”, “question least 3” or “question most 5”.")
            % {"line": line[:80]}
        )
    if found["verb"] == "is":
        read: dict[str, Any] = {
            "question": found["key"], "is": [one.strip() for one in found["value"].split(",") if one.strip()]
        }  # fmt: skip
    elif NUMBER.fullmatch(found["value"].strip()):
        read = {"question": found["key"], found["verb"]: found["value"].strip()}
    else:
        raise ValueError(_("“%(line)s”: write a number after “least” and “most”.") % {"line": line[:80]})
    return {"not": read} if found["not"] else read


def write_condition(condition: Condition | None) -> tuple[str, str]:
    """Return the lines of a condition and what joins them, as `read_condition` reads them."""
    if not condition:
        return "", "all"
    joined = next((word for word in ("all", "any") if word in condition), None)
    parts = condition[joined] if joined else [condition]
    return "\n".join(_write_line(one) for one in parts), joined or "all"


def _write_line(condition: Condition) -> str:
    if "not" in condition:
        return f"not {_write_line(condition['not'])}"
    if "is" in condition:
        return f"{condition['question']} is {', '.join(condition['is'])}"
    verb = "least" if "least" in condition else "most"
    return f"{condition['question']} {verb} {condition[verb]}"
