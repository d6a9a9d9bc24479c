"""The tables of a TOML document, taken field by field: what is wrong is named with its line and column."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from emblem.errors import InputError, TrustError
from emblem.model.limits import DEEPEST_NESTING
from emblem.trust.places import Path, Place, TooDeepError, find_long_key, find_places, line_and_column

T = TypeVar("T")

_SYNTAX_ERROR = re.compile(
    r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL
)
_DURATION = re.compile(r"(\d{1,6})([dhms])", re.ASCII)
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_KINDS = {str: "a text", bool: "true or false", list: "an array", dict: "a table", datetime: "a time"}


@dataclass(frozen=True)
class Source:
    """The text of a document, the name under which errors speak of it, and their class."""

    name: str
    text: str
    raises: type[InputError] = TrustError

    @classmethod
    def decode(cls, name: str, data: bytes, raises: type[InputError] = TrustError) -> Source:
        """The text of a file in UTF-8, with or without a byte-order mark.

        Raises:
            TrustError: it is in another encoding; the error, as all others, is of the class that is given.
        """
        data = data.removeprefix(b"\xef\xbb\xbf")
        try:
            return cls(name, data.decode(), raises)
        except UnicodeDecodeError as error:
            line, column = data.count(b"\n", 0, error.start) + 1, error.start - data.rfind(b"\n", 0, error.start)
            raise raises(f"{name}, line {line}, column {column}", "bytes that are no text", "UTF-8") from error

    def parse(self) -> Mapping[str, Any]:
        """The tables of the document.

        Raises:
            TrustError: it is no TOML.
        """
        long_key = find_long_key(self.text)
        if long_key is not None:
            found, expected = "a longer key", f"keys of {DEEPEST_NESTING} parts at the most"
            raise self.raises(self._field(*line_and_column(self.text, long_key)), found, expected)
        try:
            return tomllib.loads(self.text)
        except RecursionError as error:
            # What nests so deep that the library gives up is well-formed up to there.
            raise self.error((), "deep nesting", f"{DEEPEST_NESTING} levels at the most") from error
        except ValueError as error:
            what, line, column = self._read_syntax_error(str(error))
            raise self.raises(self._field(line, column), what, "TOML") from error

    def error(self, path: Path, found: str, expected: str, *, at_name: bool = False) -> InputError:
        """An error that tells where in the file something is, by the nearest part of it that is written there."""
        try:
            places = self.places
        except TooDeepError as deep:
            line, column = line_and_column(self.text, deep.offset)
            return self.raises(self._field(line, column), "deeper nesting", f"{DEEPEST_NESTING} levels at the most")
        place = next((places[path[:length]] for length in range(len(path), 0, -1) if path[:length] in places), None)
        line, column = line_and_column(self.text, (place.name if at_name else place.start) if place else 0)
        return self.raises(self._field(line, column, path), found, expected)

    def line(self, path: Path) -> int:
        """The line in which a table or a value begins."""
        return line_and_column(self.text, self.places[path].start)[0]

    def _read_syntax_error(self, text: str) -> tuple[str, int, int]:
        """What is wrong and where; the library tells it in words, and not where a number is too long to be read."""
        match = _SYNTAX_ERROR.fullmatch(text)
        what = match[1] if match else text
        if match and match[2]:
            return what, int(match[2]), int(match[3])
        return what, *line_and_column(self.text, len(self.text))

    @cached_property
    def places(self) -> Mapping[Path, Place]:
        """Where every table and value stands; raises TooDeepError as :func:`find_places` does."""
        return find_places(self.text)

    def _field(self, line: int, column: int, path: Path = ()) -> str:
        name = next((part for part in reversed(path) if isinstance(part, str)), "")
        return f"{self.name}, line {line}, column {column}" + (f": {name}" if name else "")


class Fields:
    """The fields of one table.

    Args:
        source: the document.
        path: where the table stands in it.
        table: what it holds.
        known: the names that it may have.

    Raises:
        TrustError: the table has another field.
    """

    def __init__(self, source: Source, path: Path, table: Mapping[str, Any], known: Sequence[str]) -> None:
        self.source = source
        self.path = path
        self._table = table
        for name in table:
            if name not in known:
                what = "field" if path else "table"
                expected = f"one of {', '.join(known)}"
                raise source.error((*path, name), f"the {what} {name!r}", expected, at_name=True)

    def __contains__(self, name: str) -> bool:
        return name in self._table

    def error(self, name: str, found: str, expected: str) -> InputError:
        """An error that points at a field, or, where it is missing, at the table."""
        return self.source.error((*self.path, name), found, expected)

    def text(self, name: str) -> str | None:
        """A text that is not empty, or None where the field is absent."""
        if name not in self._table:
            return None
        return self.read(name, str, _not_empty)

    def flag(self, name: str) -> bool:
        """True or false."""
        return self.read(name, bool, bool)

    def time(self, name: str) -> datetime | None:
        """A time with its zone, or None where the field is absent."""
        if name not in self._table:
            return None
        return self.read(name, datetime, _with_zone)

    def read(self, name: str, kind: type[Any], parse: Callable[[Any], T]) -> T:
        """A value of a kind, as a function reads it; what that refuses is an error here."""
        return self._read((*self.path, name), self._table[name], kind, parse)

    def read_each(self, name: str, parse: Callable[[str], T]) -> tuple[T, ...]:
        """The texts of an array that is not empty, each as a function reads it."""
        return tuple(self._read(path, value, str, parse) for path, value in self.elements(name))

    def elements(self, name: str) -> Iterator[tuple[Path, Any]]:
        """The elements of an array that is there and not empty, each with its place."""
        path, values = (*self.path, name), self._table.get(name)
        if not isinstance(values, list) or not values:
            raise self.source.error(path, describe(values), "an array that is not empty")
        return (((*path, index), value) for index, value in enumerate(values))

    def tables(self, name: str, known: Sequence[str]) -> Iterator[Fields]:
        """The tables of an array of tables; none where it is absent."""
        if name in self._table:
            for path, value in self.elements(name):
                yield Fields(self.source, path, self._check(path, value, dict), known)

    def table(self, name: str, known: Sequence[str]) -> Fields | None:
        """The fields of a table within this one, or None where it is absent."""
        if name not in self._table:
            return None
        path = (*self.path, name)
        return Fields(self.source, path, self._check(path, self._table[name], dict), known)

    def _read(self, path: Path, value: object, kind: type[Any], parse: Callable[[Any], T]) -> T:
        try:
            return parse(self._check(path, value, kind))
        except InputError as error:
            if isinstance(error, self.source.raises):
                raise
            raise self.source.error(path, error.found, error.expected) from error

    def _check(self, path: Path, value: object, kind: type[Any]) -> Any:
        if not isinstance(value, kind):
            raise self.source.error(path, describe(value), _KINDS[kind])
        return value


def parse_duration(text: str) -> int:
    """Read a length of time, such as ``90d``: a number and d, h, m or s for days, hours, minutes, seconds.

    Returns:
        Seconds.

    Raises:
        InputError: it is something else.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        expected = "a number and d, h, m or s for days, hours, minutes, seconds (90d)"
        raise InputError("length of time", repr(text), expected)
    return int(match[1]) * _SECONDS[match[2]]


def describe(value: object) -> str:
    """What a value of TOML is, for an error."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"the text {value!r}"
    if isinstance(value, list):
        return f"an array of {len(value)}" if value else "an empty array"
    return _KINDS.get(type(value), f"the value {value}")


def _not_empty(text: str) -> str:
    if not text.strip():
        raise InputError("text", "an empty text", "a text, or nothing at all")
    return text


def _with_zone(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise InputError("time", time.isoformat(), "a time with its zone (2027-01-31T00:00:00Z)")
    return time
