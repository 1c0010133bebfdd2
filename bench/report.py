"""Runs the benchmark modules and writes what they found: bench/results.json for programs, docs/performance.md for
people."""

import importlib
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command

from audit.context import acting

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "bench" / "results.json"
PAGE = ROOT / "docs" / "performance.md"
MODULES = {
    "audit": "The log",
    "ingest": "Loading",  # before what fills this process's memory: a child's peak begins with its parent's
    "lists": "Lists and the customer's page",
    "register": "The risk register",
    "segments": "Segments",
    "campaigns": "Campaigns",
    "desk": "The desk: queue, list and search of tickets",
    "nightly": "The nightly run",  # after the lists, for it adds nights to the great data set
    "clocks": "Deadlines of tickets",
    "duplicates": "Duplicates and exports",
    "proof": "The proof of the log",
    "chat": "Live chat",
    "board": "The board of a contingency plan",
    "screening": "Screening against watch lists",
    "offers": "Redeeming offers",
}


def run_all(names: Sequence[str], *, scale: float) -> int:
    """Run the modules named, or all of them; return 1 when a goal is missed, 2 for a name that is none."""
    unknown = [name for name in names if name not in MODULES]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}: choose among {', '.join(MODULES)}.", file=sys.stderr)
        return 2
    call_command("migrate", verbosity=0)
    kept = {} if not names else _kept(set(MODULES) - set(names))
    found = {name: _run(name, scale) for name in names or MODULES}
    by_module = {name: found.get(name, kept.get(name, [])) for name in MODULES}
    results = [{**result, "module": name} for name, part in by_module.items() for result in part]
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    PAGE.write_text(page(by_module))
    return 0 if all(result["holds"] for part in found.values() for result in part) else 1


def _run(name: str, scale: float) -> list[dict[str, Any]]:
    print(f"{name} …", flush=True)
    with acting(label=f"bench:{name}"):
        results = importlib.import_module(f"bench.{name}").run(scale)
    stamped = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "commit": _commit()}
    for result in results:
        print(
            f"  {'holds' if result['holds'] else 'MISSED':<7}{result['name']}: {result['value']:,} {result['unit']}",
            flush=True,
        )
    return [{**result, **stamped} for result in results]


def _kept(names: set[str]) -> dict[str, list[dict[str, Any]]]:
    """What an earlier run found for the modules that are not run now."""
    earlier = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    return {name: [result for result in earlier if result.get("module") == name] for name in names}


def _commit() -> str:
    asked = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()


def page(by_module: dict[str, list[dict[str, Any]]]) -> str:
    """Return docs/performance.md: a table for each module."""
    parts = [
        "# Performance\n",
        "Written by `make bench`. Ratios are against a limit or a peer in the same run on the same machine; trust them",
        "more than the seconds. `SCALE=0.01 make bench` is quick and proves little.\n",
    ]
    for name, results in by_module.items():
        if results:
            parts += [
                f"## {MODULES[name]}\n",
                "| what | measured | goal | holds | rows | when | commit |",
                "|---|---:|---:|---|---:|---|---|",
            ]
            parts += [_line(result) for result in results] + [""]
    return "\n".join(parts)


def _line(result: dict[str, Any]) -> str:
    goal = (
        ""
        if result["goal"] is None
        else f"{'≤' if result['better'] == 'lower' else '≥'} {result['goal']:,} {result['unit']}"
    )
    holds = "" if result["goal"] is None else "yes" if result["holds"] else "**no**"
    return (
        f"| {result['name']} | {result['value']:,} {result['unit']} | {goal} | {holds} | {result['rows']:,} |"
        f" {result['at'][:10]} | {result['commit']} |"
    )
