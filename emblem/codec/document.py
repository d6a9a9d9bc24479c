"""Signed documents that are no tokens: withdrawal lists, requests and their answers.

Each is a COSE_Sign1 (RFC 9052, section 4.2), told from every token by its tag and from each other by ``typ`` (RFC 9596)
in its protected header. Unlike in tokens nothing unknown is passed over: what is new needs a new ``ver``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emblem.codec import cbor
from emblem.codec.claims import key_identifier_bytes
from emblem.codec.cose import SIGN1_TAG, Label, read_sign1, to_be_signed, write_sign1
from emblem.errors import MalformedError
from emblem.keys.public import identifier_text
from emblem.keys.signing import Signer

VERSION = 1
"""The value of the claim ``ver`` of every document."""

_ALGORITHM, _KEY_IDENTIFIER, _TYPE = 1, 4, 16
_DIGEST = 32


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A document as it was received, its claims not yet read, its signature not yet checked.

    ``algorithm`` is the COSE number in the protected header, ``key_identifier`` names the key that is said to have
    signed, ``signed`` are the bytes under the signature.
    """

    claims: Mapping[Any, Any]
    algorithm: int
    key_identifier: str
    signed: bytes
    signature: bytes


def read_document(field: str, media_type: str, data: bytes) -> SignedDocument:
    """Read a document of a kind.

    Args:
        field: what it is, for the error.
        media_type: the value of its protected header ``typ``.
        data: the whole of it.

    Raises:
        MalformedError: the bytes are no such document, or one in a version that we do not know.
    """
    signed = read_sign1(cbor.decode(field, data, tags=(SIGN1_TAG,)))
    if signed.unprotected:
        labels = cbor.describe_keys(signed.unprotected)
        raise MalformedError("unprotected header", f"label {labels}", "nothing: what counts is protected")
    algorithm, key_identifier = _read_header(signed.protected, media_type)
    claims = cbor.take_map("payload", cbor.decode("payload", signed.payload))
    if type(claims.get("ver")) is not int or claims["ver"] != VERSION:
        raise MalformedError("claim ver", cbor.describe(claims.get("ver")), str(VERSION))
    return SignedDocument(claims, algorithm, key_identifier, signed.to_be_signed, signed.signature)


def sign_document(media_type: str, claims: Mapping[Label, Any], signer: Signer) -> bytes:
    """Write and sign a document; the claim ``ver`` is added."""
    key = signer.public_key
    header = {
        _ALGORITHM: key.writing_algorithm.cose,
        _KEY_IDENTIFIER: key_identifier_bytes(key.cose_thumbprint),
        _TYPE: media_type,
    }
    protected, payload = cbor.encode(header), cbor.encode({"ver": VERSION, **claims})
    return cbor.encode(write_sign1(protected, payload, signer.sign(to_be_signed(protected, payload))))


def check_labels(field: str, found: Mapping[Any, Any], expected: set[Label]) -> None:
    """Refuse a map with other keys than exactly these.

    Raises:
        MalformedError: one is missing, or there is another.
    """
    # Compared with their types: True is equal to 1.
    if {(type(label), label) for label in found} != {(type(label), label) for label in expected}:
        names = ", ".join(map(repr, sorted(expected, key=str)))
        raise MalformedError(field, cbor.describe_keys(found), f"exactly {names}")


def take_digest(field: str, value: object) -> bytes:
    """The value, if it is a digest.

    Raises:
        MalformedError: it is anything but 32 bytes.
    """
    if not isinstance(value, bytes) or len(value) != _DIGEST:
        raise MalformedError(field, cbor.describe(value), f"{_DIGEST} bytes")
    return value


def _read_header(header: Mapping[Label, Any], media_type: str) -> tuple[int, str]:
    check_labels("protected header", header, {_ALGORITHM, _KEY_IDENTIFIER, _TYPE})
    algorithm, key_identifier = header[_ALGORITHM], header[_KEY_IDENTIFIER]
    if type(algorithm) is not int:
        raise MalformedError("protected header alg (1)", cbor.describe(algorithm), "the number of an algorithm")
    if header[_TYPE] != media_type:
        raise MalformedError("protected header typ (16)", cbor.describe(header[_TYPE]), repr(media_type))
    return algorithm, identifier_text(take_digest("protected header kid (4)", key_identifier))
