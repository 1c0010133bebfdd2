"""Where the tiles of the log are: whole ones in `audit_tile`, the growing edge among the leaves and the roots below."""

from typing import Any

from audit.rules.tiles import WIDTH, Tree

WHOLE = "SELECT data FROM public.audit_tile WHERE level = %s AND index = %s"
LEAVES = "SELECT hash FROM public.audit_leaf WHERE index >= %s AND index < %s ORDER BY index"
ROOTS = "SELECT root FROM public.audit_tile WHERE level = %s AND index >= %s AND index < %s ORDER BY index"


class Tiles:
    """Reads tiles through one cursor, each at most once."""

    def __init__(self, cursor: Any):
        self.cursor = cursor
        self.known: dict[tuple[int, int, int], bytes] = {}

    def read(self, level: int, index: int, width: int) -> bytes:
        """Return the first `width` hashes of a tile, or fewer where the log does not hold them."""
        key = (level, index, width)
        if key not in self.known:
            self.known[key] = self._whole(level, index) if width == WIDTH else self._growing(level, index, width)
        return self.known[key]

    def tree(self, size: int) -> Tree:
        return Tree(size, self.read)

    def _whole(self, level: int, index: int) -> bytes:
        self.cursor.execute(WHOLE, [level, index])
        row = self.cursor.fetchone()
        return bytes(row[0]) if row else b""

    def _growing(self, level: int, index: int, width: int) -> bytes:
        first = index * WIDTH
        if level:
            self.cursor.execute(ROOTS, [level - 1, first, first + width])
        else:
            self.cursor.execute(LEAVES, [first, first + width])
        return b"".join(bytes(row[0]) for row in self.cursor.fetchall())
