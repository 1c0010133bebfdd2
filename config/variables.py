"""How settings read the environment: yes or no, words, secrets."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret(name: str, development: str) -> str:
    """Return a secret from the environment or from the file that `NAME_FILE` names; production has no default."""
    if name in os.environ:
        return os.environ[name]
    if f"{name}_FILE" in os.environ:
        return Path(os.environ[f"{name}_FILE"]).read_text().strip()
    if flag("MERIDIAN_PRODUCTION"):
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE): production has no default for it.")
    return development


def groups(first: str, last: str, key: str) -> Iterator[tuple[str, str, str, str | Path]]:
    """Read variables that belong together: for each `FIRST_NAME_LAST` its start, the code that NAME gives, its value, and what
    `FIRST_NAME_KEY` says, or the file that holds it."""
    for name, value in os.environ.items():
        if name.startswith(f"{first}_") and name.endswith(f"_{last}"):
            start = name.removesuffix(last)
            code = start.removeprefix(f"{first}_").rstrip("_").lower().replace("_", "-")
            file = os.environ.get(f"{start}{key}_FILE")
            yield start, code, value, Path(file) if file else os.environ.get(f"{start}{key}", "")


def optional_secret(name: str) -> str:
    """Return a secret that nothing needs unless it is set, from the environment or a file."""
    return secret(name, "") if {name, f"{name}_FILE"} & os.environ.keys() else ""
