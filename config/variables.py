"""How settings read the environment: yes or no, words, secrets."""

import os
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


def optional_secret(name: str) -> str:
    """Return a secret that nothing needs unless it is set, from the environment or a file."""
    return secret(name, "") if {name, f"{name}_FILE"} & os.environ.keys() else ""
