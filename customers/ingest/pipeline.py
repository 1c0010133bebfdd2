"""Two pieces of a file at a time: while one moves, the next is read and checked over a connection of its own.

Pieces are read in order and move in order, so that how far a file has come stays one number; only checking overlaps
with moving.
"""

import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from typing import Protocol

from django.db import connection

from customers.ingest.mapping import FileMapping
from customers.ingest.readers import Piece, Refused, pieces
from customers.ingest.staging import stage


@dataclass(frozen=True)
class Numbered:
    """A piece that is staged on the connection of whoever took it. `line` is its first line, `records` how many it
    holds.
    """

    number: int
    piece: Piece
    line: int
    records: int
    refused: list[Refused]


class Worker(Protocol):
    """Checks and moves the pieces that it takes, until there are none."""

    def __call__(self, belt: "Belt") -> None: ...


class Belt:
    """Hands out the pieces of a file, one after another, and says whose turn it is to move."""

    def __init__(self, found: Iterator[Piece], style: FileMapping, *, columns: int, line: int):
        self.found, self.style, self.columns, self.line = found, style, columns, line
        self.taken, self.moved = 0, 0
        self.reading = threading.Lock()
        self.turn = threading.Condition()
        self.error: BaseException | None = None

    def take(self) -> Numbered | None:
        """Stage the next piece on this thread's connection; None where the file, or the patience for it, is at its
        end.
        """
        with self.reading:
            piece = next(self.found, None)
            while piece is not None and not self.error:
                records, refused = stage(piece, self.style, columns=self.columns, first_line=self.line)
                if piece.used:
                    numbered = Numbered(self.taken, piece, self.line, records, refused)
                    self.taken += 1
                    self.line += piece.content[: piece.used].count(b"\n")
                    return numbered
                piece = next(self.found, None)
        return None

    def in_turn(self, number: int, move: Callable[[], None]) -> None:
        """Move when all pieces before have moved. Raises Stopped where one of them failed."""
        with self.turn:
            self.turn.wait_for(lambda: self.moved == number or self.error is not None)
            if self.error is not None:
                raise Stopped
        move()
        with self.turn:
            self.moved += 1
            self.turn.notify_all()

    def stop(self, error: BaseException) -> None:
        with self.turn:
            self.error = self.error or error
            self.turn.notify_all()


class Stopped(Exception):
    """Another worker failed; its error is the one to tell."""


def work_through(belt: Belt, worker: Worker, *, workers: int) -> None:
    """Let so many workers, this thread among them, go through the belt; the first error of any is raised here."""
    threads = [
        threading.Thread(target=copy_context().run, args=(_elsewhere, belt, worker), name=f"ingest-{n}")
        for n in range(2, workers + 1)
    ]
    for thread in threads:
        thread.start()
    try:
        _here(belt, worker)
    finally:
        for thread in threads:
            thread.join()
    if belt.error is not None:
        raise belt.error


def _elsewhere(belt: Belt, worker: Worker) -> None:
    """A thread has a connection of its own, which ends with it."""
    try:
        _here(belt, worker)
    finally:
        connection.close()


def _here(belt: Belt, worker: Worker) -> None:
    try:
        worker(belt)
    except Stopped:
        pass
    except BaseException as error:  # an interrupt too must not leave the other thread waiting for its turn
        belt.stop(error)


def belt_of(path, style: FileMapping, *, columns: int, offset: int, line: int) -> Belt:
    return Belt(pieces(path, style, offset=offset), style, columns=columns, line=line)
