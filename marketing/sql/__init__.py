"""Statements over audiences and what became of them, one a file."""

from pathlib import Path

from audit.statements import Statements

FILES = Statements(Path(__file__).parent)
statement = FILES.statement
fingerprint = FILES.fingerprint
make_table = FILES.make_table
