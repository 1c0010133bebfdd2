"""Check a bundle of the log on any machine: `python verifier/audit/verifier.py FOLDER [--anchor FILE_OR_FOLDER] [--key KEY]`,
or as a module, `python -m audit.verifier …`.

Needs Python alone; with `cryptography` installed it checks time-stamps too. Ends with 0 where everything holds, else with 1
and a line for each thing that does not. Trust comes from outside the bundle: give a checkpoint that you received earlier
(an e-mail, a time-stamped file, an anchor folder) with --anchor, and the log's public key with --key.
"""

import argparse
import base64
import json
import sys
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

if not __package__:  # run as a file, by an interpreter that looks for modules nowhere else
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from audit.anchors import directory
from audit.anchors.directory import AnchoredState
from audit.rules import merkle
from audit.rules.alignment import misaligned
from audit.rules.checkpoints import Checkpoint, opened_checkpoint
from audit.rules.findings import Finding, runs
from audit.rules.notes import VerifierKey, read_verifier_key
from audit.rules.tiles import WIDTH, hashes_of, tile_root

FORMAT = "meridian-log-bundle/1"
UNZIPPED = 1 << 22


class Unreadable(Exception):
    """The bundle cannot be looked into at all."""


class Bundle:
    """What an export wrote: events as lines, hashes, a signed checkpoint, receipts."""

    def __init__(self, folder: Path, keys: list[VerifierKey]):
        self.folder = folder
        try:
            self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
            if self.manifest["format"] != FORMAT:
                raise Unreadable(
                    f"The bundle is of format {self.manifest['format']}, and this verifier reads {FORMAT}."
                )
            self.keys = keys or [read_verifier_key(text) for text in self.manifest["keys"]]
            self.first, self.last = int(self.manifest["first"]), int(self.manifest["last"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Unreadable(f"manifest.json cannot be read ({error}).") from error
        self.level0 = self._bytes("tiles/0.bin")
        self.level1 = self._bytes("tiles/1.bin")
        self.edge = self._bytes("tiles/edge.bin")
        self.tile0 = self.first // WIDTH  # the tile that level0 begins with

    def _bytes(self, name: str) -> bytes:
        path = self.folder / name
        return path.read_bytes() if path.exists() else b""

    def note(self) -> bytes:
        return self._bytes("checkpoint")

    def files(self) -> Iterator[Finding]:
        """Yield files that are gone, or other than the manifest says."""
        for name, digest in self.manifest.get("files", {}).items():
            path = self.folder / name
            if not path.is_file():
                yield Finding("truncated", detail=name)
            elif _digest(path) != digest:
                yield Finding("altered", detail=name)

    def hash_at(self, index: int) -> bytes:
        start = (index - self.tile0 * WIDTH) * 32
        return self.level0[start : start + 32]

    def root_at(self, size: int) -> bytes | None:
        """Return the root that the log had at `size`, or None where the bundle does not hold what it takes."""
        tile, rest = divmod(size, WIDTH)
        roots = hashes_of(self.level1)[:tile]
        if len(roots) < tile:
            return None
        if rest:
            start = (tile - self.tile0) * WIDTH * 32
            held = self.level0[start : start + rest * 32] if start >= 0 else b""
            if len(held) < rest * 32:
                held = self.edge[: rest * 32] if tile == len(self.level1) // 32 else b""
            if len(held) < rest * 32:
                return None
            roots.append(merkle.root_of_hashes(hashes_of(held)))
        return merkle.root_of_hashes(roots)

    def lines(self, part: str) -> Iterator[bytes]:
        """Yield the lines of one part. A damaged or cut-off file raises EOFError after its last whole line."""
        unzip, rest = zlib.decompressobj(wbits=31), b""
        with (self.folder / part).open("rb") as file:
            while block := file.read(UNZIPPED >> 2):
                try:
                    lines = (rest + unzip.decompress(block)).split(b"\n")
                except zlib.error:
                    raise EOFError from None
                rest = lines.pop()
                yield from lines
        if not unzip.eof or rest:
            raise EOFError


def _digest(path: Path) -> str:
    hashed = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            hashed.update(block)
    return hashed.hexdigest()


# Events ---------------------------------------------------------------------------------------------------------------
def check_events(bundle: Bundle) -> Iterator[Finding]:
    """Yield what is wrong with the events: first by one look at each, and where that fails row by row."""
    broken = []
    yield from _uncovered(bundle)
    for part in bundle.manifest["parts"]:
        problem = _check_part(bundle, part)
        if problem:
            broken.append(part)
            if problem == "cut":
                yield Finding("truncated", detail=part["file"])
    since = bundle.manifest.get("sealed_by", "")
    for run in _neighbours(broken):
        yield from _row_by_row(bundle, run, since)


def _uncovered(bundle: Bundle) -> Iterator[Finding]:
    """Yield places that no part holds, but those of retired months, as many as were retired."""
    parts = sorted(bundle.manifest["parts"], key=lambda part: part["first"])
    elsewhere, begin, since = bundle.manifest.get("elsewhere", []), bundle.first, bundle.manifest.get("sealed_by", "")
    allowed = sum(month["events"] for month in elsewhere)
    for first, rows in [*((part["first"], part["rows"]) for part in parts), (bundle.last + 1, 0)]:
        for index in range(begin, first):
            retired = any(month["events"] and month["first"] <= index <= month["last"] for month in elsewhere)
            allowed -= retired
            if not retired or allowed < 0:
                yield Finding("missing", index=index, since=since)
        begin = first + rows


def _check_part(bundle: Bundle, part: dict[str, Any]) -> str:
    """Return "" where every line is the one that was sealed at its place, else what is wrong in a word."""
    index, end = part["first"], part["first"] + part["rows"]
    offset, known, base = bundle.tile0 * WIDTH, bundle.level0, sha256(b"\0")
    position = (index - offset) * 32
    try:
        for line in bundle.lines(part["file"]):
            label, _, leaf = line.partition(b",")
            hashed = base.copy()
            hashed.update(leaf[:-1])
            if hashed.digest() != known[position : position + 32] or label != b"[%d" % index or leaf[-1:] != b"]":
                return "differs"
            index, position = index + 1, position + 32
    except (EOFError, OSError):
        return "cut"
    return "" if index == end else "differs"


def _neighbours(parts: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield broken parts that follow each other together: a row may have moved from one into the next."""
    run: list[dict[str, Any]] = []
    for part in parts:
        if run and part["first"] != run[-1]["first"] + run[-1]["rows"]:
            yield run
            run = []
        run.append(part)
    if run:
        yield run


def _row_by_row(bundle: Bundle, parts: list[dict[str, Any]], since: str) -> Iterator[Finding]:
    lines = []
    for part in parts:
        try:
            lines.extend(bundle.lines(part["file"]))
        except (EOFError, OSError):
            continue  # told already
    rows = [_row(line) for line in lines]
    first, end = parts[0]["first"], parts[-1]["first"] + parts[-1]["rows"]
    known = [bundle.hash_at(index) for index in range(first, end)]
    yield from misaligned(rows, known, first, lambda position: _event(lines[position]), since)


def _row(line: bytes) -> tuple[int, bytes]:
    label, _, leaf = line.partition(b",")
    number = label[1:]
    return (int(number) if number.isdigit() else -1, merkle.leaf_hash(leaf[:-1]))


def _event(line: bytes) -> int | None:
    try:
        return json.loads(line)[1]["id"]
    except (ValueError, LookupError, TypeError):
        return None


# Tree -----------------------------------------------------------------------------------------------------------------
def check_tree(bundle: Bundle) -> Iterator[Finding]:
    """Yield tiles that do not fit together, and a checkpoint that is not theirs or not signed by the log's key."""
    roots = hashes_of(bundle.level1)
    for offset in range(0, len(bundle.level0) // (WIDTH * 32)):
        index = bundle.tile0 + offset
        tile = bundle.level0[offset * WIDTH * 32 : (offset + 1) * WIDTH * 32]
        if index >= len(roots) or tile_root(tile) != roots[index]:
            yield Finding("tile", index=index, level=0)
    try:
        checkpoint = opened_checkpoint(bundle.note(), bundle.keys, origin=bundle.manifest["origin"])
    except ValueError as error:
        yield Finding("signature", index=bundle.manifest.get("size"), detail=str(error))
        return
    if checkpoint.size != bundle.manifest["size"] or bundle.root_at(checkpoint.size) != checkpoint.root:
        yield Finding("root", index=checkpoint.size, since="?")
    yield from _earlier(bundle, checkpoint)


def _earlier(bundle: Bundle, checkpoint: Checkpoint) -> Iterator[Finding]:
    """Yield earlier checkpoints of the bundle that the log does not continue."""
    for entry in _json_lines(bundle.folder / "checkpoints.jsonl"):
        try:
            earlier = opened_checkpoint(entry["note"], bundle.keys, origin=checkpoint.origin)
        except ValueError as error:
            yield Finding("signature", index=entry.get("size"), detail=str(error))
            continue
        if not _continues(bundle, earlier, checkpoint, entry.get("hashes", [])):
            yield Finding("root", index=earlier.size, since=entry.get("at", "?"))


def _continues(bundle: Bundle, earlier: Checkpoint, checkpoint: Checkpoint, hashes: list[str]) -> bool:
    proof = [bytes.fromhex(hash_) for hash_ in hashes]
    return merkle.verify_consistency(
        old_size=earlier.size, new_size=checkpoint.size, old_root=earlier.root, new_root=checkpoint.root, proof=proof
    )


def _json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


# Anchors ----------------------------------------------------------------------------------------------------------------
def check_anchors(bundle: Bundle, paths: list[Path]) -> Iterator[Finding]:
    """Yield what does not agree with checkpoints that were received earlier."""
    agreed = 0
    states = sorted((state for path in paths for state in _states(bundle, path)), key=lambda state: state.size)
    size = bundle.manifest["size"]
    for state in states:
        if state.problem:
            yield Finding("receipt", index=state.size, detail=f"{state.place}: {state.problem}")
        elif state.size > size:
            yield Finding("shorter", index=state.size, last=size, since=state.at)
        else:
            root = _root_for(bundle, state.size)
            if root is None:
                yield Finding("uncompared", index=state.size)
            elif root != state.root:
                yield Finding("anchor", index=state.size, since=state.at, detail=state.place, first=agreed)
            else:
                agreed = state.size
    for path in paths:
        if path.is_dir():
            yield from _against_tiles(bundle, path, states)


def _root_for(bundle: Bundle, size: int) -> bytes | None:
    """Return the root at an earlier size: out of the hashes, or of a checkpoint in the bundle, which is checked there."""
    root = bundle.root_at(size)
    if root is None:
        for entry in _json_lines(bundle.folder / "checkpoints.jsonl"):
            if entry.get("size") == size:
                return opened_checkpoint(entry["note"], bundle.keys).root
    return root


def _states(bundle: Bundle, path: Path) -> list[AnchoredState]:
    if path.is_dir():
        return list(directory.states(path, bundle.keys, origin=bundle.manifest["origin"]))
    try:
        checkpoint = opened_checkpoint(path.read_bytes(), bundle.keys, origin=bundle.manifest["origin"])
    except (OSError, ValueError) as error:
        return [AnchoredState(0, b"", "?", str(path), str(error))]
    return [AnchoredState(checkpoint.size, checkpoint.root, "?", str(path))]


def _against_tiles(bundle: Bundle, folder: Path, states: list[AnchoredState]) -> Iterator[Finding]:
    """Yield each row that is another than the one whose hash an anchor folder holds."""
    for tile, hashes in directory.tiles(folder):
        for offset, anchored in enumerate(hashes_of(hashes)):
            index = tile * WIDTH + offset
            ours = bundle.hash_at(index) if tile >= bundle.tile0 else b""
            if ours and ours != anchored:
                since = next((state.at for state in states if state.size > index), "?")
                yield Finding("rewritten", index=index, since=since)


def check_receipts(bundle: Bundle) -> Iterator[Finding]:
    """Yield time-stamps that do not hold; without `cryptography` none is looked at, and that is said."""
    entries = [entry for entry in _json_lines(bundle.folder / "receipts.jsonl") if entry["kind"] == "timestamp"]
    if not entries:
        return
    try:
        from audit.rules.timestamps import read_time_stamp
    except ImportError:
        print(f"{len(entries)} time-stamps are not checked: install cryptography for that.", file=sys.stderr)
        return
    for entry in entries:
        try:
            read_time_stamp(base64.b64decode(entry["receipt"]), entry["note"].encode())
        except ValueError as error:
            yield Finding("receipt", index=entry["size"], detail=str(error))


# Command ----------------------------------------------------------------------------------------------------------------
def verify(folder: Path, *, anchors: list[Path] | None = None, keys: list[VerifierKey] | None = None) -> list[Finding]:
    """Return everything that does not hold in a bundle; nothing where all does."""
    try:
        bundle = Bundle(folder, keys or [])
        found = [*bundle.files(), *check_tree(bundle), *check_events(bundle), *check_receipts(bundle)]
        return list(runs([*found, *check_anchors(bundle, anchors or [])]))
    except Unreadable as error:
        return [Finding("unreadable", detail=str(error))]
    except (ValueError, LookupError, TypeError, OSError) as error:
        return [
            Finding("unreadable", detail=f"The bundle is damaged beyond reading ({type(error).__name__}: {error}).")
        ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m audit.verifier", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)  # fmt: skip
    parser.add_argument("folder", type=Path)
    parser.add_argument("--anchor", type=Path, action="append", default=[], help="a checkpoint or an anchor folder")
    parser.add_argument("--key", action="append", default=[], help="a public key of the log; else those in the bundle")
    given = parser.parse_args(arguments)
    try:
        keys = [read_verifier_key(text) for text in given.key]
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    findings = verify(given.folder, anchors=given.anchor, keys=keys)
    for finding in findings:
        print(finding.sentence())
    if findings:
        print(f"{len(findings)} things do not hold.")
        return 1
    manifest = json.loads((given.folder / "manifest.json").read_bytes())
    rows = sum(part["rows"] for part in manifest["parts"])
    print(
        f"Everything holds: {rows} events, places {manifest['first']} to {manifest['last']} of a log of {manifest['size']}."
    )
    if not keys:
        print(
            "The public key was taken from the bundle: compare it with the one you were given: "
            + ", ".join(manifest["keys"])
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
