"""Places outside that hold a checkpoint: one module a kind, each with `leave(note, size, at)`, which returns what came back.

A place that cannot be reached raises `NotLeft` with a sentence for the operator.
"""


class NotLeft(Exception):
    """The checkpoint could not be left there, and why."""
