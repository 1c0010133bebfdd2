import pytest

from audit.rules import merkle
from audit.rules.tiles import WIDTH, Tree, tile_path, widths

SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 300, 512, 1000, 1025, 66_000]


def tiled(size: int) -> tuple[list[bytes], Tree]:
    """Return the entries of a log and its tree over tiles."""
    entries = [str(number).encode() for number in range(size)]
    levels = [[merkle.leaf_hash(entry) for entry in entries]]
    while len(levels[-1]) >= WIDTH:
        below = levels[-1]
        levels.append([merkle.root_of_hashes(below[k : k + WIDTH]) for k in range(0, len(below) - WIDTH + 1, WIDTH)])
    return entries, Tree(size, lambda level, index, width: b"".join(levels[level][index * WIDTH :][:width]))


@pytest.mark.parametrize("size", SIZES)
def test_proofs_out_of_tiles_are_those_out_of_all_entries(size):
    entries, tree = tiled(size)
    root = merkle.root(entries)

    assert tree.root() == root
    for index in {0, size // 3, size // 2, size - 1}:
        proof = tree.inclusion(index)
        leaf = merkle.leaf_hash(entries[index])
        assert merkle.verify_inclusion(leaf_hash=leaf, index=index, size=size, proof=proof, root=root)
        if size < 2000:
            assert proof == merkle.inclusion_proof(entries, index)
    for old in {1, size // 3, size // 2, size - 1, size} - {0}:
        proof = tree.consistency(old)
        old_root = merkle.root(entries[:old])
        assert merkle.verify_consistency(old_size=old, new_size=size, old_root=old_root, new_root=root, proof=proof)
        if size < 2000:
            assert proof == merkle.consistency_proof(entries, old)


def test_the_empty_tree_has_its_root_and_no_entry():
    tree = Tree(0, lambda level, index, width: b"")

    assert tree.root() == merkle.EMPTY_ROOT
    with pytest.raises(ValueError, match="no entry 0 in a log of 0"):
        tree.inclusion(0)


def test_a_tile_that_is_shorter_than_the_log_is_named():
    tree = Tree(256, lambda level, index, width: b"x" * 32)

    with pytest.raises(ValueError, match=r"Tile 0 of level 0 holds 1 hashes and needs 256\."):
        tree.inclusion(3)


@pytest.mark.parametrize("old", [-1, 301])
def test_a_log_cannot_have_grown_from_a_larger_one(old):
    _, tree = tiled(300)

    with pytest.raises(ValueError, match=f"cannot have grown from one of {old}"):
        tree.consistency(old)


def test_paths_are_those_of_the_specification():
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(3, 0, 5) == "tile/3/000.p/5"


def test_widths_count_the_hashes_of_each_level():
    assert widths(70_000) == [70_000, 273, 1]
    assert widths(0) == []
