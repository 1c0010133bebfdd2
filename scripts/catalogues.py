"""Compiles `locale/*/LC_MESSAGES/*.po` that changed since, with Babel: no gettext is needed at set-up."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent


def compile_stale() -> int:
    """Compile every catalogue older than its source; return how many."""
    done = 0
    for source in sorted((ROOT / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parts[-3])
        fresh = target.with_suffix(f".{os.getpid()}")
        with fresh.open("wb") as binary:
            write_mo(binary, catalogue)
        fresh.replace(target)
        done += 1
    return done


if __name__ == "__main__":
    compile_stale()
