"""CBOR, base64 and record lines, written so that every mistake of an encoder can be made on purpose."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that are put into the encoding as they are."""

    encoded: bytes


@dataclass(frozen=True, slots=True)
class Tag:
    """A tagged value."""

    number: int
    value: object


@dataclass(frozen=True, slots=True)
class Pairs:
    """A map as a list of its pairs, so that a key may occur twice and the order is kept."""

    items: tuple[tuple[object, object], ...]


UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP, TAG, SIMPLE = range(8)
"""The major types of CBOR (RFC 8949, section 3.1)."""

BREAK = Raw(b"\xff")
"""The end of something of indefinite length."""


def head(major: int, argument: int, width: int | None = None) -> bytes:
    """The first bytes of a data item; ``width`` (1, 2, 4 or 8 bytes) forces an argument longer than it need be."""
    if width is None:
        if argument < 24:
            return bytes([major << 5 | argument])
        width = next(width for width in (1, 2, 4, 8) if argument < 1 << 8 * width)
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[width]]) + argument.to_bytes(width, "big")


def cbor(value: object) -> bytes:
    """Encode a value: shortest heads, maps in the order given, floats in 64 bits."""
    if isinstance(value, Raw):
        return value.encoded
    if isinstance(value, Tag):
        return head(TAG, value.number) + cbor(value.value)
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
    if isinstance(value, int):
        return head(UNSIGNED, value) if value >= 0 else head(NEGATIVE, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, bytes):
        return head(BYTES, len(value)) + value
    if isinstance(value, str):
        return head(TEXT, len(value.encode())) + value.encode()
    if isinstance(value, Mapping):
        value = Pairs(tuple(value.items()))
    if isinstance(value, Pairs):
        return head(MAP, len(value.items)) + b"".join(cbor(key) + cbor(item) for key, item in value.items)
    if isinstance(value, (list, tuple)):
        return head(ARRAY, len(value)) + b"".join(cbor(item) for item in value)
    raise TypeError(f"no CBOR for {type(value).__name__}")


def indefinite(major: int, *items: object) -> Raw:
    """An item of indefinite length: the chunks of a string, the items of an array, keys and values of a map."""
    return Raw(bytes([major << 5 | 31]) + b"".join(cbor(item) for item in items) + BREAK.encoded)


def base64url(data: bytes) -> str:
    """Unpadded base64url (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def base64_standard(data: bytes) -> str:
    """Base64 with padding (RFC 4648, section 4)."""
    return base64.b64encode(data).decode()


def base32_lower(data: bytes) -> str:
    """Unpadded lower-case base32: the text form of key identifiers."""
    return base64.b32encode(data).rstrip(b"=").decode().lower()


def character_strings(value: str, size: int = 255) -> str:
    """The strings of a TXT record as a zone file writes them: quoted, with \\DDD for what cannot be printed."""
    data = value.encode()
    chunks = [data[start : start + size] for start in range(0, len(data), size)] or [b""]
    return " ".join('"' + "".join(_escaped(byte) for byte in chunk) + '"' for chunk in chunks)


def unknown_type(data: bytes) -> str:
    """Record data as RFC 3597 writes them."""
    return f"\\# {len(data)} {data.hex()}".rstrip()


def zone_line(owner: str, rrtype: str, data: str, *, ttl: str = "3600 IN ") -> str:
    """A line of a zone file, or of what `dig` prints."""
    return f"{owner}. {ttl}{rrtype} {data}"


def hexadecimal(records: Iterable[bytes]) -> list[str]:
    """Record data without owner and type, one hexadecimal line each."""
    return [record.hex() for record in records]


def _escaped(byte: int) -> str:
    if byte in b'"\\':
        return "\\" + chr(byte)
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03d}"
