"""What every place has in common to which findings go."""

from __future__ import annotations

from typing import Protocol

from emblem.model.verdict import Status
from emblem.scanning.finding import Finding

MARKED = frozenset({Status.PROTECTED, Status.CLAIMED})
"""Statuses that are treated as marked: one that is only claimed, too, until a person has looked."""

MARKED_OR_UNDETERMINED = MARKED | {Status.UNDETERMINED}
"""The same, and what could not be established."""


class Sink(Protocol):
    """Takes findings.

    A finding is safe when :meth:`sync` has returned. A sink that is opened again with the position that this gave
    holds exactly what it held then.
    """

    def write(self, finding: Finding) -> None:
        """Take a finding."""

    def sync(self) -> int:
        """Make everything safe that was taken; the position up to which it is."""

    def finish(self) -> None:
        """Bring the results into their place, whole; all findings were taken, or no more will come for now."""

    def close(self) -> None:
        """Stop; what was synced stays."""

    def clean(self) -> None:
        """Remove what was only needed to resume. After :meth:`finish` and :meth:`close`."""
