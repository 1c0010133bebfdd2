"""Statements of the desk, one a file."""

from pathlib import Path

from audit.statements import Statements

FILES = Statements(Path(__file__).parent)
statement = FILES.statement
