"""How people call what stands in this room: for the log, which knows keys alone."""


def register() -> None:
    """Name nothing yet."""
