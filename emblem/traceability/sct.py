"""Signed certificate timestamps: the promises of a log to include a certificate (RFC 6962, sections 3.2 and 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emblem.codec.base64 import decode_base64
from emblem.codec.strict_json import decode_object
from emblem.errors import MalformedError
from emblem.model.display import excerpt
from emblem.traceability.tls import TlsReader

LARGEST_ANSWER = 64 * 1024
"""Bytes of a log's answer to add-chain."""
MOST_TIMESTAMPS = 64
"""Timestamps in one certificate; those of the web PKI have two to five."""
LOG_ID_LENGTH = 32
"""Bytes that name a log: the SHA-256 of its key."""

_FIELD = "signed certificate timestamp"
_VERSION_1 = 0
_LARGEST_TIME = 2**64 - 1
_LEAF_INDEX, _LEAF_INDEX_LENGTH = 0, 5


@dataclass(frozen=True, slots=True)
class DigitallySigned:
    """A signature of a log and the algorithms that it says it is in (RFC 5246, section 4.7)."""

    hash_algorithm: int
    signature_algorithm: int
    signature: bytes


@dataclass(frozen=True, slots=True)
class SignedTimestamp:
    """A promise of a log, its signature not yet checked.

    ``log_id`` are the 32 bytes that name the log, ``time`` milliseconds since 1970-01-01T00:00:00Z, ``extensions`` the
    bytes that the log signed with it. ``leaf_index`` is the number of the entry in the log where the extensions tell
    it, which those of static logs do (C2SP static-ct-api, "SCT Extension"), and None elsewhere.
    """

    log_id: bytes
    time: int
    extensions: bytes
    signature: DigitallySigned
    leaf_index: int | None


@dataclass(frozen=True, slots=True)
class UnknownTimestamp:
    """A timestamp in a version that we do not know, which is skipped (RFC 6962, section 3.3)."""

    version: int


def decode_timestamp_list(data: bytes) -> tuple[SignedTimestamp | UnknownTimestamp, ...]:
    """Read a SignedCertificateTimestampList, as it stands in a certificate.

    Raises:
        MalformedError: it is empty, has more than :data:`MOST_TIMESTAMPS`, or it or a timestamp in it is malformed.
    """
    field = "list of timestamps"
    outer = TlsReader(field, data)
    reader = TlsReader(field, outer.take_vector(2, shortest=1))
    outer.end()
    found: list[SignedTimestamp | UnknownTimestamp] = []
    while reader.left:
        if len(found) == MOST_TIMESTAMPS:
            raise MalformedError(field, f"more than {MOST_TIMESTAMPS} timestamps", f"{MOST_TIMESTAMPS} at the most")
        found.append(decode_timestamp(reader.take_vector(2, shortest=1)))
    return tuple(found)


def decode_timestamp(data: bytes) -> SignedTimestamp | UnknownTimestamp:
    """Read one SignedCertificateTimestamp.

    Raises:
        MalformedError: it is malformed, also in the extensions.
    """
    reader = TlsReader(_FIELD, data)
    version = reader.take_number(1)
    if version != _VERSION_1:
        return UnknownTimestamp(version)
    log_id = reader.take(LOG_ID_LENGTH)
    time = reader.take_number(8)
    extensions = reader.take_vector(2)
    signature = take_signature(reader)
    reader.end()
    return SignedTimestamp(log_id, time, extensions, signature, leaf_index_in(extensions))


def decode_answer(field: str, data: bytes) -> SignedTimestamp:
    """Read the answer of a log to add-chain, which is JSON (RFC 6962, section 4.1); members of other names are ignored.

    Args:
        field: what the data is, for the errors.
        data: the answer.

    Raises:
        MalformedError: it is something else, or a timestamp in a version that we do not know.
    """
    members = decode_object(field, data)
    version = members.get("sct_version")
    if type(version) is not int or version != _VERSION_1:
        raise MalformedError(f"{field}: sct_version", excerpt(version), "0, which is version 1")
    log_id = _take_bytes(field, members, "id")
    if len(log_id) != LOG_ID_LENGTH:
        raise MalformedError(f"{field}: id", f"{len(log_id)} bytes", f"{LOG_ID_LENGTH} bytes")
    time = members.get("timestamp")
    if type(time) is not int or not 0 <= time <= _LARGEST_TIME:
        raise MalformedError(f"{field}: timestamp", excerpt(time), "milliseconds since 1970")
    extensions = _take_bytes(field, members, "extensions")
    reader = TlsReader(f"{field}: signature", _take_bytes(field, members, "signature"))
    signature = take_signature(reader)
    reader.end()
    return SignedTimestamp(log_id, time, extensions, signature, leaf_index_in(extensions))


def take_signature(reader: TlsReader) -> DigitallySigned:
    """The next DigitallySigned.

    Raises:
        MalformedError: it is cut short.
    """
    return DigitallySigned(reader.take_number(1), reader.take_number(1), reader.take_vector(2))


def _take_bytes(field: str, members: Mapping[str, Any], name: str) -> bytes:
    value = members.get(name)
    if not isinstance(value, str):
        raise MalformedError(f"{field}: {name}", excerpt(value), "base64")
    return decode_base64(f"{field}: {name}", value)


def leaf_index_in(data: bytes) -> int | None:
    """The number of the entry in a static log; None where there is none. Other extensions are ignored.

    RFC 6962 leaves the form of the extensions open, and defines none; the C2SP specification gives them this one.

    Raises:
        MalformedError: the extensions are malformed.
    """
    field = "extensions of timestamp"
    reader = TlsReader(field, data)
    extensions: dict[int, bytes] = {}
    while reader.left:
        kind = reader.take_number(1)
        if kind in extensions:
            raise MalformedError(field, f"type {kind} twice", "each type once")
        extensions[kind] = reader.take_vector(2)
    index = extensions.get(_LEAF_INDEX)
    if index is None:
        return None
    if len(index) != _LEAF_INDEX_LENGTH:
        raise MalformedError(field, f"a leaf index of {len(index)} bytes", f"{_LEAF_INDEX_LENGTH} bytes")
    return int.from_bytes(index, "big")
