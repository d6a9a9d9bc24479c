"""What was wrong with lists of targets: counted all, and shown the first few."""

from __future__ import annotations

from dataclasses import dataclass, field

from emblem.errors import InputError

MOST_SHOWN = 10
"""Problems that are kept word for word; the others are only counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a list that is no target. ``line`` counts from 1; ``what`` says what was found and expected."""

    source: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.source}, line {self.line}: {self.what}"


@dataclass(slots=True)
class Problems:
    """Keeps account of what could not be used while lists are read.

    ``malformed`` counts entries that are no targets, ``too_long`` those among them that were cut off unread, and
    ``incomplete`` names the sources whose rest could not be read at all: targets may be missing there.
    """

    malformed: int = 0
    too_long: int = 0
    shown: list[Problem] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)

    def note(self, source: str, line: int, error: InputError) -> None:
        """Count an entry that is no target."""
        self.malformed += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(Problem(source, line, str(error)))

    def note_too_long(self, source: str, line: int, error: InputError) -> None:
        """Count an entry whose end was not waited for."""
        self.too_long += 1
        self.note(source, line, error)

    def note_rest(self, source: str, line: int, error: InputError) -> None:
        """Say that a source could not be read further."""
        self.incomplete.append(source)
        self.note(source, line, error)
