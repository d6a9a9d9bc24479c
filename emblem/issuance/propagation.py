"""Whether all authoritative servers of a zone show what was published, or no longer show what was taken away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

from emblem.dns.authority import ZoneServer
from emblem.dns.authority_connection import AuthorityConnection, has_route
from emblem.dns.message import Answer, Question
from emblem.dns.servers import ServerAddress

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0
_LAST_ROUND_SECONDS = 5.0

Connect = Callable[[ServerAddress, float], AuthorityConnection]
"""Makes the connection to a server, given the time (monotonic) beyond which it waits for nothing."""


class Sought(Protocol):
    """Something that servers are to show: how a host is to be, for one."""

    @property
    def name(self) -> str:
        """What it is about, for people."""
        ...

    @property
    def questions(self) -> tuple[Question, ...]:
        """What to ask."""
        ...

    def is_granted(self, answer: Answer) -> bool:
        """Whether an answer to one of the questions shows what is sought."""
        ...


@dataclass(frozen=True, slots=True)
class Showing:
    """How far a server is.

    Args:
        server: which.
        missing: the wishes of which it does not yet show that they came true.
        reason: what it showed instead of the first of these; empty where nothing is missing.
    """

    server: ZoneServer
    missing: tuple[Sought, ...]
    reason: str = ""


def watch(
    servers: Sequence[ZoneServer],
    wishes: Sequence[Sought],
    *,
    deadline: float,
    connect: Connect | None = None,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> Iterator[tuple[Showing, ...]]:
    """Ask all servers again and again, until all show everything.

    Args:
        servers: whom to ask. An address to which this machine has no way is left out where its server has another.
        wishes: what came true.
        deadline: monotonic seconds after which no further round begins.
        connect: how to reach a server; left out, over TCP and without a signature, as anybody would.
        clock: monotonic seconds.
        pause: waits for some seconds, between the rounds.

    Yields:
        How far each server is, after each round. The last one tells the outcome.
    """
    waiting = _FIRST_PAUSE
    showing = tuple(Showing(server, tuple(wishes), "not asked") for server in _reachable(servers))
    with ExitStack() as stack:
        made = [
            stack.enter_context((connect or _connect)(one.server.address, deadline + _LAST_ROUND_SECONDS))
            for one in showing
        ]
        while True:
            showing = tuple(_ask(connection, one) for connection, one in zip(made, showing, strict=True))
            yield showing
            remaining = deadline - clock()
            if remaining <= 0 or not any(one.missing for one in showing):
                return
            pause(min(waiting, remaining))
            waiting = min(2 * waiting, _LONGEST_PAUSE)


def _ask(connection: AuthorityConnection, showing: Showing) -> Showing:
    """Ask for the first of what is missing; only if that is there now, for the rest."""
    first, rest = showing.missing[:1], showing.missing[1:]
    missing, reason = _missing(connection, first)
    if missing:
        return Showing(showing.server, showing.missing, reason)
    missing, reason = _missing(connection, rest)
    return Showing(showing.server, missing, reason)


def _missing(connection: AuthorityConnection, wishes: Sequence[Sought]) -> tuple[tuple[Sought, ...], str]:
    answers = iter(connection.ask_all([question for wish in wishes for question in wish.questions]))
    missing: list[Sought] = []
    reason = ""
    for wish in wishes:
        wrong = [answer for answer in [next(answers) for _ in wish.questions] if not _shows(wish, answer)]
        if wrong:
            missing.append(wish)
            reason = reason or _reason(wrong[0])
    return tuple(missing), reason


def _shows(wish: Sought, answer: Answer) -> bool:
    return answer.authoritative and wish.is_granted(answer)


def _reason(answer: Answer) -> str:
    if answer.failure is not None:
        return answer.detail or str(answer.failure)
    if not answer.authoritative:
        return "it is no authority for the zone"
    return f"other records at {answer.question.name}"


def _reachable(servers: Sequence[ZoneServer]) -> tuple[ZoneServer, ...]:
    routed = [server for server in servers if has_route(server.address)]
    names = {server.name for server in routed}
    return tuple(server for server in servers if server in routed or server.name not in names)


def _connect(server: ServerAddress, deadline: float) -> AuthorityConnection:
    return AuthorityConnection(server, deadline=deadline)
