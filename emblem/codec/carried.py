"""Requests and answers as text that people carry: an armored block, or parts that fit into QR codes.

Both are specified in ``specs/requests.md``. What stands around them means nothing, so that a mail or a comment may.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b32decode, b32encode
from collections.abc import Iterable
from enum import Enum

from emblem.codec.base64 import decode_base64, encode_base64
from emblem.errors import MalformedError

LARGEST_CARRIED = 32 * 1024
"""Bytes of a request or an answer: several times what keys and signatures of ML-DSA-87 take."""

LARGEST_CARRIED_FILE = 256 * 1024
"""Bytes of a file that has one, in either form, with whatever stands around it."""

LONGEST_PART = 600
"""Characters of a part: with error correction of level L they fit into a QR code of version 13, 69 modules wide."""

_LINE = 64
_CHECK_LENGTH = 8
_BOUNDARY = re.compile(r"-----(BEGIN|END) EMBLEM ([A-Z]{1,20})-----")
_PART = re.compile(r"EMBLEM-([A-Z]+):([1-9][0-9]?)/([1-9][0-9]?):([A-Z2-7]{8}):([A-Z2-7]+)")
_HEAD_LENGTH = len("EMBLEM-REQUEST:99/99:") + _CHECK_LENGTH + len(":")


class Carried(Enum):
    """What is carried: the word that its text forms have."""

    REQUEST = "REQUEST"
    ANSWER = "ANSWER"

    @property
    def label(self) -> str:
        """What it is called in an error."""
        return f"{'an' if self is Carried.ANSWER else 'a'} {self.value.lower()}"


def write_armored(kind: Carried, head: Iterable[str], data: bytes) -> str:
    """A block of base64 between two lines that say what it is, after lines for people.

    The lines of the head must not themselves look like a block or a part.
    """
    _check_size(kind.label, data)
    body = encode_base64(data)
    lines = [body[start : start + _LINE] for start in range(0, len(body), _LINE)]
    begin, end = (f"-----{word} EMBLEM {kind.value}-----" for word in ("BEGIN", "END"))
    return "\n".join((*head, begin, *lines, end, ""))


def write_parts(kind: Carried, data: bytes) -> tuple[str, ...]:
    """Lines of :data:`LONGEST_PART` characters at the most, of those that a QR code holds best.

    Each says which part of how many it is, and begins the digest of the whole.
    """
    _check_size(kind.label, data)
    body = b32encode(data).decode().rstrip("=")
    room = LONGEST_PART - _HEAD_LENGTH
    pieces = [body[start : start + room] for start in range(0, len(body), room)]
    check = _check(data)
    return tuple(
        f"EMBLEM-{kind.value}:{number}/{len(pieces)}:{check}:{piece}" for number, piece in enumerate(pieces, start=1)
    )


def read_carried(field: str, kind: Carried, data: bytes) -> bytes:
    """Take a request or an answer out of a text in either form.

    Args:
        field: the name of the text, for the errors.
        kind: which of them it must be.
        data: the text; what stands around is passed over. Parts may come in any order, and more than once.

    Raises:
        MalformedError: there is none, or more than one, or the other kind, or it is damaged or incomplete.
    """
    if len(data) > LARGEST_CARRIED_FILE:
        raise MalformedError(field, f"{len(data)} bytes", f"{LARGEST_CARRIED_FILE} at the most")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedError(field, "something that is no text", f"{kind.label} as text") from error
    lines = [line.strip() for line in text.splitlines()]
    blocks = _blocks(field, lines)
    parts = [match.groups() for match in map(_PART.fullmatch, lines) if match is not None]
    if len(blocks) + bool(parts) > 1:
        raise MalformedError(field, "more than one request or answer", f"exactly one, {kind.label}")
    if not blocks and not parts:
        raise MalformedError(field, "none", f"{kind.label}, from -----BEGIN EMBLEM {kind.value}----- to its end")
    words = {word for word, *_ in blocks or parts}
    if words != {kind.value}:
        raise MalformedError(field, _named(words), kind.label)
    carried = (
        decode_base64(f"{field}: base64", blocks[0][1]) if blocks else _from_parts(field, [part[1:] for part in parts])
    )
    _check_size(field, carried)
    return carried


def _check_size(field: str, data: bytes) -> None:
    if len(data) > LARGEST_CARRIED:
        raise MalformedError(field, f"{len(data)} bytes", f"{LARGEST_CARRIED} at the most")


def _blocks(field: str, lines: list[str]) -> list[tuple[str, str]]:
    """The blocks in a text: the word of each, and what is in it."""
    blocks: list[tuple[str, str]] = []
    word, body = "", list[str]()
    for line in lines:
        boundary = _BOUNDARY.fullmatch(line)
        if boundary is None:
            body.append(line)
        elif boundary[1] == "BEGIN" and not word:
            word, body = boundary[2], []
        elif boundary[1] == "END" and word == boundary[2]:
            blocks.append((word, "".join(body)))
            word = ""
        else:
            raise MalformedError(field, f"{line} where there should be none", "one block with a beginning and an end")
    if word:
        raise MalformedError(field, f"no -----END EMBLEM {word}-----", "the whole block, to its last line")
    return blocks


def _named(words: set[str]) -> str:
    known = [kind.label for kind in Carried if kind.value in words]
    return " and ".join(known) if len(known) == len(words) else f"something called {', '.join(sorted(words))}"


def _from_parts(field: str, parts: list[tuple[str, ...]]) -> bytes:
    totals, checks = {total for _, total, _, _ in parts}, {check for _, _, check, _ in parts}
    if len(totals) != 1 or len(checks) != 1:
        raise MalformedError(field, "parts of different wholes", "the parts of one")
    total = int(totals.pop())
    pieces: dict[int, str] = {}
    for number_text, _, _, piece in parts:
        number = int(number_text)
        if number > total or pieces.setdefault(number, piece) != piece:
            raise MalformedError(
                field, f"part {number} of {total}, or two of that number", "each part as it was written"
            )
    missing = [str(number) for number in range(1, total + 1) if number not in pieces]
    if missing:
        found = f"{len(pieces)} of {total} parts"
        raise MalformedError(
            field, found, f"all of them: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        )
    whole = _from_base32(field, "".join(pieces[number] for number in range(1, total + 1)))
    if _check(whole) not in checks:
        raise MalformedError(field, "parts that do not make the whole that they name", "each part as it was written")
    return whole


def _from_base32(field: str, text: str) -> bytes:
    try:
        data = b32decode(text + "=" * (-len(text) % 8))
    except ValueError as error:
        raise MalformedError(field, "parts of a wrong length", "each part as it was written") from error
    if b32encode(data).decode().rstrip("=") != text:
        raise MalformedError(field, "loose bits at the end of the parts", "each part as it was written")
    return data


def _check(data: bytes) -> str:
    """The first forty bits of SHA-256 in base32: tells parts of different wholes apart, and finds slips."""
    return b32encode(hashlib.sha256(data).digest())[:_CHECK_LENGTH].decode()
