"""Tree heads seen before: what lets a log be caught that shows different trees to different people or times."""

from __future__ import annotations

import json
from collections.abc import Iterable

from emblem.codec.base64 import encode_base64
from emblem.codec.strict_json import decode_object, take_object
from emblem.errors import MalformedError
from emblem.model.display import excerpt
from emblem.traceability.log_list import MOST_LOGS
from emblem.traceability.sct import LOG_ID_LENGTH, DigitallySigned
from emblem.traceability.tls import vector
from emblem.traceability.tree_head import TreeHead, take_bytes, tree_head_from

LARGEST_SEEN = 4 * 1024 * 1024
"""Bytes of a file of tree heads."""
SCHEMA = "emblem.tree-heads/1"


class SeenTreeHeads:
    """The largest tree of each log that was seen, under its signed tree head.

    Give one to a verifier: it compares with what is here, and adds what it has found to continue it. Nothing is
    believed that the log did not sign: whoever uses a tree head from here checks its signature again.
    """

    def __init__(self, heads: Iterable[TreeHead] = ()) -> None:
        self._heads: dict[bytes, TreeHead] = {}
        for head in heads:
            self.add(head)

    def latest(self, log_id: bytes) -> TreeHead | None:
        """The largest that was seen of a log, or None."""
        return self._heads.get(log_id)

    def add(self, head: TreeHead) -> None:
        """Keep a tree head whose signature was verified, unless a larger one of its log is here."""
        known = self._heads.get(head.log_id)
        if known is None or (head.size, head.time) > (known.size, known.time):
            self._heads[head.log_id] = head

    @property
    def heads(self) -> tuple[TreeHead, ...]:
        """All that are here, in the order of the names of their logs."""
        return tuple(self._heads[log_id] for log_id in sorted(self._heads))

    def encode(self) -> bytes:
        """As a file of JSON, which :func:`decode_seen` reads."""
        heads = [
            {
                "log_id": encode_base64(head.log_id),
                "tree_size": head.size,
                "timestamp": head.time,
                "sha256_root_hash": encode_base64(head.root),
                "tree_head_signature": encode_base64(_encode_signature(head.signature)),
            }
            for head in self.heads
        ]
        return (json.dumps({"schema": SCHEMA, "heads": heads}, indent=1) + "\n").encode()


def decode_seen(field: str, data: bytes) -> SeenTreeHeads:
    """Read a file of tree heads; an empty one has none.

    Args:
        field: the name of the file, for the errors.
        data: what it holds.

    Raises:
        MalformedError: it is something else, or has a log twice.
    """
    if not data.strip():
        return SeenTreeHeads()
    if len(data) > LARGEST_SEEN:
        raise MalformedError(field, f"{len(data)} bytes", f"{LARGEST_SEEN} bytes at the most")
    members = decode_object(field, data)
    if members.get("schema") != SCHEMA:
        raise MalformedError(f"{field}: schema", excerpt(members.get("schema")), SCHEMA)
    entries = members.get("heads")
    if not isinstance(entries, list) or len(entries) > MOST_LOGS:
        raise MalformedError(f"{field}: heads", excerpt(entries), f"an array of {MOST_LOGS} tree heads at the most")
    heads = [_read_head(f"{field}: tree head", entry) for entry in entries]
    if len({head.log_id for head in heads}) != len(heads):
        raise MalformedError(f"{field}: heads", "a log twice", "each log once")
    return SeenTreeHeads(heads)


def _read_head(field: str, entry: object) -> TreeHead:
    members = take_object(field, entry)
    log_id = take_bytes(field, members, "log_id")
    if len(log_id) != LOG_ID_LENGTH:
        raise MalformedError(f"{field}: log_id", f"{len(log_id)} bytes", f"{LOG_ID_LENGTH} bytes")
    return tree_head_from(field, members, log_id)


def _encode_signature(signature: DigitallySigned) -> bytes:
    return bytes((signature.hash_algorithm, signature.signature_algorithm)) + vector(2, signature.signature)
