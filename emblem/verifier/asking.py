"""What the verifier's generator asks for, and how its parts ask."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

from emblem.dns.message import Answer, Question

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """A request of the generator: ask the DNS all of these, and send the answers back in the same order."""

    questions: tuple[Question, ...]


Asking = Generator[Ask, tuple[Answer, ...], T]
"""Something that asks, is sent answers, and comes to a result."""
