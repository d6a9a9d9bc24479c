"""Where in the text of a TOML document its tables and values stand.

The standard library reads TOML and forgets the places. This finds them again, for errors with line and column and
for changes that leave everything else in a file as it was. It is given only what the standard library accepted.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from emblem.model.limits import DEEPEST_NESTING

Path = tuple[str | int, ...]
"""Names of keys and numbers of array elements, from the top of the document: ``("authority", 0, "keys", 2)``."""

# No group is possessive: Debian 12's Python gets those wrong. Each pattern is deterministic without.
_SPACE = re.compile(r"[ \t\r\n]*+(?:#[^\n]*+[ \t\r\n]*+)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]++")
_STRING_PATTERN = (
    r'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*"""(?:"{0,2})'
    r"|'''[^']*+(?:'(?!'')[^']*+)*'''(?:'{0,2})"
    r'|"[^"\\]*+(?:\\.[^"\\]*+)*"'
    r"|'[^']*+'"
)
_STRING = re.compile(_STRING_PATTERN, re.DOTALL)
# A string that is never closed takes the rest: it would be looked for at every quotation mark again.
_TOKEN = re.compile(
    rf"(?P<part>{_STRING_PATTERN}|[A-Za-z0-9_-]++)|(?P<dot>\.)|(?P<space>[ \t]++)|#[^\n]*+|[\"'].*+|.", re.DOTALL
)
_SCALAR = re.compile(r"\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]++|[^\s,\]}#]++")


@dataclass(frozen=True, slots=True)
class Place:
    """Offsets in the text: ``name`` is where the key or the table's header begins, ``start`` to ``end`` the value.

    For a table with a header of its own the header is the value, for an element of an array ``name`` is ``start``.
    """

    name: int
    start: int
    end: int


class TooDeepError(Exception):
    """A value nests deeper than any that has a meaning; ``offset`` is where it does."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(offset)


def find_places(text: str) -> Mapping[Path, Place]:
    """Find every table and value of a well-formed TOML document.

    Raises:
        TooDeepError: arrays or inline tables nest deeper than :data:`emblem.model.limits.DEEPEST_NESTING`.
    """
    return _Finder(text).run()


def find_long_key(text: str) -> int | None:
    """Where a key of more parts begins than any that has a meaning, or None; the text need not be well-formed.

    The standard library takes memory and time that grow with the square of the number of parts.
    """
    parts, start, joined = 0, 0, False
    for token in _TOKEN.finditer(text):
        if token["part"]:
            parts, start = (parts + 1, start) if joined else (1, token.start())
            if parts > DEEPEST_NESTING:
                return start
        joined = parts > 0 and (bool(token["dot"]) or (joined and bool(token["space"])))
        if not (token["part"] or token["space"] or joined):
            parts = 0
    return None


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The line and the column of an offset, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


class _Finder:
    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._places: dict[Path, Place] = {}
        self._lengths: dict[Path, int] = {}

    def run(self) -> Mapping[Path, Place]:
        table: Path = ()
        self._skip_space()
        while self._position < len(self._text):
            if self._text[self._position] == "[":
                table = self._read_header()
            else:
                self._read_pair(table, 0)
            self._skip_space()
        return self._places

    def _read_header(self) -> Path:
        start = self._position
        brackets = 2 if self._text.startswith("[[", start) else 1
        self._position += brackets
        *above, last = self._read_key()
        self._position += brackets
        path: Path = ()
        for name in above:
            path = self._latest((*path, name))
        path = (*path, last)
        if brackets == 2:
            self._lengths[path] = self._lengths.get(path, 0) + 1
        path = self._latest(path)
        self._places[path] = Place(start, start, self._position)
        return path

    def _latest(self, path: Path) -> Path:
        """The path itself, or where it is an array of tables, the last of these."""
        return (*path, self._lengths[path] - 1) if path in self._lengths else path

    def _read_pair(self, table: Path, depth: int) -> None:
        name = self._position
        keys = self._read_key()
        self._position += 1  # the equals sign
        self._skip_space()
        start = self._position
        path = (*table, *keys)
        self._read_value(path, depth)
        self._places[path] = Place(name, start, self._position)
        for length in range(1, len(keys)):
            self._places.setdefault((*table, *keys[:length]), Place(name, start, self._position))

    def _read_key(self) -> list[str]:
        """The parts of a dotted key, and the space around them."""
        parts: list[str] = []
        while True:
            self._skip_space()
            bare = _BARE_KEY.match(self._text, self._position)
            match = bare or self._match(_STRING)
            parts.append(match[0] if bare else tomllib.loads(f"key = {match[0]}")["key"])
            self._position = match.end()
            self._skip_space()
            if not self._text.startswith(".", self._position):
                return parts
            self._position += 1

    def _read_value(self, path: Path, depth: int) -> None:
        opening = self._text[self._position]
        if opening == "[":
            self._read_array(path, depth)
        elif opening == "{":
            self._read_inline_table(path, depth)
        else:
            self._position = self._match(_STRING if opening in "\"'" else _SCALAR).end()

    def _read_array(self, path: Path, depth: int) -> None:
        index = 0
        while self._has_next("]", depth):
            start = self._position
            self._read_value((*path, index), depth + 1)
            self._places[*path, index] = Place(start, start, self._position)
            index += 1

    def _read_inline_table(self, path: Path, depth: int) -> None:
        while self._has_next("}", depth):
            self._read_pair(path, depth + 1)

    def _has_next(self, closing: str, depth: int) -> bool:
        """Step over the opening bracket, or the comma; whether there is another item, or else over the end."""
        if depth >= DEEPEST_NESTING:
            raise TooDeepError(self._position)
        if self._text[self._position] != closing:
            self._skip_space()
            if self._text[self._position] in "[{,":
                self._position += 1
            self._skip_space()
        if self._text[self._position] != closing:
            return True
        self._position += 1
        return False

    def _skip_space(self) -> None:
        self._position = self._match(_SPACE).end()

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        match = pattern.match(self._text, self._position)
        assert match is not None, "the document was found to be well-formed"
        return match
