"""What the verifier's generator asks for, and how its parts ask."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import TypeVar, cast

from emblem.dns.message import Answer, Question
from emblem.traceability.resources import Fetched, Resource

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """A request of the generator: ask the DNS all of these, and send the answers back in the same order."""

    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Fetch:
    """A request of the generator: fetch all of these, and send what came back in the same order."""

    resources: tuple[Resource, ...]


Request = Ask | Fetch
"""What the generator may yield."""

Response = tuple[Answer, ...] | tuple[Fetched, ...]
"""What it is sent: of the kind, the number and in the order of what was asked for."""

Asking = Generator[Request, Response, T]
"""Something that asks, is sent what came back, and comes to a result."""


def ask(questions: Iterable[Question]) -> Asking[tuple[Answer, ...]]:
    """Ask the DNS several questions at once; none where there is none."""
    asked = tuple(questions)
    return cast(tuple[Answer, ...], (yield Ask(asked))) if asked else ()


def fetch(resources: Iterable[Resource]) -> Asking[tuple[Fetched, ...]]:
    """Fetch several resources at once; none where there is none."""
    wanted = tuple(resources)
    return cast(tuple[Fetched, ...], (yield Fetch(wanted))) if wanted else ()
