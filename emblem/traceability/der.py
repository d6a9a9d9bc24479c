"""As much of DER (ITU-T X.690) as it takes to find one extension in a certificate that was parsed already.

The library ``cryptography`` reads all extensions of a certificate or none: one that it does not know how to read, such
as a timestamp of a later version, would hide the names beside it. It has accepted the certificate's outer encoding
before anything here sees it; what is read here is checked all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from emblem.errors import MalformedError

INTEGER, OCTET_STRING, SEQUENCE = 0x02, 0x04, 0x30
_LONG_FORM = 0x80
_LARGEST_LENGTH_OF_LENGTH = 4
_HIGH_TAG_NUMBER = 0x1F


def read_value(field: str, data: bytes, tag: int) -> bytes:
    """The contents of the one value that the data must be.

    Raises:
        MalformedError: the data is a value of another tag, several values, or no DER.
    """
    values = list(read_values(field, data))
    if len(values) != 1 or values[0][0] != tag:
        found = ", ".join(f"{found:#04x}" for found, _ in values[:3]) or "nothing"
        raise MalformedError(field, f"DER with tags {found}", f"one value with tag {tag:#04x}")
    return values[0][1]


def read_values(field: str, data: bytes) -> Iterator[tuple[int, bytes]]:
    """The values that stand one after the other in the data, each as its tag and its contents.

    Raises:
        MalformedError: the data is cut short, or a length is indefinite or longer written than it needs to be.
    """
    position, size = 0, len(data)
    while position < size:
        tag = data[position]
        if tag & _HIGH_TAG_NUMBER == _HIGH_TAG_NUMBER:
            raise MalformedError(field, f"tag {tag:#04x}", "a tag of one byte")
        start = position + 2
        if start <= size and data[position + 1] < _LONG_FORM:
            length = data[position + 1]
        else:
            start, length = _read_length(field, data, position + 1)
        if length > size - start:
            raise MalformedError(field, f"{size - start} bytes of a value", f"{length} bytes")
        yield tag, data[start : start + length]
        position = start + length


def write_value(tag: int, contents: bytes) -> bytes:
    """One value with a tag of one byte."""
    length = len(contents)
    if length < _LONG_FORM:
        return bytes((tag, length)) + contents
    size = (length.bit_length() + 7) // 8
    return bytes((tag, _LONG_FORM | size)) + length.to_bytes(size, "big") + contents


def _read_length(field: str, data: bytes, position: int) -> tuple[int, int]:
    """Where the contents start, and how long they are."""
    if position == len(data):
        raise MalformedError(field, "the end after a tag", "a length")
    first = data[position]
    if first < _LONG_FORM:
        return position + 1, first
    size = first - _LONG_FORM
    start = position + 1 + size
    length = int.from_bytes(data[position + 1 : start], "big")
    if not 0 < size <= _LARGEST_LENGTH_OF_LENGTH or start > len(data) or length < max(_LONG_FORM, 1 << 8 * (size - 1)):
        raise MalformedError(field, f"length {data[position:start].hex()}", "a length in the shortest form")
    return start, length
