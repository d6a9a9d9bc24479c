"""Domain names as text and as labels (RFC 1035, sections 2.3.4, 3.1 and 5.1).

The text form of this room: A-labels in lower case, no trailing dot, ``.`` for the root; octets other than
letters, digits, hyphen and underscore as they are when printable, else as ``\\DDD``, and ``\\`` before those
that mean something in a zone file.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from emblem.errors import InvalidNameError

Labels: TypeAlias = tuple[bytes, ...]
"""A name as its labels in lower case, the root's empty one left out."""

LONGEST_LABEL = 63
LONGEST_NAME = 255

_REMEMBERED = 1024
"""Names of which the other forms are remembered: the same few come again and again."""
_EXPECTED = "a domain name in A-labels, lower case, without a trailing dot"
_TEXT = re.compile(r"[!-@[-~]*")
"""Printable characters without capitals."""
_PLAIN = re.compile(rb"[a-z0-9_-]*")
"""Labels that are written as they are, as nearly all are."""
_ESCAPED = frozenset(b'"().;\\@$')


@lru_cache(maxsize=_REMEMBERED)
def encode_name(name: str) -> bytes:
    """The uncompressed wire form of a name in text form.

    Raises:
        InvalidNameError: the text is no name, or one that cannot exist: a label over 63 octets, or over 255
            octets in all.
    """
    return encode_labels(labels_of(name))


def encode_labels(labels: Labels) -> bytes:
    """The uncompressed wire form of a name."""
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\x00"


@lru_cache(maxsize=_REMEMBERED)
def labels_of(name: str) -> Labels:
    """The labels of a name in text form.

    Raises:
        InvalidNameError: as :func:`encode_name`.
    """
    if name == ".":
        return ()
    if not _TEXT.fullmatch(name):
        raise InvalidNameError("domain name", repr(name), _EXPECTED)
    labels = _unescaped(name) if "\\" in name else tuple(label.encode("ascii") for label in name.split("."))
    for label in labels:
        if not 1 <= len(label) <= LONGEST_LABEL:
            raise InvalidNameError("domain name", repr(name), "labels of 1 to 63 octets")
    octets = length_of(labels)
    if octets > LONGEST_NAME:
        raise InvalidNameError("domain name", f"{octets} octets ({name!r})", "at most 255 octets")
    return labels


def length_of(labels: Labels) -> int:
    """The octets that a name takes, uncompressed."""
    return sum(map(len, labels)) + len(labels) + 1


@lru_cache(maxsize=_REMEMBERED)
def text_of(labels: Labels) -> str:
    """The text form of a name."""
    return ".".join(map(_escaped, labels)) or "."


def _escaped(label: bytes) -> str:
    if _PLAIN.fullmatch(label):
        return label.decode("ascii")
    return "".join(
        f"\\{octet:c}" if octet in _ESCAPED else chr(octet) if 0x21 <= octet <= 0x7E else f"\\{octet:03d}"
        for octet in label.lower()
    )


def _unescaped(name: str) -> Labels:
    labels = [bytearray()]
    position = 0
    while position < len(name):
        character = name[position]
        if character == ".":
            labels.append(bytearray())
            position += 1
        elif character != "\\":
            labels[-1].append(ord(character))
            position += 1
        else:
            octet, length = _escape(name, position + 1)
            labels[-1].append(octet)
            position += 1 + length
    return tuple(bytes(label).lower() for label in labels)


def _escape(name: str, position: int) -> tuple[int, int]:
    """The octet that an escape stands for, and the characters after the backslash that it takes."""
    digits = name[position : position + 3]
    if len(digits) == 3 and digits.isdigit() and int(digits) < 256:
        return int(digits), 3
    if digits and not digits[0].isdigit():
        return ord(digits[0]), 1
    expected = "escapes: \\ and three digits up to 255, or a character"
    raise InvalidNameError("domain name", repr(name), expected)
