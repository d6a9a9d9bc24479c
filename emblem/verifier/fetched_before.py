"""What was fetched for one target, kept a while for the next: an organization's hosts rest on the same log entries."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

from emblem.traceability.resources import Fetched, FetchFailure, Resource

LASTING = 300.0
"""Seconds for which what was fetched is kept: a log's tree head, or a list of revoked certificates, may be as old."""

LASTING_FAILURE = 30.0
"""Seconds for which it is kept that something could not be fetched, so that not every target waits for it."""

PATIENT = 3.0
"""Seconds that an attempt must have had, for its failure to say anything about the next."""

MOST_OCTETS = 16 * 1024 * 1024
"""Octets that are kept; the oldest go first."""

_OF_AN_ENTRY = 1024


class FetchedBefore:
    """Spares a verifier of many targets from fetching the same again, and from fetching it twice at the same time.

    Args:
        clock: monotonic seconds; the deadlines passed in are of the same clock.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Resource, tuple[float, Fetched]] = {}
        self._octets = 0
        self._turns: dict[Resource, asyncio.Lock] = {}

    async def fetch_all(
        self,
        resources: Iterable[Resource],
        deadline: float,
        fetch: Callable[[tuple[Resource, ...]], Awaitable[tuple[Fetched, ...]]],
    ) -> tuple[Fetched, ...]:
        """What is at these resources, in their order.

        Args:
            resources: what is needed.
            deadline: when to give up.
            fetch: fetches what is not kept.
        """
        return tuple(await asyncio.gather(*(self._fetched(one, deadline, fetch) for one in resources)))

    async def _fetched(
        self,
        resource: Resource,
        deadline: float,
        fetch: Callable[[tuple[Resource, ...]], Awaitable[tuple[Fetched, ...]]],
    ) -> Fetched:
        if (kept := self._still_kept(resource)) is not None:
            return kept
        turn = self._turns.setdefault(resource, asyncio.Lock())
        try:
            async with asyncio.timeout(max(0.0, deadline - self._clock())), turn:
                if (kept := self._still_kept(resource)) is not None:
                    return kept
                left = deadline - self._clock()
                (fetched,) = await fetch((resource,))
                self._keep(resource, fetched, left)
                return fetched
        except TimeoutError:
            detail = "not all of it arrived in the time that there was"
            return Fetched(resource, failure=FetchFailure.TIMEOUT, detail=detail)
        finally:
            if not turn.locked():
                self._turns.pop(resource, None)

    def _still_kept(self, resource: Resource) -> Fetched | None:
        kept = self._kept.get(resource)
        return kept[1] if kept is not None and self._clock() < kept[0] else None

    def _keep(self, resource: Resource, fetched: Fetched, had: float) -> None:
        if not fetched.succeeded and had < PATIENT:
            return
        self._drop(resource)
        lasting = LASTING if fetched.succeeded else LASTING_FAILURE
        self._kept[resource] = self._clock() + lasting, fetched
        self._octets += _size(fetched)
        while self._octets > MOST_OCTETS and len(self._kept) > 1:
            self._drop(next(iter(self._kept)))

    def _drop(self, resource: Resource) -> None:
        kept = self._kept.pop(resource, None)
        if kept is not None:
            self._octets -= _size(kept[1])


def _size(fetched: Fetched) -> int:
    return _OF_AN_ENTRY + len(fetched.body)
