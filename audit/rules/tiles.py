"""Tiles: the tree cut into pieces of eight levels, so that a proof over millions of entries reads a few kilobytes.

C2SP tlog-tiles. Entry n of tile (level, index) is the root over the 256^level entries that begin at
(index * 256 + n) * 256^level; a whole tile has 256 entries of 32 bytes. Whole tiles never change. Pure: who calls says
where tiles come from. The stand-alone verifier imports this module.
"""

from collections.abc import Callable

from audit.rules.merkle import EMPTY_ROOT, HASH_SIZE, node_hash, root_of_hashes

HEIGHT = 8
WIDTH = 1 << HEIGHT
TILE_BYTES = WIDTH * HASH_SIZE

# (level, index, width) → the first `width` hashes of that tile, joined.
ReadTile = Callable[[int, int, int], bytes]


def hashes_of(tile: bytes) -> list[bytes]:
    """Return the entries of a tile."""
    return [tile[start : start + HASH_SIZE] for start in range(0, len(tile), HASH_SIZE)]


def tile_root(tile: bytes) -> bytes:
    """Return the root over the entries of a tile: for a whole one, the entry that it has one level up."""
    return root_of_hashes(hashes_of(tile))


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Return where C2SP's layout keeps a tile: `tile/0/x001/234.p/5`."""
    groups = f"{index % 1000:03d}"
    while index := index // 1000:
        groups = f"x{index % 1000:03d}/{groups}"
    return f"tile/{level}/{groups}" + (f".p/{width}" if width < WIDTH else "")


def widths(size: int) -> list[int]:
    """Return how many entries each level of tiles has for a log of `size`, lowest level first."""
    counts = []
    while size:
        counts.append(size)
        size >>= HEIGHT
    return counts


class Tree:
    """A tree of `size` entries whose hashes come from tiles."""

    def __init__(self, size: int, read: ReadTile):
        self.size, self.read = size, read

    def root(self) -> bytes:
        return self._over(0, self.size) if self.size else EMPTY_ROOT

    def inclusion(self, index: int) -> list[bytes]:
        """Return the proof that entry `index` is in this tree, lowest hash first (RFC 9162, section 2.1.3)."""
        if not 0 <= index < self.size:
            raise ValueError(f"There is no entry {index} in a log of {self.size}: the first is 0.")
        proof, begin, end = [], 0, self.size
        while end - begin > 1:
            split = begin + _largest_power_below(end - begin)
            if index < split:
                proof.append(self._over(split, end))
                end = split
            else:
                proof.append(self._over(begin, split))
                begin = split
        return proof[::-1]

    def consistency(self, old_size: int) -> list[bytes]:
        """Return the proof that this tree grew out of its first `old_size` entries (RFC 9162, section 2.1.4)."""
        if not 0 <= old_size <= self.size:
            raise ValueError(f"A log of {self.size} entries cannot have grown from one of {old_size}.")
        if old_size in (0, self.size):
            return []
        proof, begin, end = [], 0, self.size
        while end != old_size:
            split = begin + _largest_power_below(end - begin)
            if old_size <= split:
                proof.append(self._over(split, end))
                end = split
            else:
                proof.append(self._over(begin, split))
                begin = split
        if begin:
            proof.append(self._over(begin, end))
        return proof[::-1]

    def _over(self, begin: int, end: int) -> bytes:
        """Return the hash over entries `begin` to `end`; `begin` is where a subtree of that size may begin."""
        count = end - begin
        if count & (count - 1) == 0:
            return self._node(count.bit_length() - 1, begin)
        split = begin + _largest_power_below(count)
        return node_hash(self._over(begin, split), self._over(split, end))

    def _node(self, height: int, begin: int) -> bytes:
        """Return the node over the 2^height entries from `begin`, out of the tile that its leaves stand in."""
        level, rest = divmod(height, HEIGHT)
        entry = begin >> level * HEIGHT
        tile, first = divmod(entry, WIDTH)
        width = min(WIDTH, (self.size >> level * HEIGHT) - tile * WIDTH)
        data = self.read(level, tile, width)
        if len(data) < width * HASH_SIZE:
            raise ValueError(f"Tile {tile} of level {level} holds {len(data) // HASH_SIZE} hashes and needs {width}.")
        return root_of_hashes(hashes_of(data[first * HASH_SIZE : (first + (1 << rest)) * HASH_SIZE]))


def _largest_power_below(count: int) -> int:
    """Return the largest power of two that is less than `count`."""
    return 1 << (count - 1).bit_length() - 1
