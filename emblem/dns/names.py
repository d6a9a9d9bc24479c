"""Domain names between their text and their wire form (RFC 1035, sections 2.3.4, 3.1 and 5.1).

The text form of this room: A-labels in lower case, no trailing dot, ``.`` for the root; octets other than
letters, digits, hyphen and underscore as they are when printable, else as ``\\DDD``, and ``\\`` before those
that mean something in a zone file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emblem.errors import InvalidNameError

if TYPE_CHECKING:
    import dns.name

LONGEST_LABEL = 63
LONGEST_NAME = 255

_EXPECTED = "a domain name in A-labels, lower case, without a trailing dot"


def encode_name(name: str) -> bytes:
    """The uncompressed wire form of a name in text form.

    Raises:
        InvalidNameError: the text is no name, or one that cannot exist: a label over 63 octets, or over 255
            octets in all.
    """
    if name == ".":
        return b"\x00"
    if any(not "!" <= character <= "~" or "A" <= character <= "Z" for character in name):
        raise InvalidNameError("domain name", repr(name), _EXPECTED)
    labels = _escaped_labels(name) if "\\" in name else [label.encode("ascii") for label in name.split(".")]
    for label in labels:
        if not 1 <= len(label) <= LONGEST_LABEL:
            raise InvalidNameError("domain name", repr(name), "labels of 1 to 63 octets")
    wire = b"".join(bytes((len(label),)) + label for label in labels) + b"\x00"
    if len(wire) > LONGEST_NAME:
        raise InvalidNameError("domain name", f"{len(wire)} octets ({name!r})", "at most 255 octets")
    return wire


def _escaped_labels(name: str) -> list[bytes]:
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
    return [bytes(label) for label in labels]


def _escape(name: str, position: int) -> tuple[int, int]:
    """The octet that an escape stands for, and the characters after the backslash that it takes."""
    digits = name[position : position + 3]
    if len(digits) == 3 and digits.isdigit() and int(digits) < 256:
        return int(digits), 3
    if digits and not digits[0].isdigit():
        return ord(digits[0]), 1
    raise InvalidNameError(
        "domain name", repr(name), "escapes: \\ and three digits up to 255, or a character"
    )


def text_of(name: dns.name.Name) -> str:
    """The text form, as used everywhere in this room, of an absolute dnspython name."""
    return name.canonicalize().to_text(omit_final_dot=True)
