"""The emblem of the demonstration in an asset's own ``HTTPS`` record (draft-steele-diem-architecture-demo).

The whole COSE_Sign1 is the value of the private-use service parameter ``key65280`` (RFC 9460, sections 2.2 and 14.3).
Its payload is the hash of a resource (COSE Hash Envelope).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emblem.codec import cbor
from emblem.codec.claims import take_optional_date
from emblem.codec.cose import SIGN1_TAG, read_sign1
from emblem.errors import MalformedError
from emblem.keys.public import identifier_text
from emblem.model.token import Demonstration

HTTPS_TYPE = 65
EMBLEM_PARAMETER = 65280
_ALGORITHM, _KEY_IDENTIFIER, _CLAIMS, _LOCATION = 1, 4, 15, 260
_SUBJECT, _EXPIRES, _NOT_BEFORE = 2, 4, 5
_DIGEST = 32
_FIXED = 4
_LONGEST_LABEL = 63


def find_parameter(data: bytes) -> bytes | None:
    """The value of the emblem's parameter in the record data of an ``HTTPS`` record; None where there is none.

    Raises:
        MalformedError: the record data is cut short, or its parameters are not in order (RFC 9460, section 2.2).
    """
    position = _skip_name(data, 2)
    previous = -1
    while position < len(data):
        key = int.from_bytes(data[position : position + 2], "big")
        end = position + _FIXED + int.from_bytes(data[position + 2 : position + _FIXED], "big")
        if end > len(data):
            raise _cut_short(data)
        if key <= previous:
            raise MalformedError("HTTPS record parameter", f"key{key} after key{previous}", "keys in order, each once")
        if key == EMBLEM_PARAMETER:
            return data[position + _FIXED : end]
        previous, position = key, end
    return None


def decode_demonstration(data: bytes) -> Demonstration:
    """Read a COSE_Sign1 of the demonstration; its signature is not judged.

    Raises:
        MalformedError: the bytes are none.
    """
    signed = read_sign1(cbor.decode("demonstration emblem", data, tags=(SIGN1_TAG,)))
    algorithm = signed.protected.get(_ALGORITHM)
    if not isinstance(algorithm, int | str) or isinstance(algorithm, bool):
        raise MalformedError("protected header alg (1)", cbor.describe(algorithm), "an algorithm")
    claims = cbor.take_map("protected header CWT claims (15)", signed.protected.get(_CLAIMS, {}))
    return Demonstration(
        algorithm=algorithm,
        key_identifier=_read_identifier(signed.protected),
        subject=_text(claims.get(_SUBJECT)),
        location=_text(signed.protected.get(_LOCATION)),
        not_before=take_optional_date(claims, _NOT_BEFORE, "nbf (5)"),
        expires=take_optional_date(claims, _EXPIRES, "exp (4)"),
        signed=signed.to_be_signed,
        signature=signed.signature,
    )


def _skip_name(data: bytes, position: int) -> int:
    """Where the parameters begin, behind the uncompressed target name."""
    while position < len(data):
        length = data[position]
        if length == 0:
            return position + 1
        if length > _LONGEST_LABEL:
            raise MalformedError("HTTPS record target", f"label length {length}", f"{_LONGEST_LABEL} at the most")
        position += 1 + length
    raise _cut_short(data)


def _read_identifier(header: Mapping[Any, Any]) -> str | None:
    """The key identifier where it can be one of ours, the thumbprint; the demonstration also writes plain names."""
    value = header.get(_KEY_IDENTIFIER)
    return identifier_text(value) if isinstance(value, bytes) and len(value) == _DIGEST else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _cut_short(data: bytes) -> MalformedError:
    return MalformedError("HTTPS record data", f"{len(data)} bytes", "a whole record: it is cut short")
