"""Records as text: what ``--records`` reads, line by line, and what ``emblem records`` writes.

A line is recognized by what it looks like: record data in hexadecimal (also as ``\\# LENGTH HEX``, RFC 3597), a TXT
value as quoted strings or bare, a line of ``dig`` or of a zone file, a compact JWS. Blank lines and comments are
skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from emblem.codec.carriage import IHLE_TYPE, IHLE_TYPES, TXT_TYPE, data_record, join_strings, text_record
from emblem.errors import InvalidNameError, MalformedError
from emblem.model.names import normalize_name
from emblem.model.record import Alias, Carriage, Record

# Possessive quantifiers: a line of megabytes must not leave the matcher a mark for every character.
# No group is possessive: Debian 12's Python gets those wrong. The escapes in a string are bounded instead.
_HEX = re.compile(r"[0-9a-fA-F][0-9a-fA-F\s]*+", re.ASCII)
_GENERIC = re.compile(r"\\#\s+(\d{1,9})(?:\s([0-9a-fA-F\s]*+))?", re.ASCII)
_QUOTED = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+){0,65535})"')
_ESCAPE = re.compile(rb"\\(?:(\d{3})|(.))", re.DOTALL)
_ZONE_LINE = re.compile(
    r"(?P<owner>[^\s;\"{}]*)\s+"
    r"(?:(?P<ttl>\d[\dsmhdwSMHDW]*)\s+)?(?:(?P<class>IN|CH|HS|CLASS\d+)\s+)?(?:(?P<ttl2>\d[\dsmhdwSMHDW]*)\s+)?"
    r"(?P<type>[A-Za-z][A-Za-z0-9-]*)\s+(?P<data>\S.*)",
    re.IGNORECASE,
)
_CNAME_TYPE = 5
_TYPES = {"IHLE": IHLE_TYPE, "TXT": TXT_TYPE, "CNAME": _CNAME_TYPE}
_TYPES |= {f"TYPE{number}": number for number in (TXT_TYPE, *IHLE_TYPES)}
_LONGEST_STRING = 255
_COMMENT_CHARACTERS = (";", "#", "//")


@dataclass(slots=True)
class _Place:
    """Where in a zone file the reader is: what an omitted owner or a relative name refers to."""

    origin: str = ""
    owner: str = ""


def read_records(text: str) -> tuple[Record | Alias, ...]:
    """Read records from text, in their order; records of other types and other people's TXT values are kept out.

    Raises:
        MalformedError: a line that names one of our types cannot be read; the field is its line number.
    """
    place = _Place()
    return tuple(
        entry
        for number, line in _logical_lines(text)
        if (entry := _read_line(f"line {number}", line, place)) is not None
    )


def decode_records(field: str, data: bytes) -> tuple[Record | Alias, ...]:
    """Read records from the bytes of a file; errors as in :func:`read_records`.

    Raises:
        MalformedError: they are no text in UTF-8.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedError(field, "bytes that are no text", "records as text, in UTF-8") from error
    if "\0" in text:
        raise MalformedError(field, "zero bytes", "records as text, in UTF-8")
    return read_records(text)


def quote_strings(data: bytes) -> str:
    """A text as the quoted strings of a TXT record, each of 255 bytes at the most (RFC 1035, section 5.1)."""
    chunks = [data[start : start + _LONGEST_STRING] for start in range(0, len(data), _LONGEST_STRING)] or [b""]
    return " ".join('"' + "".join(map(_escape, chunk)) + '"' for chunk in chunks)


def write_generic(data: bytes) -> str:
    """Record data in the form for types that a server does not know (RFC 3597, section 5)."""
    return f"\\# {len(data)} {data.hex()}"


def _read_line(field: str, line: str, place: _Place) -> Record | Alias | None:
    stripped = line.strip()
    data = _from_hex(stripped)
    if data is not None:
        return data_record(data)
    if stripped.startswith("\\#"):
        return data_record(_read_generic(field, stripped))
    if stripped.startswith('"'):
        return Record(Carriage.TXT, _read_strings(field, stripped), type_number=TXT_TYPE)
    if stripped.startswith("$"):
        _read_directive(field, stripped, place)
        return None
    zone_line = _ZONE_LINE.fullmatch(line.rstrip())
    if zone_line is not None and _is_record(zone_line):
        return _read_zone_line(field, zone_line, place)
    return text_record(stripped)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; those of a zone file that stand in parentheses become one."""
    parts: list[str] = []
    start, depth = 0, 0
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        stripped = line.strip()
        if not stripped or (not parts and stripped.startswith(_COMMENT_CHARACTERS)):
            continue
        if not parts and not _ZONE_LINE.fullmatch(line.rstrip()):
            yield number, line
            continue
        content, depth = _without_parentheses(line, depth)
        start = start if parts else number
        parts.append(content)
        if depth <= 0:
            yield start, " ".join(parts)
            parts, depth = [], 0
    if parts:
        raise MalformedError(f"line {start}", "a parenthesis that is never closed", "a closing one")


def _without_parentheses(line: str, depth: int) -> tuple[str, int]:
    kept: list[str] = []
    quoted = escaped = False
    for character in line:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif not quoted and character == ";":
            break
        elif not quoted and character in "()":
            depth += 1 if character == "(" else -1
            character = " "
        kept.append(character)
    return "".join(kept), depth


def _is_record(zone_line: re.Match[str]) -> bool:
    described = zone_line["ttl"] or zone_line["class"] or zone_line["ttl2"]
    return bool(described) or zone_line["type"].upper() in _TYPES


def _read_directive(field: str, line: str, place: _Place) -> None:
    name, _, value = line.replace("\t", " ").partition(" ")
    if name.upper() == "$ORIGIN":
        place.origin = _owner_name(value.split(";")[0].strip(), "")
    elif name.upper() != "$TTL":
        raise MalformedError(field, name, "$ORIGIN or $TTL")


def _read_zone_line(field: str, zone_line: re.Match[str], place: _Place) -> Record | Alias | None:
    if zone_line["owner"]:
        place.owner = _owner_name(zone_line["owner"], place.origin)
    type_number = _TYPES.get(zone_line["type"].upper())
    data = zone_line["data"].strip()
    if type_number is None:
        return None
    if type_number == _CNAME_TYPE:
        return Alias(place.owner, _owner_name(data, place.origin))
    generic = _read_generic(field, data) if data.startswith("\\#") else None
    if type_number == TXT_TYPE:
        value = _read_strings(field, data) if generic is None else join_strings(generic)
        return Record(Carriage.TXT, value, place.owner, TXT_TYPE)
    rdata = _read_hex(field, data) if generic is None else generic
    return Record(Carriage.IHLE, rdata, place.owner, type_number)


def _owner_name(text: str, origin: str) -> str:
    if text == "@":
        return origin
    absolute = text if text.endswith(".") or not origin else f"{text}.{origin}"
    try:
        return normalize_name(absolute)
    except InvalidNameError:
        return absolute.lower().removesuffix(".")


def _read_generic(field: str, text: str) -> bytes:
    match = _GENERIC.fullmatch(text)
    if match is not None:
        data = _from_hex(match[2].strip()) if match[2] and match[2].strip() else b""
        if data is not None and len(data) == int(match[1]):
            return data
    raise MalformedError(field, repr(text), "\\# LENGTH HEX with that many bytes")


def _read_hex(field: str, text: str) -> bytes:
    data = _from_hex(text)
    if data is None:
        raise MalformedError(field, repr(text), "record data in hexadecimal")
    return data


def _from_hex(text: str) -> bytes | None:
    """The bytes that pairs of hexadecimal digits write, between which there may be space; None for other text."""
    if not _HEX.fullmatch(text):
        return None
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


def _read_strings(field: str, text: str) -> bytes:
    """Quoted strings, or words without quotes, one after another, as one value."""
    if not text.startswith('"'):
        return b"".join(_unescape(field, word) for word in text.split())
    parts, position = [], 0
    while position < len(text):
        match = _QUOTED.match(text, position)
        if match is None:
            raise MalformedError(field, repr(text[position:]), "strings in double quotes")
        parts.append(_unescape(field, match[1]))
        position = match.end()
        while text[position : position + 1].isspace():
            position += 1
    return b"".join(parts)


def _unescape(field: str, text: str) -> bytes:
    def resolve(match: re.Match[bytes]) -> bytes:
        if match[1] is None:
            return match[2]
        if int(match[1]) > _LONGEST_STRING:
            raise MalformedError(field, f"the escape \\{match[1].decode()}", "\\000 to \\255")
        return bytes([int(match[1])])

    return _ESCAPE.sub(resolve, text.encode("utf-8", "surrogatepass"))


def _escape(byte: int) -> str:
    character = chr(byte)
    if character in '"\\':
        return "\\" + character
    return character if " " <= character <= "~" else f"\\{byte:03}"
