"""CBOR in diagnostic notation (RFC 8949, section 8), straight from the bytes, also where our formats refuse them."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass

from emblem.errors import MalformedError

_DEEPEST = 32
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = range(7)
_INDEFINITE = 31
_BREAK = 0xFF
_SIGN1_TAG = 18
_EMBEDDED = (0, 2)
_LENGTHS = {24: 1, 25: 2, 26: 4, 27: 8}
_FLOATS = {25: "!e", 26: "!f", 27: "!d"}
_SIMPLE = {20: "false", 21: "true", 22: "null", 23: "undefined"}
_INDENT = "  "


def diagnose(data: bytes) -> str:
    """One CBOR item as text, over several lines; the header and payload of a COSE_Sign1 are shown decoded.

    Raises:
        MalformedError: the bytes are not well-formed, or nest deeper than this prints.
    """
    reader = _Reader(data)
    text = reader.item(0, ())
    if reader.position < len(data):
        text += f"\n/ and {len(data) - reader.position} bytes after the item /"
    return text


@dataclass(slots=True)
class _Reader:
    """Reads items from the front of the bytes."""

    data: bytes
    position: int = 0

    def item(self, depth: int, embedded: tuple[int, ...]) -> str:
        """The next item; byte strings at these places of an array are themselves CBOR."""
        if depth > _DEEPEST:
            raise MalformedError("CBOR", "deeper nesting", f"{_DEEPEST} levels at the most")
        initial = self._take(1)[0]
        major, additional = initial >> 5, initial & 31
        if major > _TAG:
            return self._simple(additional)
        if additional == _INDEFINITE and _BYTES <= major <= _MAP:
            return self._indefinite(major, depth)
        argument = self._argument(additional)
        if major == _UNSIGNED:
            return str(argument)
        if major == _NEGATIVE:
            return str(-1 - argument)
        if major == _BYTES:
            return f"h'{self._take(argument).hex()}'"
        if major == _TEXT:
            return json.dumps(self._take(argument).decode("utf-8", "backslashreplace"), ensure_ascii=False)
        if major == _TAG:
            return f"{argument}({self.item(depth + 1, _EMBEDDED if argument == _SIGN1_TAG else ())})"
        self._check_count(argument)
        if major == _ARRAY:
            return _bracketed("[]", [self._element(place, depth, embedded) for place in range(argument)], depth)
        return _bracketed("{}", [self._pair(depth) for _ in range(argument)], depth)

    def _element(self, place: int, depth: int, embedded: tuple[int, ...]) -> str:
        text = self.item(depth + 1, ())
        if place in embedded and text.startswith("h'"):
            inner = _Reader(bytes.fromhex(text[2:-1]))
            try:
                shown = inner.item(depth + 1, ())
            except MalformedError:
                return text
            if inner.position == len(inner.data):
                return f"<< {shown} >>"
        return text

    def _pair(self, depth: int) -> str:
        key = self.item(depth + 1, ())
        return f"{key}: {self.item(depth + 1, ())}"

    def _indefinite(self, major: int, depth: int) -> str:
        parts: list[str] = []
        while self.data[self.position : self.position + 1] != bytes([_BREAK]):
            parts.append(self._pair(depth) if major == _MAP else self.item(depth + 1, ()))
        self._take(1)
        brackets = {_ARRAY: "[]", _MAP: "{}"}.get(major, "()")
        return _bracketed(brackets, parts, depth, opening="_ ")

    def _simple(self, additional: int) -> str:
        if additional in _FLOATS:
            (value,) = struct.unpack(_FLOATS[additional], self._take(_LENGTHS[additional]))
            return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(repr(value), repr(value))
        number = self._take(1)[0] if additional == 24 else additional
        if additional > 24:
            raise MalformedError("CBOR", f"initial byte {0xE0 | additional:#04x}", "a data item")
        return _SIMPLE.get(number, f"simple({number})")

    def _argument(self, additional: int) -> int:
        if additional < 24:
            return additional
        if additional not in _LENGTHS:
            raise MalformedError("CBOR", f"additional information {additional}", "a length")
        return int.from_bytes(self._take(_LENGTHS[additional]), "big")

    def _check_count(self, count: int) -> None:
        if count > len(self.data) - self.position:
            raise MalformedError("CBOR", f"{count} items", "as many as there are bytes left, at the most")

    def _take(self, count: int) -> bytes:
        taken = self.data[self.position : self.position + count]
        if len(taken) < count:
            raise MalformedError("CBOR", f"{len(taken)} bytes", f"{count} more: it is cut short")
        self.position += count
        return taken


def _bracketed(brackets: str, parts: list[str], depth: int, opening: str = "") -> str:
    if not parts:
        return f"{brackets[0]}{opening.strip()}{brackets[1]}"
    indent = _INDENT * (depth + 1)
    lines = f",\n{indent}".join(parts)
    return f"{brackets[0]}{opening}\n{indent}{lines}\n{_INDENT * depth}{brackets[1]}"
