"""COSE_Sign1 (RFC 9052, section 4.2): the layer of signatures under CWT tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from emblem.codec import cbor
from emblem.errors import MalformedError

SIGN1_TAG = 18
Label = int | str
_LABEL_TYPES = frozenset({int, str})

SIGNATURE_CONTEXT = b"\x84\x6aSignature1"
"""How every Sig_structure begins, an array of four: whatever is signed here begins so."""

_NO_EXTERNAL_DATA = b"\x40"
"""What is between its two parts."""


_ARRAY_OF_4, _EMPTY_MAP = b"\x84", 0xA0
_SHORT, _LONG = 0x58, 0x59
"""Initial bytes of byte strings with one and with two bytes of length (RFC 8949, section 3)."""


class Sign1(NamedTuple):
    """A COSE_Sign1 structure, its headers decoded, its signature unchecked.

    ``protected_bytes`` and ``payload`` are as received; ``to_be_signed`` is made of them.
    """

    protected_bytes: bytes
    protected: Mapping[Label, Any]
    unprotected: Mapping[Label, Any]
    payload: bytes
    signature: bytes
    to_be_signed: bytes


Sign1Parts = tuple[bytes, bytes, bytes, bytes]
"""The protected header, payload and signature of a COSE_Sign1, nothing in them decoded, and what is signed."""


def split_usual_sign1(data: bytes, tags: bytes) -> Sign1Parts | None:
    """Take apart a tagged COSE_Sign1 in the encoding that everybody writes, without the general decoder.

    Args:
        data: the whole of it.
        tags: the encoded tags that it must begin with.

    Returns:
        None where anything at all is unusual, be it allowed or not: an unprotected header that is not empty, another
        width of a length, bytes missing or too many. Then :func:`read_sign1` finds out what it is.
    """
    if not data.startswith(tags + _ARRAY_OF_4):
        return None
    begin = len(tags) + 1
    try:
        protected, empty = _split_byte_string(data, begin)
        if data[empty] != _EMPTY_MAP:
            return None
        payload, end = _split_byte_string(data, empty + 1)
        signature, position = _split_byte_string(data, end)
    except LookupError:
        return None
    if position != len(data):
        return None
    signed = b"".join((SIGNATURE_CONTEXT, data[begin:empty], _NO_EXTERNAL_DATA, data[empty + 1 : end]))
    return protected, payload, signature, signed


def read_sign1(item: object) -> Sign1:
    """Read a decoded item that must be a tagged COSE_Sign1.

    Raises:
        MalformedError: it is anything else, its payload is detached, or a header label is repeated or is
            neither an integer nor a text.
    """
    if not isinstance(item, cbor.Tagged) or item.tag != SIGN1_TAG:
        raise MalformedError("COSE_Sign1", cbor.describe(item), f"tag {SIGN1_TAG}")
    parts = item.value
    if not isinstance(parts, list | tuple) or len(parts) != 4:
        raise MalformedError("COSE_Sign1", cbor.describe(parts), "an array of 4")
    protected_bytes = _take_bytes("protected header", parts[0])
    unprotected = cbor.take_map("unprotected header", parts[1])
    payload = _take_bytes("payload", parts[2])
    signature = _take_bytes("signature", parts[3])
    protected = read_protected(protected_bytes)
    _check_labels(unprotected)
    return Sign1(protected_bytes, protected, unprotected, payload, signature, to_be_signed(protected_bytes, payload))


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The bytes under a COSE_Sign1 signature, for an encoded protected header and a payload."""
    return SIGNATURE_CONTEXT + cbor.encode(protected) + _NO_EXTERNAL_DATA + cbor.encode(payload)


def write_sign1(protected: bytes, payload: bytes, signature: bytes) -> cbor.Tagged:
    """A COSE_Sign1 with an empty unprotected header, as an item to encode."""
    return cbor.Tagged(SIGN1_TAG, [protected, {}, payload, signature])


def read_protected(encoded: bytes) -> Mapping[Label, Any]:
    """Decode a protected header.

    Raises:
        MalformedError: it is no map, or a label is neither an integer nor a text.
    """
    header = cbor.take_map("protected header", cbor.decode("protected header", encoded))
    _check_labels(header)
    return header


def _check_labels(header: Mapping[Any, Any]) -> None:
    if not _LABEL_TYPES.issuperset(map(type, header)):
        wrong = next(label for label in header if type(label) not in _LABEL_TYPES)
        raise MalformedError("header label", cbor.describe(wrong), "an integer or a text")


def _split_byte_string(data: bytes, position: int) -> tuple[bytes, int]:
    """A byte string of usual length that begins at a position, and the position after it.

    Raises:
        LookupError: there is none.
    """
    head = data[position]
    if head == _SHORT:
        start, length, least = position + 2, data[position + 1], 24
    elif head == _LONG:
        start, length, least = position + 3, data[position + 1] << 8 | data[position + 2], 256
    else:
        raise LookupError
    end = start + length
    if length < least or end > len(data):
        raise LookupError
    return data[start:end], end


def _take_bytes(field: str, item: object) -> bytes:
    if not isinstance(item, bytes):
        raise MalformedError(field, cbor.describe(item), "a byte string")
    return item
