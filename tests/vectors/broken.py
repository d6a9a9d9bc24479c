"""What a broken verifier is."""

from __future__ import annotations

from dataclasses import dataclass

NEVER = "if False:"
"""What a condition becomes when its rule is left out."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken verifier.

    ``rule`` says what it does wrong, ``file`` is the file of vectors that must catch it, and ``edits`` replace
    text of one module, wherever it stands in it.
    """

    rule: str
    file: str
    module: str
    edits: tuple[tuple[str, str], ...]


def broken(rule: str, file: str, module: str, old: str, new: str) -> Broken:
    """A verifier with one edit."""
    return Broken(rule, file, f"emblem.{module}", ((old, new),))
