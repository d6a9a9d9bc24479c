"""Lists with an entry a line: plain ones, those of masscan, JSON lines, and tables with a column of targets."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from emblem.errors import InputError, MalformedError
from emblem.scanning.targets.lines import LONGEST_LINE, Lines

Texts = Iterator[tuple[int, str] | None]
"""Entries of a list as they are written there, with the lines they are on; None where there is none at the moment."""

_MASSCAN_LINE = re.compile(r"(?:open|closed|banner|up)\s+\S+\s+[0-9]+\s+(\S+)\s+[0-9]+(?:\s.*)?")


def plain_texts(lines: Lines) -> Texts:
    """An entry a line; ``#`` begins a comment, and empty lines are none."""
    for line in lines:
        if line is None:
            yield None
        elif text := line.partition("#")[0].strip():
            yield lines.number, text


def masscan_list_texts(lines: Lines) -> Texts:
    """The addresses in ``masscan -oL``: lines like ``open tcp 80 192.0.2.1 1700000000``."""
    for line in lines:
        if line is None:
            yield None
        elif match := _MASSCAN_LINE.fullmatch(line.strip()):
            yield lines.number, match[1]
        elif line.strip() and not line.startswith("#"):
            lines.malformed(MalformedError("line of masscan", repr(line), "STATUS PROTOCOL PORT ADDRESS TIME"))


def json_texts(lines: Lines, members: Sequence[str]) -> Texts:
    """One member of each JSON object, an object a line; of an array with an object a line, as masscan writes it, too.

    Args:
        lines: the lines.
        members: names of members; the first that an object has is taken.
    """
    for line in lines:
        if line is None:
            yield None
            continue
        stripped = line.strip().removeprefix("[").removesuffix("]").strip().strip(",")
        if not stripped:
            continue
        try:
            yield lines.number, _member(stripped, members)
        except InputError as error:
            lines.malformed(error)


def table_texts(lines: Lines, column: str) -> Texts:
    """One column of a table (CSV, RFC 4180) whose first line names the columns.

    Raises:
        InputError: there is no such column.
    """
    place: int | None = None
    for row in _rows(lines):
        if row is None:
            yield None
        elif place is None:
            place = _place(row, column, lines.source)
        elif len(row) <= place:
            lines.malformed(MalformedError("row", f"{len(row)} columns", f"{place + 1} or more"))
        elif text := row[place].strip():
            yield lines.number, text


def _member(text: str, members: Sequence[str]) -> str:
    expected = f"a JSON object with {' or '.join(members)}"
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedError("line", repr(text), expected) from error
    if isinstance(value, dict):
        for name in members:
            if isinstance(value.get(name), str) and value[name]:
                return str(value[name])
    raise MalformedError("line", repr(text), expected)


def _rows(lines: Lines) -> Iterator[list[str] | None]:
    """Rows of a table; one with a line break within quotes is made of several lines."""
    begun = ""
    for line in lines:
        if line is None:
            yield None
            continue
        begun = f"{begun}\n{line}" if begun else line
        if begun.count('"') % 2 == 0:
            if begun.strip() and (row := _row(lines, begun)) is not None:
                yield row
            begun = ""
        elif len(begun) > LONGEST_LINE:
            lines.malformed(MalformedError("row", "quotes that do not end", f"{LONGEST_LINE} characters at the most"))
            begun = ""
    if begun:
        lines.malformed(MalformedError("row", "quotes that do not end", "a closing quote"))


def _row(lines: Lines, text: str) -> list[str] | None:
    try:
        return next(csv.reader([text]))
    except csv.Error as error:
        lines.malformed(MalformedError("row", str(error), "values separated by commas (RFC 4180)"))
        return None


def _place(header: Sequence[str], column: str, source: str) -> int:
    names = [name.strip() for name in header]
    if column in names:
        return names.index(column)
    raise InputError(f"column of {source}", repr(column), f"one of {', '.join(names)}")
