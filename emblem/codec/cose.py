"""COSE_Sign1 (RFC 9052, section 4.2): the layer of signatures under CWT tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emblem.codec import cbor
from emblem.errors import MalformedError

SIGN1_TAG = 18
Label = int | str


@dataclass(frozen=True, slots=True)
class Sign1:
    """A COSE_Sign1 structure, its headers decoded, its signature unchecked.

    ``protected_bytes`` and ``payload`` are as received: they are what is signed.
    """

    protected_bytes: bytes
    protected: Mapping[Label, Any]
    unprotected: Mapping[Label, Any]
    payload: bytes
    signature: bytes

    @property
    def to_be_signed(self) -> bytes:
        """The Sig_structure with context ``Signature1`` and empty external data (RFC 9052, section 4.4)."""
        return to_be_signed(self.protected_bytes, self.payload)


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
    protected = cbor.take_map("protected header", cbor.decode("protected header", protected_bytes))
    for header in (protected, unprotected):
        for label in header:
            if type(label) is not int and type(label) is not str:
                raise MalformedError("header label", cbor.describe(label), "an integer or a text")
    return Sign1(protected_bytes, protected, unprotected, payload, signature)


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """The bytes under a COSE_Sign1 signature, for an encoded protected header and a payload."""
    return cbor.encode(["Signature1", protected, b"", payload])


def write_sign1(protected: bytes, payload: bytes, signature: bytes) -> cbor.Tagged:
    """A COSE_Sign1 with an empty unprotected header, as an item to encode."""
    return cbor.Tagged(SIGN1_TAG, [protected, {}, payload, signature])


def _take_bytes(field: str, item: object) -> bytes:
    if not isinstance(item, bytes):
        raise MalformedError(field, cbor.describe(item), "a byte string")
    return item
