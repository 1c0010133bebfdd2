"""Statements of customers and their figures, one a file."""

from pathlib import Path

from audit.statements import Statements

FILES = Statements(Path(__file__).parent)
statement = FILES.statement
fingerprint = FILES.fingerprint
make_table = FILES.make_table
