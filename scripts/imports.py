"""Holds the line of imports between the rooms (import-linter, without its cache)."""

import os
import sys

from importlinter.cli import lint_imports

if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    sys.exit(lint_imports(no_cache=True))
