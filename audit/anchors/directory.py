"""A folder as an anchor: a mounted object store that locks what is written, or a disk of somebody else.

    checkpoints/00000000000000000393-20261125T024400Z.txt      signed notes
    tile/0/000, tile/0/001.p/137                               leaf hashes (C2SP's layout), to say which row was rewritten
    keys.txt                                                   public keys

Files are made once and never written again; tiles only where they are new. Standard library alone: the stand-alone
verifier reads such a folder with this module.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from audit.anchors import NotLeft
from audit.rules.checkpoints import opened_checkpoint
from audit.rules.notes import VerifierKey
from audit.rules.tiles import HEIGHT, TILE_BYTES, WIDTH, tile_path

STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class AnchoredState:
    """A checkpoint that is held outside: or, with `problem`, a file there that is none of ours."""

    size: int
    root: bytes
    at: str
    place: str
    problem: str = ""


def leave(folder: Path, note: str, size: int, at: datetime, keys: str, tile: Callable[[int, int], bytes]) -> bytes:
    """Put a checkpoint and the tiles that it adds into the folder; return the name of its file.

    `tile(index, width)` gives leaf hashes. Refuses, with NotLeft, where the folder holds a later state than ours: then a
    backup was restored, or the folder is another log's.
    """
    try:
        newest = max((int(path.name[:20]) for path in _files(folder)), default=0)
        if newest > size:
            raise NotLeft(
                f"{folder} holds a checkpoint of {newest} entries and the log has {size}: a backup was restored, or its "
                "end was cut off. Run audit_verify --full."
            )
        for index in range(newest >> HEIGHT, (size + WIDTH - 1) >> HEIGHT):
            width = min(WIDTH, size - index * WIDTH)
            _make(folder / tile_path(0, index, width), tile(index, width))
        path = folder / "checkpoints" / f"{size:020d}-{at:{STAMP}}.txt"
        if newest < size:
            _make(path, note.encode())
        _make(folder / "keys.txt", keys.encode())
    except OSError as error:
        raise NotLeft(
            f"{folder} cannot be written ({error.strerror or error}): mount it, or make room there."
        ) from error
    return path.name.encode()


def _make(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, once, and to the disk."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(0o444)
    draft.replace(path)


def _files(folder: Path) -> list[Path]:
    return sorted((folder / "checkpoints").glob("[0-9]" * 20 + "-*.txt"))


def states(folder: Path, keys: list[VerifierKey], *, origin: str = "") -> Iterator[AnchoredState]:
    """Yield what the folder holds, smallest first."""
    for path in _files(folder):
        size, _, stamp = path.stem.partition("-")
        at = _moment(stamp)
        try:
            checkpoint = opened_checkpoint(path.read_bytes(), keys, origin=origin)
        except ValueError as error:
            yield AnchoredState(int(size), b"", at, str(path), str(error))
            continue
        yield AnchoredState(checkpoint.size, checkpoint.root, at, str(path))


def tiles(folder: Path, *, first: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield (index, hashes) of the tiles that the folder holds from `first` on, of each the widest, in order."""
    index = first
    while True:
        whole = folder / tile_path(0, index)
        if whole.exists():
            yield index, whole.read_bytes()[:TILE_BYTES]
        else:
            parts = sorted(whole.with_name(f"{whole.name}.p").glob("*"), key=lambda part: int(part.name.split(".")[0]))
            if parts:
                yield index, parts[-1].read_bytes()
            elif not (folder / tile_path(0, index + 1)).exists():
                return
        index += 1


def _moment(stamp: str) -> str:
    try:
        return f"{datetime.strptime(stamp, STAMP):%Y-%m-%d %H:%M:%S} UTC"
    except ValueError:
        return stamp
