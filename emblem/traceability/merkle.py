"""Merkle trees of logs: what a proof must come to (RFC 6962, section 2.1; verification as in RFC 9162, section 2.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

HASH_LENGTH = 32
"""Bytes of a hash."""
LARGEST_SIZE = 2**63 - 1
"""Entries of a tree."""
LONGEST_PROOF = 64
"""Hashes of a proof in a tree of any size."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without entries."""

Node = tuple[int, int]
"""A complete subtree: its height, and its number among those of that height, from the left."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_by_inclusion(hashed: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root of the tree in which an entry stands, if its proof is what it says; None where none can say that.

    Args:
        hashed: the hash of the entry.
        index: its number, from 0.
        size: how many entries the tree has.
        proof: the hashes from the entry up (RFC 9162, section 2.1.3.2).
    """
    if not 0 <= index < size or len(proof) > LONGEST_PROOF:
        return None
    node, last, result = index, size - 1, hashed
    for other in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            result = node_hash(other, result)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            result = node_hash(result, other)
        node >>= 1
        last >>= 1
    return result if last == 0 else None


def is_consistent(
    first_size: int, first_root: bytes, second_size: int, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the second tree is the first one continued (RFC 9162, section 2.1.4.2).

    Of trees of the same size, and of the empty one, no proof is needed: then it must be empty.
    """
    if not 0 <= first_size <= second_size or len(proof) > LONGEST_PROOF:
        return False
    if first_size == second_size:
        return not proof and first_root == second_root
    if first_size == 0:
        return not proof and first_root == EMPTY_ROOT
    path = list(proof)
    if first_size & (first_size - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    node, last = first_size - 1, second_size - 1
    while node & 1:
        node >>= 1
        last >>= 1
    first = second = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(other, first), node_hash(other, second)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            second = node_hash(second, other)
        node >>= 1
        last >>= 1
    return last == 0 and first == first_root and second == second_root


def inclusion_path(index: int, size: int) -> tuple[tuple[Node, ...], ...]:
    """What a proof that an entry is there is made of: for each hash the complete subtrees that it is over.

    This is PATH of RFC 6962, section 2.1.1, for whoever has the hashes of complete subtrees at hand.
    """
    return tuple(tuple(_complete(start, end)) for start, end in _inclusion(index, 0, size))


def consistency_path(first_size: int, second_size: int) -> tuple[tuple[Node, ...], ...]:
    """What a proof that the larger tree continues the smaller one is made of; as :func:`inclusion_path`.

    This is PROOF of RFC 6962, section 2.1.2.
    """
    if not 0 < first_size < second_size:
        return ()
    return tuple(tuple(_complete(start, end)) for start, end in _consistency(first_size, 0, second_size, whole=True))


def fold(nodes: Sequence[Node], hash_of: Callable[[Node], bytes]) -> bytes:
    """The hash over complete subtrees that stand side by side, from the left."""
    hashes = [hash_of(node) for node in nodes]
    result = hashes.pop()
    while hashes:
        result = node_hash(hashes.pop(), result)
    return result


def _inclusion(index: int, start: int, end: int) -> Iterator[tuple[int, int]]:
    if end - start == 1:
        return
    middle = start + _split(end - start)
    if index < middle:
        yield from _inclusion(index, start, middle)
        yield middle, end
    else:
        yield from _inclusion(index, middle, end)
        yield start, middle


def _consistency(first_size: int, start: int, end: int, *, whole: bool) -> Iterator[tuple[int, int]]:
    if first_size == end - start:
        if not whole:
            yield start, end
        return
    middle = start + _split(end - start)
    if first_size <= middle - start:
        yield from _consistency(first_size, start, middle, whole=whole)
        yield middle, end
    else:
        yield from _consistency(first_size - (middle - start), middle, end, whole=False)
        yield start, middle


def _split(size: int) -> int:
    """The largest power of two smaller than a size of 2 or more."""
    return 1 << (size - 1).bit_length() - 1


def _complete(start: int, end: int) -> Iterator[Node]:
    """The complete subtrees over the entries from ``start`` until before ``end``, from the left."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height
