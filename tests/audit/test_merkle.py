"""Merkle trees against the vectors that Certificate Transparency's implementations share, and against each other."""

import random
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.rules.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

# transparency-dev/merkle and google/certificate-transparency: eight entries and the roots over the first n of them
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(text)
    for text in (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): INCLUSION[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
SOME_HASH = sha256(b"something else").digest()
SIZES = [*range(1, 34), 63, 64, 65, 100]


def entries(count):
    return [f"entry {k}".encode() for k in range(count)]


def recursive_root(leaves):
    """RFC 9162 section 2.1.1, as it is written there."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + recursive_root(leaves[:split]) + recursive_root(leaves[split:])).digest()


def test_the_empty_tree():
    assert root([]) == EMPTY_ROOT == ROOTS[0]


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size):
    assert root(ENTRIES[:size]) == ROOTS[size]


@pytest.mark.parametrize("size", SIZES)
def test_roots_equal_the_definition(size):
    assert root(entries(size)) == recursive_root(entries(size))


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_published_inclusion_proofs(index, size):
    proof = inclusion_proof(ENTRIES[:size], index)

    assert [part.hex() for part in proof] == INCLUSION[index, size]
    assert verify_inclusion(leaf_hash=leaf_hash(ENTRIES[index]), index=index, size=size, proof=proof, root=ROOTS[size])


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_published_consistency_proofs(old, new):
    proof = consistency_proof(ENTRIES[:new], old)

    assert [part.hex() for part in proof] == CONSISTENCY[old, new]
    assert verify_consistency(old_size=old, new_size=new, old_root=ROOTS[old], new_root=ROOTS[new], proof=proof)


@pytest.mark.parametrize("size", SIZES)
def test_every_entry_is_proved_and_nothing_else_is(size):
    leaves = entries(size)
    whole = root(leaves)
    for index in range(size):
        proof = inclusion_proof(leaves, index)
        said = {"leaf_hash": leaf_hash(leaves[index]), "index": index, "size": size, "proof": proof, "root": whole}

        assert verify_inclusion(**said)
        assert not any(verify_inclusion(**{**said, **wrong}) for wrong in wrong_inclusions(index, size, proof))


def wrong_inclusions(index, size, proof):
    """The alterations that transparency-dev/merkle tries, and some more."""
    yield from ({"index": wrong} for wrong in (index - 1, index + 1, index ^ 2, -1, size))
    yield from ({"size": wrong} for wrong in (size * 2, size // 2, 0, -1) if wrong != size)
    yield from ({"leaf_hash": wrong} for wrong in (b"", b"WrongLeaf", SOME_HASH, EMPTY_ROOT))
    yield from ({"root": wrong} for wrong in (b"", SOME_HASH, EMPTY_ROOT))
    yield from ({"proof": wrong} for wrong in wrong_proofs(proof))


def wrong_proofs(proof):
    yield [*proof, b""]
    yield [*proof, SOME_HASH]
    yield [b"", *proof]
    yield [SOME_HASH, *proof]
    if proof:
        yield proof[:-1]
        yield proof[1:]
        yield [*proof[:-1], proof[-1][:-1]]
        for part in range(len(proof)):
            yield [*proof[:part], bytes([proof[part][0] ^ 8]) + proof[part][1:], *proof[part + 1 :]]
    if len(set(proof)) > 1:
        yield [proof[-1], *proof[1:-1], proof[0]]


@pytest.mark.parametrize("new", SIZES)
def test_every_growth_is_proved_and_nothing_else_is(new):
    leaves = entries(new)
    for old in range(1, new):
        proof = consistency_proof(leaves, old)
        said = {
            "old_size": old,
            "new_size": new,
            "old_root": root(leaves[:old]),
            "new_root": root(leaves),
            "proof": proof,
        }

        assert verify_consistency(**said)
        wrong = [{"old_size": old - 1}, {"old_size": old + 1}, {"old_size": old ^ 2}, {"new_size": new * 2}]
        wrong += [{"new_size": new // 2}, {"old_root": said["new_root"], "new_root": said["old_root"]}, {"proof": []}]
        wrong += [{"old_root": other} for other in (b"WrongRoot", SOME_HASH, EMPTY_ROOT)]
        wrong += [{"new_root": other} for other in (b"WrongRoot", SOME_HASH, EMPTY_ROOT)]
        wrong += [{"proof": other} for other in wrong_proofs(proof)]
        wrong += [{"proof": [*proof, said["old_root"]]}, {"proof": [said["new_root"], *proof]}]
        assert not any(verify_consistency(**{**said, **alteration}) for alteration in wrong)


@pytest.mark.parametrize(
    ("old_size", "new_size", "old_root", "new_root", "proof", "holds"),
    [  # transparency-dev/merkle, testdata/consistency/additional
        (0, 0, b"one", b"two", [], False),
        (1, 1, b"one", b"two", [], False),
        (0, 0, b"one", b"one", [], True),
        (1, 1, b"two", b"two", [], True),
        (0, 1, b"one", b"two", [], False),
        (0, 1, EMPTY_ROOT, EMPTY_ROOT, [EMPTY_ROOT], False),
        (0, 0, EMPTY_ROOT, EMPTY_ROOT, [EMPTY_ROOT], False),
        (1, 1, EMPTY_ROOT, EMPTY_ROOT, [EMPTY_ROOT], False),
        (1, 0, b"one", b"two", [], False),
        (2, 1, b"one", b"two", [], False),
        (1, 2, b"one", b"two", [], False),
        (-1, 1, EMPTY_ROOT, EMPTY_ROOT, [], False),
        (True, 2, EMPTY_ROOT, EMPTY_ROOT, [EMPTY_ROOT], False),
        (1, 2.0, EMPTY_ROOT, EMPTY_ROOT, [EMPTY_ROOT], False),
        (1, 2, EMPTY_ROOT, None, ["not bytes"], False),
    ],
)
def test_consistency_at_the_edges(old_size, new_size, old_root, new_root, proof, holds):
    said = {"old_size": old_size, "new_size": new_size, "old_root": old_root, "new_root": new_root, "proof": proof}

    assert verify_consistency(**said) is holds


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 0), (2, 1), (1, 1), (-1, 1)])
@pytest.mark.parametrize("leaf", [b"", SOME_HASH])
@pytest.mark.parametrize("whole", [b"", EMPTY_ROOT, SOME_HASH])
def test_no_entry_is_in_a_tree_that_does_not_reach_it(index, size, leaf, whole):
    assert not verify_inclusion(leaf_hash=leaf, index=index, size=size, proof=[], root=whole)


def test_a_tree_of_one_entry_is_its_leaf_hash_and_must_be_a_hash():
    one = leaf_hash(b"data")

    assert verify_inclusion(leaf_hash=one, index=0, size=1, proof=[], root=one)
    assert not verify_inclusion(leaf_hash=b"", index=0, size=1, proof=[], root=b"")


def test_a_node_cannot_pass_for_an_entry():
    """Second pre-image: the two children of a node, taken as one entry's bytes, hash to something else."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")

    assert leaf_hash(left + right) != node_hash(left, right) == root([b"a", b"b"])


def test_a_changed_removed_inserted_or_moved_entry_changes_the_root():
    leaves = entries(20)
    rng = random.Random(7)
    for _ in range(20):
        at = rng.randrange(19)
        altered = [
            [*leaves[:at], b"changed", *leaves[at + 1 :]],
            leaves[:at] + leaves[at + 1 :],
            [*leaves[:at], b"inserted", *leaves[at:]],
            [*leaves[:at], leaves[at + 1], leaves[at], *leaves[at + 2 :]],
        ]

        assert root(leaves) not in {root(other) for other in altered}


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=60), st.data())
def test_any_log_proves_its_entries_and_its_growth(leaves, draw):
    index = draw.draw(st.integers(0, len(leaves) - 1))
    old = draw.draw(st.integers(1, len(leaves)))

    assert verify_inclusion(
        leaf_hash=leaf_hash(leaves[index]),
        index=index,
        size=len(leaves),
        proof=inclusion_proof(leaves, index),
        root=root(leaves),
    )
    assert verify_consistency(
        old_size=old,
        new_size=len(leaves),
        old_root=root(leaves[:old]),
        new_root=root(leaves),
        proof=consistency_proof(leaves, old),
    )


@pytest.mark.parametrize("index", [-1, 3, True, 0.5])
def test_there_is_no_proof_of_an_entry_that_is_not_there(index):
    with pytest.raises(ValueError, match="no entry"):
        inclusion_proof(entries(3), index)


@pytest.mark.parametrize("old_size", [-1, 4, "1"])
def test_there_is_no_proof_of_shrinking(old_size):
    with pytest.raises(ValueError, match="cannot have grown"):
        consistency_proof(entries(3), old_size)


def test_nothing_is_needed_where_nothing_grew():
    assert consistency_proof(entries(3), 3) == []
    assert consistency_proof(entries(3), 0) == []
