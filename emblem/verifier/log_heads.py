"""The latest tree head of a log: signed by it, and of the same tree that was seen before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from emblem.errors import MalformedError
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.time import numeric_date
from emblem.traceability.log_answers import consistency_resource, decode_consistency, tree_head_resource
from emblem.traceability.log_list import Log, LogKind
from emblem.traceability.merkle import Node, consistency_path, fold, is_consistent
from emblem.traceability.resources import Fetched
from emblem.traceability.seen import SeenTreeHeads
from emblem.traceability.static_log import (
    Tile,
    check_tile,
    checkpoint_resource,
    full,
    subtree_hash,
    tile_resource,
    tiles_for,
)
from emblem.traceability.tree_head import TreeHead, decode_checkpoint, decode_tree_head
from emblem.verifier.asking import Asking, fetch
from emblem.verifier.unsettled import UnsettledError, content_of, get, malformed

SKEW = timedelta(minutes=5)
"""By how much the clock of a log may be ahead of ours."""

_MILLISECONDS = 1000
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class CheckedHead:
    """A tree head that its log signed.

    ``consistent`` tells that it was shown to go with one seen before; ``doubt`` why that could not be found out, where
    there was one.
    """

    head: TreeHead
    consistent: bool = False
    doubt: Reason | None = None


@dataclass(frozen=True, slots=True)
class Heads:
    """Tree heads seen before something began, with which what it finds is compared, and where that is put.

    So all that is found out together is compared with the same.
    """

    before: SeenTreeHeads
    found: SeenTreeHeads

    @classmethod
    def since(cls, seen: SeenTreeHeads | None) -> Heads:
        """Compare with what was seen until now, and add to it; with nothing, where nothing is kept."""
        return cls(SeenTreeHeads(seen.heads if seen else ()), seen or SeenTreeHeads())


def latest_head(log: Log, heads: Heads, now: datetime) -> Asking[CheckedHead]:
    """Fetch the latest tree head of a log, and compare it with the one seen before.

    Raises:
        UnsettledError: there is none that can be used, or the log shows two trees.
    """
    static = log.kind is LogKind.STATIC
    resource = checkpoint_resource(log) if static else tree_head_resource(log)
    data = yield from get(resource)
    try:
        if static:
            head = decode_checkpoint(resource.purpose, data, log.log_id, log.submission_address)
        else:
            head = decode_tree_head(resource.purpose, data, log.log_id)
    except MalformedError as error:
        raise malformed(error) from error
    if not head.is_signed_by(log.key):
        raise UnsettledError(ReasonCode.LOG_HEAD_UNSIGNED, f"{resource.purpose}: its signature is not one of the log")
    if head.time > numeric_date(now + SKEW) * _MILLISECONDS:
        raise UnsettledError(ReasonCode.LOG_ANSWER_MALFORMED, f"{resource.purpose}: its time lies in the future")
    earlier = heads.before.latest(log.log_id)
    checked = CheckedHead(head)
    if earlier is not None and earlier.is_signed_by(log.key):
        try:
            yield from _compare(log, earlier, head)
        except UnsettledError as error:
            if error.failed:
                raise
            return replace(checked, doubt=Reason(error.code, Severity.WARNING, error.detail))
        checked = replace(checked, consistent=True)
    heads.found.add(head)
    return checked


def _compare(log: Log, earlier: TreeHead, head: TreeHead) -> Asking[None]:
    """Make sure that one of the trees is the other continued; the log has signed both.

    An older state than the one seen before is no lie, as long as its time is older too: servers lag behind.
    """
    if head.size < earlier.size and head.time >= earlier.time:
        message = f"{log.description} took entries back: it had {earlier}, and later {head}"
        raise UnsettledError(ReasonCode.LOG_ROLLED_BACK, message, failed=True)
    smaller, larger = sorted((earlier, head), key=lambda one: one.size)
    proof: tuple[bytes, ...] = ()
    if 0 < smaller.size < larger.size:
        proof = yield from _prove(log, smaller.size, larger.size)
    if not is_consistent(smaller.size, smaller.root, larger.size, larger.root, proof):
        message = f"{log.description} shows different trees: {smaller}, and {larger}, which does not continue it"
        raise UnsettledError(ReasonCode.LOG_SPLIT_VIEW, message, failed=True)


def _prove(log: Log, first_size: int, second_size: int) -> Asking[tuple[bytes, ...]]:
    if log.kind is LogKind.STATIC:
        path = consistency_path(first_size, second_size)
        return (yield from hashes_of(log, path, second_size))
    resource = consistency_resource(log, first_size, second_size)
    data = yield from get(resource)
    try:
        return decode_consistency(resource.purpose, data)
    except MalformedError as error:
        raise malformed(error) from error


def hashes_of(log: Log, path: tuple[tuple[Node, ...], ...], size: int) -> Asking[tuple[bytes, ...]]:
    """The hashes of a proof, from the tiles of a static log.

    Raises:
        UnsettledError: a tile is not there or has another length.
    """
    tiles = tiles_for((node for nodes in path for node in nodes), size)
    fetched = yield from fetch(tile_resource(log, tile) for tile in tiles)
    return (yield from proof_from(log, path, size, dict(zip(tiles, fetched, strict=True))))


def proof_from(
    log: Log, path: tuple[tuple[Node, ...], ...], size: int, fetched: dict[Tile, Fetched]
) -> Asking[tuple[bytes, ...]]:
    """The hashes of a proof, from tiles that were fetched; errors as in :func:`hashes_of`.

    A log may have thrown away a partial tile since it has the full one, which begins alike.
    """
    gone = [tile for tile, one in fetched.items() if one.status == _NOT_FOUND and tile != full(tile)]
    instead = yield from fetch(tile_resource(log, full(tile)) for tile in gone)
    filled = dict(zip(gone, instead, strict=True))
    contents: dict[Tile, bytes] = {}
    for tile, one in (fetched | filled).items():
        whole = full(tile) if tile in filled else tile
        try:
            contents[tile] = check_tile(one.resource.purpose, whole, content_of(one))
        except MalformedError as error:
            raise malformed(error) from error
    return tuple(fold(nodes, lambda node: subtree_hash(node, size, contents)) for nodes in path)
