"""Statements of this room, one a file."""

from pathlib import Path

from audit.statements import Statements

FILES = Statements(Path(__file__).parent)
statement = FILES.statement
