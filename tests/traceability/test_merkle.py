"""Proofs of Merkle trees, against trees that are hashed as their definition says."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.traceability.merkle import (
    EMPTY_ROOT,
    LONGEST_PROOF,
    consistency_path,
    fold,
    inclusion_path,
    is_consistent,
    leaf_hash,
    root_by_inclusion,
)
from test_vectors.generator.commitments.log import consistency, inclusion, tree_hash

LEAVES = [leaf_hash(bytes([number])) for number in range(70)]
SIZES = st.integers(1, len(LEAVES))
OTHER = hashlib.sha256(b"other").digest()


@given(SIZES, st.data())
def test_the_proof_of_every_entry_leads_to_the_root(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion(index, LEAVES[:size])

    assert root_by_inclusion(LEAVES[index], index, size, proof) == tree_hash(LEAVES[:size])


@given(SIZES, st.data())
def test_a_proof_with_anything_changed_leads_elsewhere(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion(index, LEAVES[:size])
    place = data.draw(st.integers(0, len(proof)))
    changed = data.draw(st.sampled_from(["longer", "shorter", "other", "moved"]))
    wrong, at = list(proof), index
    if changed == "longer" or not proof:
        wrong.insert(place, OTHER)
    elif changed == "shorter":
        wrong.pop(place - 1)
    elif changed == "other":
        wrong[place - 1] = OTHER
    else:
        at = (index + 1) % size

    assert root_by_inclusion(LEAVES[index], at, size, wrong) != tree_hash(LEAVES[:size])


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (1, 1), (5, 3), (0, 0)])
def test_an_entry_outside_of_the_tree_has_no_proof(index: int, size: int) -> None:
    assert root_by_inclusion(LEAVES[0], index, size, []) is None


def test_a_proof_longer_than_any_tree_is_high_is_not_computed() -> None:
    assert root_by_inclusion(LEAVES[0], 0, 2**63 - 1, [OTHER] * (LONGEST_PROOF + 1)) is None


@given(SIZES, SIZES)
def test_a_tree_is_consistent_with_each_of_its_beginnings(one: int, other: int) -> None:
    first, second = sorted((one, other))
    proof = consistency(first, LEAVES[:second])

    assert is_consistent(first, tree_hash(LEAVES[:first]), second, tree_hash(LEAVES[:second]), proof)


@given(SIZES, SIZES, st.data())
def test_another_root_or_another_proof_is_not_consistent(one: int, other: int, data: st.DataObject) -> None:
    first, second = sorted((one, other))
    roots = [tree_hash(LEAVES[:first]), tree_hash(LEAVES[:second])]
    proof = consistency(first, LEAVES[:second])
    changed = data.draw(st.sampled_from(["first", "second", "proof"]))
    if changed == "proof":
        proof = [*proof, OTHER]
    else:
        roots[changed == "second"] = OTHER

    assert not is_consistent(first, roots[0], second, roots[1], proof)


def test_every_tree_continues_the_empty_one_and_none_a_larger_one() -> None:
    root = tree_hash(LEAVES[:3])

    assert is_consistent(0, EMPTY_ROOT, 3, root, [])
    assert not is_consistent(0, root, 3, root, [])
    assert not is_consistent(4, tree_hash(LEAVES[:4]), 3, root, [])
    assert not is_consistent(2, tree_hash(LEAVES[:2]), 3, root, [])


@given(SIZES, SIZES, st.data())
def test_proofs_can_be_made_of_the_hashes_of_complete_subtrees(one: int, other: int, data: st.DataObject) -> None:
    first, size = sorted((one, other))
    index = data.draw(st.integers(0, size - 1))

    def hash_of(node: tuple[int, int]) -> bytes:
        height, number = node
        assert (number + 1) << height <= size, "only complete subtrees are asked for"
        return tree_hash(LEAVES[number << height : (number + 1) << height])

    assert [fold(nodes, hash_of) for nodes in inclusion_path(index, size)] == inclusion(index, LEAVES[:size])
    assert [fold(nodes, hash_of) for nodes in consistency_path(first, size)] == consistency(first, LEAVES[:size])
