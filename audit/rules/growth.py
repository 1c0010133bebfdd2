"""A tree that grows leaf by leaf and tells its root at any size on the way: one pass over a log checks all its
checkpoints."""

from collections.abc import Sequence
from hashlib import sha256

from audit.rules.merkle import EMPTY_ROOT, node_hash
from audit.rules.tiles import HEIGHT, hashes_of, tile_root


class Growth:
    """Holds the roots of the full subtrees that `size` falls into, largest first: as many as it has binary ones."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []

    def add(self, hashes: Sequence[bytes], *, height: int = 0) -> None:
        """Add leaf hashes, or roots of subtrees of 2^height leaves where the size is a multiple of that."""
        for hash_ in hashes:
            merging = self.size >> height
            while merging & 1:
                hash_ = sha256(b"\1" + self.peaks.pop() + hash_).digest()
                merging >>= 1
            self.peaks.append(hash_)
            self.size += 1 << height

    def add_tile(self, tile: bytes, stops: Sequence[int]) -> tuple[dict[int, bytes], bytes]:
        """Add the hashes of a tile; return the roots at those sizes among `stops`, and the root of the tile itself."""
        whole = tile_root(tile)
        if not stops and self.size % (1 << HEIGHT) == 0 and len(tile) >> HEIGHT == 32:
            self.add([whole], height=HEIGHT)
            return {}, whole
        roots, hashes, begin = {}, hashes_of(tile), self.size
        for stop in [*stops, begin + len(hashes)]:
            self.add(hashes[self.size - begin : stop - begin])
            roots[stop] = self.root()
        return roots, whole

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root
