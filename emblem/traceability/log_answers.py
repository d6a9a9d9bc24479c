"""What a log of RFC 6962 is asked, and its answers about one entry (sections 4.3 to 4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from emblem.codec.base64 import decode_base64, encode_base64
from emblem.codec.strict_json import decode_object, take_object
from emblem.errors import MalformedError
from emblem.model.display import excerpt
from emblem.traceability.log_list import Log
from emblem.traceability.logged import LoggedEntry, decode_logged_entry
from emblem.traceability.merkle import LARGEST_SIZE, LONGEST_PROOF
from emblem.traceability.resources import Resource
from emblem.traceability.tree_head import LARGEST_TREE_HEAD, check_hash, take_bytes, take_number

LARGEST_PROOF = 64 * 1024
"""Bytes of an answer with a proof."""
LARGEST_ENTRY = 1024 * 1024
"""Bytes of an answer with one entry: a certificate with a few thousand names, and its issuers'."""


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Where an entry stands, and the hashes that lead from it to the root."""

    index: int
    path: tuple[bytes, ...]


def tree_head_resource(log: Log) -> Resource:
    """The latest signed tree head of a log."""
    return _resource(log, "get-sth", LARGEST_TREE_HEAD, "signed tree head")


def inclusion_resource(log: Log, hashed: bytes, size: int) -> Resource:
    """The proof that the entry of a hash is in the tree of a size."""
    query = f"get-proof-by-hash?hash={quote(encode_base64(hashed), safe='')}&tree_size={size}"
    return _resource(log, query, LARGEST_PROOF, "inclusion proof")


def consistency_resource(log: Log, first_size: int, second_size: int) -> Resource:
    """The proof that a larger tree continues a smaller one."""
    return _resource(
        log, f"get-sth-consistency?first={first_size}&second={second_size}", LARGEST_PROOF, "consistency proof"
    )


def entry_resource(log: Log, index: int) -> Resource:
    """One entry, with the certificates that were submitted with it."""
    return _resource(log, f"get-entries?start={index}&end={index}", LARGEST_ENTRY, "log entry")


def decode_inclusion(field: str, data: bytes) -> InclusionProof:
    """Read an answer to get-proof-by-hash.

    Raises:
        MalformedError: it is something else.
    """
    members = decode_object(field, data)
    return InclusionProof(
        take_number(field, members, "leaf_index", LARGEST_SIZE), _take_hashes(field, members, "audit_path")
    )


def decode_consistency(field: str, data: bytes) -> tuple[bytes, ...]:
    """Read an answer to get-sth-consistency; errors as in :func:`decode_inclusion`."""
    return _take_hashes(field, decode_object(field, data), "consistency")


def decode_entry(field: str, data: bytes) -> LoggedEntry:
    """Read an answer to get-entries that must have one entry; errors as in :func:`decode_inclusion`."""
    entries = decode_object(field, data).get("entries")
    if not isinstance(entries, list) or len(entries) != 1:
        found = f"{len(entries)} entries" if isinstance(entries, list) else excerpt(entries)
        raise MalformedError(f"{field}: entries", found, "an array of one entry")
    members = take_object(f"{field}: entry", entries[0])
    return decode_logged_entry(
        field, take_bytes(field, members, "leaf_input"), take_bytes(field, members, "extra_data")
    )


def _resource(log: Log, query: str, largest: int, what: str) -> Resource:
    address = f"{log.monitoring_address.rstrip('/')}/ct/v1/{query}"
    return Resource(address, largest, f"{what} of the log {excerpt(log.description)}", log.given)


def _take_hashes(field: str, members: Mapping[str, Any], name: str) -> tuple[bytes, ...]:
    value = members.get(name)
    if not isinstance(value, list) or len(value) > LONGEST_PROOF or not all(isinstance(one, str) for one in value):
        raise MalformedError(f"{field}: {name}", excerpt(value), f"an array of {LONGEST_PROOF} hashes at the most")
    return tuple(check_hash(f"{field}: {name}", decode_base64(f"{field}: {name}", one)) for one in value)
