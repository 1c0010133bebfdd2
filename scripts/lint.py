"""What is checked besides the tests; every check runs, so that one look shows all that is wrong."""

import subprocess
import sys

CHECKS = {
    "style": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "templates": ["djlint", "templates", "--lint", "--quiet"],
    "imports between rooms": ["scripts.imports"],
    "types": ["mypy"],
}


def main() -> int:
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    if failed:
        print(f"Not in order: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def passes(name: str, command: list[str]) -> bool:
    print(f"-- {name}: python -m {' '.join(command)}", flush=True)
    return subprocess.run([sys.executable, "-m", *command]).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
