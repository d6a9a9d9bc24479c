"""Looking an entry up in its log: that it is in the tree, and which certificate it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from emblem.errors import MalformedError
from emblem.model.reason import ReasonCode
from emblem.model.token import LogEntry
from emblem.traceability.entries import TimestampedEntry
from emblem.traceability.log_answers import decode_entry, decode_inclusion, entry_resource, inclusion_resource
from emblem.traceability.log_list import Log, LogKind
from emblem.traceability.logged import Issuers, LoggedCertificate, LoggedEntry, fingerprint, recover_certificate
from emblem.traceability.merkle import inclusion_path, root_by_inclusion
from emblem.traceability.sct import leaf_index_in
from emblem.traceability.static_log import (
    TILE_WIDTH,
    data_resource,
    decode_tile_entry,
    issuer_resource,
    tile_resource,
    tiles_for,
)
from emblem.traceability.tree_head import TreeHead
from emblem.verifier.asking import Asking, fetch
from emblem.verifier.log_heads import CheckedHead, Heads, latest_head, proof_from
from emblem.verifier.unsettled import UnsettledError, content_of, get, malformed

_GONE = 404
_NOT_FOUND = (400, 404)
"""How logs of RFC 6962 answer that they do not have an entry: the RFC only says that it is an error."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What entries are looked up with: tree heads seen before, the present, and the issuers that were read."""

    heads: Heads
    now: datetime
    issuers: Issuers = field(default_factory=Issuers)


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """An entry that is in the tree of its log.

    ``certificate`` is None where only its hash was looked up, the certificate being at hand.
    """

    head: CheckedHead
    time: int
    certificate: LoggedCertificate | None


def look_up(log: Log, entry: LogEntry, promise: TimestampedEntry | None, sources: Sources) -> Asking[FoundEntry]:
    """Find an entry in its log.

    Args:
        log: the log.
        entry: what the endorsement says of where it stands.
        promise: the log's promise to include it, verified, where that is at hand.
        sources: what is known already; what is found out is added.

    Raises:
        UnsettledError: it is not there, or could not be found out.
    """
    static = log.kind is LogKind.STATIC
    index = entry.index if entry.index is not None or promise is None else promise.timestamp.leaf_index
    if index is None and static:
        raise UnsettledError(ReasonCode.LOG_NOT_ASKED, f"{log.description} is static, and cannot be asked for a hash")
    if entry.leaf_hash is None and not static:
        raise UnsettledError(ReasonCode.LOG_NOT_ASKED, f"{log.description} is not static, and is asked for a hash only")
    head = yield from latest_head(log, sources.heads, sources.now)
    if static and index is not None:
        return (yield from _look_up_index(log, index, promise, head, sources.issuers))
    assert entry.leaf_hash is not None, "an entry has a hash or an index"
    return (yield from _look_up_hash(log, entry.leaf_hash, promise, head, sources.issuers))


def _look_up_hash(
    log: Log, hashed: bytes, promise: TimestampedEntry | None, head: CheckedHead, issuers: Issuers
) -> Asking[FoundEntry]:
    tree = head.head
    (fetched,) = yield from fetch([inclusion_resource(log, hashed, tree.size)])
    if fetched.failure is None and fetched.status in _NOT_FOUND:
        raise _missing(log, promise, tree)
    data = content_of(fetched)
    try:
        proof = decode_inclusion(fetched.resource.purpose, data)
    except MalformedError as error:
        raise malformed(error) from error
    _check_root(log, root_by_inclusion(hashed, proof.index, tree.size, proof.path), tree)
    if promise is not None:
        return FoundEntry(head, promise.timestamp.time, None)
    resource = entry_resource(log, proof.index)
    data = yield from get(resource)
    try:
        logged = decode_entry(resource.purpose, data)
        if logged.leaf_hash != hashed:
            message = f"{log.description} gives another entry than the one of this hash, at {proof.index}"
            raise UnsettledError(ReasonCode.LOG_ENTRY_WRONG, message, failed=True)
        certificate = recover_certificate(resource.purpose, logged, logged.issuers, issuers)
    except MalformedError as error:
        raise malformed(error) from error
    return FoundEntry(head, logged.time, certificate)


def _look_up_index(
    log: Log, index: int, promise: TimestampedEntry | None, head: CheckedHead, issuers: Issuers
) -> Asking[FoundEntry]:
    tree = head.head
    if index >= tree.size:
        raise _missing(log, promise, tree)
    path = inclusion_path(index, tree.size)
    tiles = tiles_for((node for nodes in path for node in nodes), tree.size)
    whole = data_resource(log, index, tree.size)
    fetched = yield from fetch([whole, *(tile_resource(log, tile) for tile in tiles)])
    data = fetched[0]
    if data.failure is None and data.status == _GONE:
        # A partial tile may be gone since there is the full one, which begins alike.
        (data,) = yield from fetch([data_resource(log, index, (index // TILE_WIDTH + 1) * TILE_WIDTH)])
    try:
        logged = decode_tile_entry(whole.purpose, content_of(data), index)
        stated = leaf_index_in(logged.extensions)
    except MalformedError as error:
        raise malformed(error) from error
    proof = yield from proof_from(log, path, tree.size, dict(zip(tiles, fetched[1:], strict=True)))
    _check_root(log, root_by_inclusion(logged.leaf_hash, index, tree.size, proof), tree)
    if stated != index:
        message = f"{log.description} has an entry at {index} that says it stands at {stated}"
        raise UnsettledError(ReasonCode.LOG_ENTRY_WRONG, message, failed=True)
    if promise is not None and promise.leaf_hash != logged.leaf_hash:
        message = f"{log.description} has another entry at {index} than the one that it promised to include there"
        raise UnsettledError(ReasonCode.LOG_PROMISE_BROKEN, message, failed=True)
    certificate = yield from _with_issuers(log, whole.purpose, logged, issuers)
    return FoundEntry(head, logged.time, certificate)


def _with_issuers(log: Log, what: str, logged: LoggedEntry, known: Issuers) -> Asking[LoggedCertificate]:
    fetched = yield from fetch(issuer_resource(log, one) for one in logged.fingerprints)
    issuers = tuple(map(content_of, fetched))
    try:
        for wanted, issuer in zip(logged.fingerprints, issuers, strict=True):
            if fingerprint(issuer) != wanted:
                raise MalformedError(f"{what}: issuer", "another certificate", f"the one of {wanted.hex()}")
        return recover_certificate(what, logged, issuers, known)
    except MalformedError as error:
        raise malformed(error) from error


def _check_root(log: Log, root: bytes | None, tree: TreeHead) -> None:
    if root != tree.root:
        message = (
            f"the inclusion proof of {log.description} does not lead to the root of its tree of {tree.size} entries"
        )
        raise UnsettledError(ReasonCode.LOG_PROOF_WRONG, message, failed=True)


def _missing(log: Log, promise: TimestampedEntry | None, tree: TreeHead) -> UnsettledError:
    """An entry that is not there: refuted only where the log had promised it, and the time to keep that has passed."""
    if promise is None:
        message = f"{log.description} says that it has no such entry among its {tree.size}"
        return UnsettledError(ReasonCode.LOG_ENTRY_MISSING, message)
    delay = round(log.merge_delay.total_seconds() * 1000)
    if promise.timestamp.time + delay >= tree.time:
        message = f"{log.description} has not included it yet, and still has time to"
        return UnsettledError(ReasonCode.LOG_ENTRY_MISSING, message)
    message = f"{log.description} promised to include the certificate, and has not in the time that it has for that"
    return UnsettledError(ReasonCode.LOG_PROMISE_BROKEN, message, failed=True)
