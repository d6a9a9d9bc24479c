"""One question to several servers, and on along its aliases, without I/O."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from emblem.dns.encrypted import Server
from emblem.dns.exchange import Exchange, Step, random_identifier
from emblem.dns.interpretation import MOST_ALIASES
from emblem.dns.message import Answer, FailedTry, Failure, Outcome, Question
from emblem.dns.servers import ServerAddress

_WORTH_ANOTHER_TRY = frozenset({Failure.TIMEOUT, Failure.CUT_SHORT, Failure.FLOODED})
"""Accidents of the way. Any other failure is what the server has to say: it is not asked the same again."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long and how often a server is tried.

    Args:
        try_timeout: seconds to wait for one response.
        tries: how often each server is asked, where packets or connections may have been lost.
        encrypted_try_timeout: seconds to wait over TLS and HTTPS, where the connection must be made first and what is
            lost is sent again by itself.
    """

    try_timeout: float = 1.5
    tries: int = 4
    encrypted_try_timeout: float = 5.0

    def timeout_of(self, server: Server) -> float:
        """Seconds to wait for one response of this server."""
        return self.try_timeout if isinstance(server, ServerAddress) else self.encrypted_try_timeout


DEFAULT_RETRY_POLICY = RetryPolicy()


class Lookup:
    """A :class:`~emblem.dns.exchange.Machine` that ends in the answer to a question.

    The servers are asked in turn until one settles the question; those that did not answer are asked again.
    Where the answer is an alias and nothing is said of its end, the end is asked for.

    Args:
        question: what to ask.
        servers: whom, in this order; at least one.
        deadline: monotonic seconds.
        policy: how long and how often each is tried.
        dnssec: ask for signatures, and for what does not validate too.
        over_tcp: ask the first server over TCP at once, if it is a plain one: what it says over UDP is known not to do.
        identifiers: where message identifiers come from.
    """

    def __init__(
        self,
        question: Question,
        servers: Sequence[Server],
        *,
        deadline: float,
        policy: RetryPolicy,
        dnssec: bool = False,
        over_tcp: bool = False,
        identifiers: Callable[[], int] = random_identifier,
    ) -> None:
        self._dnssec = dnssec
        self._over_tcp = over_tcp
        self._servers = tuple(servers)
        self._deadline = deadline
        self._policy = policy
        self._identifiers = identifiers
        self._known = Answer(
            question,
            Outcome.ALIAS,
            final_name=question.name,
            authoritative=True,
            recursion_available=True,
            authenticated_data=True,
        )
        self._plan_for(self._servers)

    def start(self, now: float) -> Step:
        """See :class:`~emblem.dns.exchange.Machine`."""
        server, tries = self._waiting.popleft()
        self._tries_left = tries - 1
        self._server = server
        question = self._known.question
        self._exchange = Exchange(
            Question(self._known.final_name, question.type),
            server,
            deadline=self._deadline,
            try_timeout=self._policy.timeout_of(server),
            dnssec=self._dnssec,
            over_tcp=self._over_tcp,
            identifiers=self._identifiers,
        )
        self._over_tcp = False
        return self._judged(self._exchange.start(now), now)

    def received(self, data: bytes, now: float) -> Step:
        """See :class:`~emblem.dns.exchange.Machine`."""
        return self._judged(self._exchange.received(data, now), now)

    def failed(self, failure: Failure, detail: str, now: float) -> Step:
        """See :class:`~emblem.dns.exchange.Machine`."""
        return self._judged(self._exchange.failed(failure, detail, now), now)

    def _plan_for(self, servers: Sequence[Server]) -> None:
        self._waiting = deque((server, self._policy.tries) for server in servers)

    def _judged(self, step: Step, now: float) -> Step:
        if not isinstance(step, Answer):
            return step
        answer = join(self._known, step)
        if answer.failure is not None:
            return self._next_try(answer, now)
        if answer.outcome is not Outcome.ALIAS:
            return answer
        self._known = answer
        self._plan_for([self._server, *(server for server in self._servers if server != self._server)])
        return self.start(now)

    def _next_try(self, answer: Answer, now: float) -> Step:
        assert answer.failure is not None
        tried = FailedTry(answer.server, answer.transport, answer.failure, answer.detail)
        self._known = replace(self._known, failed_tries=(*self._known.failed_tries, tried))
        if answer.failure in _WORTH_ANOTHER_TRY and self._tries_left:
            self._waiting.append((self._server, self._tries_left))
        if self._waiting and now < self._deadline:
            return self.start(now)
        return replace(answer, failed_tries=self._known.failed_tries)


def join(known: Answer, answer: Answer) -> Answer:
    """The answer to the question of ``known``, given what its aliases led on to."""
    joined = replace(
        answer,
        question=known.question,
        aliases=known.aliases + answer.aliases,
        additional=tuple(dict.fromkeys(known.additional + answer.additional)),
        authoritative=known.authoritative and answer.authoritative,
        recursion_available=known.recursion_available and answer.recursion_available,
        authenticated_data=known.authenticated_data and answer.authenticated_data,
        failed_tries=known.failed_tries,
        earlier_wires=known.wires if known.wire else (),
    )
    owners = [owner for owner, _ in joined.aliases]
    if joined.final_name in owners or len(set(owners)) < len(owners):
        return replace(joined, outcome=Outcome.FAILED, records=(), failure=Failure.ALIAS_LOOP)
    if len(owners) > MOST_ALIASES:
        return replace(joined, outcome=Outcome.FAILED, records=(), failure=Failure.ALIAS_CHAIN_TOO_LONG)
    return joined
