"""What the verifier's generator asks for, and how its parts ask."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from emblem.dns.message import Answer, Question
from emblem.traceability.resources import Fetched, Resource, not_at_hand

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


def without_network(steps: Asking[T]) -> T:
    """Run something that only fetches where nothing can be fetched: nothing is at hand.

    Raises:
        AssertionError: it asks the DNS.
    """
    response: tuple[Fetched, ...] | None = None
    while True:
        try:
            request = steps.send(response) if response is not None else next(steps)
        except StopIteration as finished:
            result: T = finished.value
            return result
        assert isinstance(request, Fetch), "nothing here asks the DNS"
        response = tuple(map(not_at_hand, request.resources))


def together(steps: Sequence[Asking[T]]) -> Asking[tuple[T, ...]]:
    """Run several that only fetch side by side: what all of them wait for is fetched at once, each resource once.

    Returns:
        The result of each, in the same order.
    """
    results: dict[int, T] = {}
    waiting: dict[int, tuple[Resource, ...]] = {}

    def advance(number: int, response: tuple[Fetched, ...] | None) -> None:
        try:
            request = steps[number].send(response) if response is not None else next(steps[number])
        except StopIteration as finished:
            waiting.pop(number, None)
            results[number] = finished.value
            return
        assert isinstance(request, Fetch), "nothing here asks the DNS"
        waiting[number] = request.resources

    for number in range(len(steps)):
        advance(number, None)
    while waiting:
        wanted = dict.fromkeys(resource for resources in waiting.values() for resource in resources)
        came = dict(zip(wanted, (yield from fetch(wanted)), strict=True))
        for number, resources in list(waiting.items()):
            advance(number, tuple(came[one] for one in resources))
    return tuple(results[number] for number in range(len(steps)))
