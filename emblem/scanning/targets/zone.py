"""Host names in a zone file (RFC 1035, section 5), read line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emblem.errors import MalformedError
from emblem.scanning.targets.lines import Lines
from emblem.scanning.targets.listed import Texts

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[()]|;.*|(?:[^\s;()"\\]|\\.)+|\S')
_CLASSES = frozenset({"IN", "CH", "HS", "ANY"})
_TIME_TO_LIVE = re.compile(r"[0-9][0-9smhdw]*", re.IGNORECASE)
_OF_NO_HOST = frozenset({"NSEC3", "RRSIG"})
"""Types whose owner need not be the name of anything."""


def zone_texts(lines: Lines) -> Texts:
    """The names that own records and can be hosts, each once for consecutive records.

    No host has a label that begins with an underscore (RFC 8552) or is ``*``. What else files are included
    (``$INCLUDE``) or records generated (``$GENERATE``) is not followed, and counted as malformed.
    """
    reader = _ZoneReader(lines)
    last: str | None = None
    for line in lines:
        if line is None:
            yield None
            continue
        try:
            owner = reader.owner(line)
        except MalformedError as error:
            lines.malformed(error)
            continue
        if owner is not None and owner != last:
            last = owner
            if not owner.startswith("*") and "_" not in owner:
                yield lines.number, owner
    if reader.depth:
        lines.unreadable(MalformedError("zone file", "parentheses that do not end", "a closing parenthesis"))


class _ZoneReader:
    """What is known at a line of a zone file: the origin, the last owner, and whether parentheses are open."""

    def __init__(self, lines: Lines) -> None:
        self.depth = 0
        self._lines = lines
        self._origin: str | None = None
        self._owner: str | None = None

    def owner(self, line: str) -> str | None:
        """The owner of the record that begins at a line, or None where none does that could be a host's."""
        within = self.depth > 0
        tokens = list(self._tokens(line))
        if within or not tokens:
            return None
        if tokens[0].startswith("$"):
            self._direct(tokens)
            return None
        if not line[0].isspace():
            self._owner = self._absolute(tokens.pop(0))
        return None if _type(tokens) in _OF_NO_HOST else self._owner

    def _tokens(self, line: str) -> Iterator[str]:
        for token in _TOKEN.findall(line):
            if token.startswith(";"):
                return
            if token == "(":
                self.depth += 1
            elif token == ")":
                self.depth = max(0, self.depth - 1)
            else:
                yield token

    def _direct(self, tokens: list[str]) -> None:
        directive = tokens[0].upper()
        if directive == "$ORIGIN" and len(tokens) == 2:
            self._origin = self._absolute(tokens[1])
        elif directive != "$TTL":
            raise MalformedError("zone file", tokens[0], "records, $ORIGIN and $TTL")

    def _absolute(self, name: str) -> str:
        if name.endswith("."):
            return name.lower().removesuffix(".")
        if self._origin is None:
            raise MalformedError("zone file", f"the relative name {name!r}", "an $ORIGIN before it")
        return self._origin if name == "@" else f"{name.lower()}.{self._origin}".rstrip(".")


def _type(tokens: list[str]) -> str | None:
    """The record type among what follows an owner: after time to live and class, in any order."""
    for token in tokens:
        if token.upper() not in _CLASSES and not _TIME_TO_LIVE.fullmatch(token):
            return token.upper()
    return None
