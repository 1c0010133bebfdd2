"""Statements that do the work of a loop, one in a file."""

from functools import lru_cache
from pathlib import Path


@lru_cache
def statement(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
