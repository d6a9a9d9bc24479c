"""Queries of which very many are sent: put together from bytes that are there already.

The bytes are those of :func:`~emblem.dns.query.encode_query`, and so is what they ask for.
"""

from __future__ import annotations

from emblem.dns.message import Question
from emblem.dns.names import encode_labels
from emblem.dns.query import HEADER, encode_query
from emblem.errors import InvalidNameError

_ROOT_QUESTION = Question(".", 1)
_TEMPLATE = encode_query(_ROOT_QUESTION, 0)
_CLASS_IN = b"\x00\x01"
_LABELS = {length: bytes((length,)) for length in range(1, 64)}
_LONGEST_NAME = 255

BEFORE_QUESTION = _TEMPLATE[2 : HEADER.size]
"""What stands between the identifier and the question of every query."""

AFTER_QUESTION = _TEMPLATE[HEADER.size + len(b"\x00\x00\x01" + _CLASS_IN) :]
"""What stands after the question of every query."""


def prepare_name(name: str) -> bytes:
    """The uncompressed wire form of a name in A-labels, lower case, without escapes and trailing dot.

    Raises:
        InvalidNameError: a label or the name has a length that there is not.
    """
    try:
        wire = b"".join([_LABELS[len(label)] + label for label in name.encode("ascii").split(b".")]) + b"\x00"
    except (KeyError, UnicodeEncodeError):
        raise InvalidNameError("domain name", repr(name), "A-labels of 1 to 63 octets") from None
    if len(wire) > _LONGEST_NAME:
        raise InvalidNameError("domain name", f"{len(wire)} octets ({name!r})", "at most 255 octets")
    return wire


def prepare_label(label: str) -> bytes:
    """What turns the wire form of a name into that of the name below it with this label."""
    return encode_labels((label.encode("ascii"),))[:-1]


def prepare_type(number: int) -> bytes:
    """What turns the wire form of a name into a question of this type: type and class."""
    return number.to_bytes(2) + _CLASS_IN


def query_message(identifier: bytes, question: bytes) -> bytes:
    """A query: two octets of identifier, unpredictable, and a prepared question."""
    return identifier + BEFORE_QUESTION + question + AFTER_QUESTION
