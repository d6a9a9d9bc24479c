"""What the synchronous and the asynchronous resolver have in common."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from emblem.dns.lookup import DEFAULT_RETRY_POLICY, Lookup, RetryPolicy
from emblem.dns.message import Question
from emblem.dns.servers import ServerAddress
from emblem.errors import ResolverError

MOST_AT_ONCE = 64
"""Look-ups that have a socket open at the same time."""


class BaseStub:
    """Whom to ask and how, without asking.

    Args:
        servers: recursive resolvers, or authoritative servers, in the order in which they are asked.
        policy: how long and how often each is tried.
        dnssec: ask for signatures, and for what does not validate too: for what is to be assessed.
        clock: monotonic seconds; the deadlines passed in are of the same clock.

    Raises:
        ResolverError: there is no server.
    """

    def __init__(
        self,
        servers: Sequence[ServerAddress],
        *,
        policy: RetryPolicy = DEFAULT_RETRY_POLICY,
        dnssec: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not servers:
            raise ResolverError("resolver", "none", "at least one")
        self.servers = tuple(servers)
        self._policy = policy
        self._dnssec = dnssec
        self._clock = clock

    def _lookup(self, question: Question, deadline: float) -> Lookup:
        return Lookup(question, self.servers, deadline=deadline, policy=self._policy, dnssec=self._dnssec)
