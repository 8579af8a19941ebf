"""The Merkle tree: published vectors, an independent implementation, and every way to cheat."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from app.proof.merkle import (
    EMPTY_ROOT,
    MAX_SIZE,
    CompactRange,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

# The test leaves of the Certificate Transparency reference implementation (RFC 6962), the root
# after each of them, and its published audit paths and consistency proofs.
VECTOR_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
VECTOR_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
VECTOR_INCLUSIONS = [
    (0, 1, []),
    (0, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (5, 8, [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
]  # fmt: skip
VECTOR_CONSISTENCIES = [
    (2, 5, [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
    (6, 8, [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
]  # fmt: skip

SIZES = st.integers(min_value=1, max_value=130)


def record(number: int) -> bytes:
    """A record unlike any other."""
    return f'{{"position":{number}}}'.encode()


def tree_of(size: int) -> Tree:
    """The tree over the first `size` records."""
    return Tree(leaf_hash(record(number)) for number in range(size))


def definition(leaves: list[bytes]) -> bytes:
    """The root straight from the definition of RFC 6962 section 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(definition(leaves[:split]), definition(leaves[split:]))


def definition_of_consistency(old: int, leaves: list[bytes], is_whole: bool) -> list[bytes]:
    """SUBPROOF straight from RFC 9162 section 2.1.4.1."""
    if old == len(leaves):
        return [] if is_whole else [definition(leaves)]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = leaves[:split], leaves[split:]
    if old <= split:
        return [*definition_of_consistency(old, left, is_whole), definition(right)]
    return [*definition_of_consistency(old - split, right, False), definition(left)]


def test_roots_are_the_published_ones():
    compact, tree = CompactRange(), Tree()
    for leaf, root in zip(VECTOR_LEAVES, VECTOR_ROOTS, strict=True):
        compact.append(leaf)
        tree.append(leaf_hash(leaf))

        assert compact.root.hex() == root
        assert tree.root().hex() == root


@pytest.mark.parametrize(("index", "size", "path"), VECTOR_INCLUSIONS)
def test_inclusion_proofs_are_the_published_ones(index, size, path):
    tree = Tree(map(leaf_hash, VECTOR_LEAVES))

    proof = tree.inclusion_proof(index, size)

    assert [each.hex() for each in proof] == path
    assert verify_inclusion(
        leaf=leaf_hash(VECTOR_LEAVES[index]),
        index=index,
        size=size,
        root=bytes.fromhex(VECTOR_ROOTS[size - 1]),
        proof=[bytes.fromhex(each) for each in path],
    )


@pytest.mark.parametrize(("old", "new", "path"), VECTOR_CONSISTENCIES)
def test_consistency_proofs_are_the_published_ones(old, new, path):
    proof = Tree(map(leaf_hash, VECTOR_LEAVES)).consistency_proof(old, new)

    assert [each.hex() for each in proof] == path
    assert verify_consistency(
        old_size=old,
        old_root=bytes.fromhex(VECTOR_ROOTS[old - 1]),
        new_size=new,
        new_root=bytes.fromhex(VECTOR_ROOTS[new - 1]),
        proof=proof,
    )


@given(SIZES, st.data())
def test_an_independent_implementation_gives_the_same_roots_and_proofs(size, data):
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    oracle = InmemoryTree(algorithm="sha256")
    for number in range(size):
        oracle.append_entry(record(number))

    tree = tree_of(size)

    assert tree.root() == definition([record(number) for number in range(size)])
    assert tree.root() == oracle.get_root(size)
    assert {tree.leaf(index), *tree.inclusion_proof(index)} == set(
        oracle.prove_inclusion(index + 1, size).path
    )
    assert tree.root(old) == oracle.get_root(old)


@given(SIZES, SIZES)
def test_a_consistency_proof_is_the_one_the_standard_defines(one, other):
    old, new = sorted((one, other))
    leaves = [record(number) for number in range(new)]

    assert tree_of(new).consistency_proof(old) == definition_of_consistency(old, leaves, True)


@given(SIZES, SIZES)
def test_every_leaf_and_every_earlier_size_can_be_proved(one, other):
    old, new = sorted((one, other))
    tree = tree_of(new)

    for index in range(old):
        assert verify_inclusion(
            leaf=tree.leaf(index),
            index=index,
            size=old,
            root=tree.root(old),
            proof=tree.inclusion_proof(index, old),
        )
    assert verify_consistency(
        old_size=old,
        old_root=tree.root(old),
        new_size=new,
        new_root=tree.root(new),
        proof=tree.consistency_proof(old, new),
    )


@given(SIZES, st.data())
def test_an_inclusion_proof_holds_for_nothing_else(size, data):
    index = data.draw(st.integers(0, size - 1))
    tree = tree_of(size)
    claim = {
        "leaf": tree.leaf(index),
        "index": index,
        "size": size,
        "root": tree.root(),
        "proof": tree.inclusion_proof(index),
    }
    changed = data.draw(
        st.sampled_from(["leaf", "index", "root", "longer", "shorter", "swapped", "bent"])
    )
    proof = list(claim["proof"])
    match changed:
        case "leaf":
            claim["leaf"] = leaf_hash(b"another")
        case "index":
            claim["index"] = data.draw(
                st.integers(-1, size + 1).filter(lambda other: other != index)
            )
        case "root":
            claim["root"] = leaf_hash(b"another")
        case "longer":
            claim["proof"] = [*proof, leaf_hash(b"another")]
        case "shorter" if proof:
            claim["proof"] = proof[:-1]
        case "swapped" if len(proof) > 1:
            claim["proof"] = proof[::-1]
        case "bent" if proof:
            claim["proof"] = [proof[0][:-1], *proof[1:]]
        case _:
            claim["size"] = MAX_SIZE + 1

    assert not verify_inclusion(**claim)


@given(SIZES, SIZES, st.data())
def test_a_log_that_was_rewritten_is_not_consistent(one, other, data):
    old, new = sorted((one, other))
    changed = data.draw(st.integers(0, old - 1))
    honest = tree_of(new)
    leaves = [record(number) for number in range(new)]
    leaves[changed] = b"rewritten"
    forged = Tree(map(leaf_hash, leaves))

    assert not verify_consistency(
        old_size=old,
        old_root=honest.root(old),
        new_size=new,
        new_root=forged.root(),
        proof=forged.consistency_proof(old),
    )


@given(st.integers(0, 70), st.integers(0, 70), st.lists(st.binary(min_size=30, max_size=33)))
def test_verifying_never_raises_whatever_the_proof_holds(one, other, proof):
    is_included = verify_inclusion(leaf=b"", index=one, size=other, root=b"", proof=proof)
    is_consistent = verify_consistency(
        old_size=one, old_root=b"x", new_size=other, new_root=b"y", proof=proof
    )

    assert not is_included
    assert not is_consistent


@given(st.integers(0, 200), st.integers(0, 60))
def test_a_stored_compact_range_goes_on_where_it_stopped(before, after):
    compact = CompactRange()
    compact.extend(record(number) for number in range(before))

    restored = CompactRange.from_bytes(compact.to_bytes())
    restored.extend(record(number) for number in range(before, before + after))

    assert restored.size == before + after
    assert restored.root == tree_of(before + after).root()
    assert compact.root == tree_of(before).root()


def test_a_copy_of_a_compact_range_leaves_the_original_alone():
    compact = CompactRange()
    compact.append(b"one")
    root = compact.root

    twin = compact.copy()
    twin.append(b"two")

    assert (compact.size, compact.root) == (1, root)
    assert twin.size == 2


@given(st.binary(max_size=200))
def test_bytes_that_are_no_stored_range_are_refused(data):
    try:
        compact = CompactRange.from_bytes(data)
    except ValueError:
        return
    assert compact.to_bytes() == data


def test_the_empty_tree_has_the_hash_of_nothing_as_root():
    assert Tree().root() == CompactRange().root == EMPTY_ROOT
    assert Tree().consistency_proof(0, 0) == []
    assert tree_of(3).consistency_proof(0, 3) == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda tree: tree.leaf(3),
        lambda tree: tree.root(4),
        lambda tree: tree.inclusion_proof(3),
        lambda tree: tree.inclusion_proof(2, 2),
        lambda tree: tree.consistency_proof(2, 4),
        lambda tree: tree.consistency_proof(3, 2),
        lambda tree: tree.append(b"short"),
    ],
)
def test_what_a_tree_has_not_got_is_an_error(ask):
    with pytest.raises(ValueError, match=r"."):
        ask(tree_of(3))
