"""Signed tree heads: what a log says all of it comes to (RFC 6962, sections 3.5 and 4.3; C2SP static-ct-api)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emblem.codec.base64 import decode_base64, encode_base64
from emblem.codec.strict_json import decode_object
from emblem.errors import MalformedError
from emblem.model.display import excerpt
from emblem.traceability.log_key import LogKey
from emblem.traceability.merkle import HASH_LENGTH, LARGEST_SIZE
from emblem.traceability.sct import DigitallySigned, take_signature
from emblem.traceability.tls import TlsReader

LARGEST_TREE_HEAD = 64 * 1024
"""Bytes of a tree head: a checkpoint may carry the signatures of many witnesses."""
LARGEST_TIME = 2**63 - 1
"""Milliseconds since 1970."""

_VERSION_1_TREE_HEAD = b"\x00\x01"
_NOTE_TYPE = b"\x05"
_SIGNATURE_LINE = "\u2014 "
_MOST_SIGNATURES = 64
_KEY_HASH_LENGTH = 4


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The state of a log at a time, its signature not yet checked.

    ``log_id`` are the 32 bytes that name the log, ``size`` is how many entries it had, ``time`` milliseconds since
    1970-01-01T00:00:00Z, ``root`` the hash over all entries.
    """

    log_id: bytes
    size: int
    time: int
    root: bytes
    signature: DigitallySigned

    def is_signed_by(self, key: LogKey) -> bool:
        """Whether this is a tree head of the log with this key."""
        numbers = self.time.to_bytes(8, "big") + self.size.to_bytes(8, "big")
        message = _VERSION_1_TREE_HEAD + numbers + self.root
        return self.log_id == key.log_id and key.verify(self.signature, message)

    def __str__(self) -> str:
        return f"{self.size} entries with the root {encode_base64(self.root)}"


def decode_tree_head(field: str, data: bytes, log_id: bytes) -> TreeHead:
    """Read an answer to get-sth, in JSON; members of other names are ignored.

    Args:
        field: what the data is, for the errors.
        data: the answer.
        log_id: the log that was asked.

    Raises:
        MalformedError: it is something else.
    """
    return tree_head_from(field, decode_object(field, data), log_id)


def tree_head_from(field: str, members: Mapping[str, Any], log_id: bytes) -> TreeHead:
    """A tree head from the members of an answer to get-sth; as :func:`decode_tree_head`."""
    reader = TlsReader(f"{field}: tree_head_signature", take_bytes(field, members, "tree_head_signature"))
    signature = take_signature(reader)
    reader.end()
    return TreeHead(
        log_id,
        take_number(field, members, "tree_size", LARGEST_SIZE),
        take_number(field, members, "timestamp", LARGEST_TIME),
        take_hash(field, members, "sha256_root_hash"),
        signature,
    )


def decode_checkpoint(field: str, data: bytes, log_id: bytes, submission_address: str) -> TreeHead:
    """Read the checkpoint of a static log, which is a signed note; signatures of others are ignored.

    Args:
        field: what the data is, for the errors.
        data: the checkpoint.
        log_id: the log that was asked.
        submission_address: the prefix of the URLs for writing, which names the log in its checkpoint.

    Raises:
        MalformedError: it is something else, of another log, or not signed with the key of that name.
    """
    try:
        text, _, signatures = data.decode("utf-8").rpartition("\n\n")
    except UnicodeDecodeError as error:
        raise MalformedError(field, "bytes that are no text", "UTF-8") from error
    lines = text.split("\n")
    origin = submission_address.partition("://")[2].rstrip("/")
    if lines[0] != origin:
        raise MalformedError(f"{field}: origin", excerpt(lines[0]), origin)
    if len(lines) != 3:
        raise MalformedError(field, f"{len(lines)} lines before the signatures", "origin, size and root")
    size = _decimal(f"{field}: size", lines[1])
    root = decode_base64(f"{field}: root", lines[2])
    if len(root) != HASH_LENGTH:
        raise MalformedError(f"{field}: root", f"{len(root)} bytes", f"{HASH_LENGTH} bytes")
    reader = TlsReader(f"{field}: signature", _note_signature(field, signatures, origin, log_id))
    time = reader.take_number(8)
    signature = take_signature(reader)
    reader.end()
    if time > LARGEST_TIME:
        raise MalformedError(f"{field}: time", str(time), "milliseconds since 1970")
    return TreeHead(log_id, size, time, root, signature)


def _note_signature(field: str, text: str, origin: str, log_id: bytes) -> bytes:
    """The signature that bears the name and the key of the log (C2SP signed-note)."""
    lines = text.splitlines()
    if len(lines) > _MOST_SIGNATURES:
        raise MalformedError(field, f"{len(lines)} signatures", f"{_MOST_SIGNATURES} at the most")
    key_hash = hashlib.sha256(origin.encode() + b"\n" + _NOTE_TYPE + log_id).digest()[:_KEY_HASH_LENGTH]
    for line in lines:
        name, _, encoded = line.removeprefix(_SIGNATURE_LINE).partition(" ")
        if line.startswith(_SIGNATURE_LINE) and name == origin:
            signature = decode_base64(f"{field}: signature", encoded)
            if signature.startswith(key_hash):
                return signature[_KEY_HASH_LENGTH:]
    raise MalformedError(field, f"no signature of {origin} with its key", "one")


def _decimal(field: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or text != str(number := int(text[:20])) or number > LARGEST_SIZE:
        raise MalformedError(field, excerpt(text), "a decimal number")
    return number


def take_number(field: str, members: Mapping[str, Any], name: str, largest: int) -> int:
    """A member that is an unsigned number.

    Raises:
        MalformedError: it is missing, something else, or larger.
    """
    value = members.get(name)
    if type(value) is not int or not 0 <= value <= largest:
        raise MalformedError(f"{field}: {name}", excerpt(value), f"a number from 0 to {largest}")
    return value


def take_bytes(field: str, members: Mapping[str, Any], name: str) -> bytes:
    """A member that is base64.

    Raises:
        MalformedError: it is missing or something else.
    """
    value = members.get(name)
    if not isinstance(value, str):
        raise MalformedError(f"{field}: {name}", excerpt(value), "base64")
    return decode_base64(f"{field}: {name}", value)


def take_hash(field: str, members: Mapping[str, Any], name: str) -> bytes:
    """A member that is a hash in base64; errors as in :func:`take_bytes`."""
    return check_hash(f"{field}: {name}", take_bytes(field, members, name))


def check_hash(field: str, data: bytes) -> bytes:
    """The data, if it has the length of a hash.

    Raises:
        MalformedError: it has another.
    """
    if len(data) != HASH_LENGTH:
        raise MalformedError(field, f"{len(data)} bytes", f"{HASH_LENGTH} bytes")
    return data
