"""The full way: everything that is no plain miss, in the same event loop, and without holding the misses up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Self

from emblem.dns.async_driver import AsyncDriver
from emblem.dns.encrypted import AnyServer
from emblem.dns.lookup import Lookup
from emblem.dns.message import Answer, Question
from emblem.dns.servers import ServerAddress
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.target import Target
from emblem.model.verdict import Status, Verdict
from emblem.scanning.settings import DnssecCheck, ScanSettings
from emblem.verifier.drivers import NOTHING_KNOWN, AsyncVerifier

MOST_AT_ONCE = 64
"""Targets that one process examines at the same time, and questions that it asks in another way than at first sight."""

MOST_WAITING = 4 * MOST_AT_ONCE
"""Targets and questions that are under way or wait for their turn, from which on no further target is begun."""


class Examiner:
    """Judges targets as a single verification does. An asynchronous context manager: it ends with nothing left running.

    Args:
        settings: of the scan.
        servers: the resolvers, in the order in which they are asked.
    """

    def __init__(self, settings: ScanSettings, servers: tuple[AnyServer, ...]) -> None:
        self._settings = settings
        self._servers = servers
        check = settings.checked_dnssec
        self._verifier = self._new_verifier(dnssec=check is DnssecCheck.ALL)
        self._again = self._new_verifier(dnssec=True) if check is DnssecCheck.FOUND and not settings.covert else None
        self._verifiers = (self._verifier,) if self._again is None else (self._verifier, self._again)
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._driver = AsyncDriver(loop.time)
        for verifier in self._verifiers:
            await verifier.__aenter__()
        self._examining = asyncio.Semaphore(MOST_AT_ONCE)
        self._asking = asyncio.Semaphore(MOST_AT_ONCE)
        return self

    async def __aexit__(self, *of_error: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for verifier in self._verifiers:
            await verifier.__aexit__(None, None, None)
        await self._driver.__aexit__(None, None, None)

    @property
    def busy(self) -> bool:
        """Whether no further target can be examined at once."""
        return len(self._tasks) >= MOST_AT_ONCE

    @property
    def crowded(self) -> bool:
        """Whether so many wait that further ones would not have their turn in time."""
        return len(self._tasks) >= MOST_WAITING

    def examine(
        self,
        target: Target,
        tell: Callable[[Verdict], None],
        *,
        known: Mapping[Question, Answer] = NOTHING_KNOWN,
        deadline: float | None = None,
    ) -> None:
        """Judge a target, and tell the verdict.

        Args:
            target: what is asked about.
            tell: is called with the verdict, whatever happens.
            known: answers that there are already.
            deadline: seconds of the event loop's clock by which the target is settled.
        """
        self._start(self._examine(target, tell, known, deadline))

    def look_up(
        self,
        question: Question,
        server: ServerAddress,
        deadline: float,
        tell: Callable[[Answer], None],
        *,
        over_tcp: bool,
    ) -> None:
        """Ask one question over any transport that it takes, this resolver first, and tell the answer."""
        servers = [server, *(one for one in self._servers if isinstance(one, ServerAddress) and one != server)]
        policy = self._settings.retries
        self._start(self._look_up(Lookup(question, servers, deadline=deadline, policy=policy, over_tcp=over_tcp), tell))

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.result()  # What went wrong that nobody thought of is the event loop's to report.

    async def _look_up(self, lookup: Lookup, tell: Callable[[Answer], None]) -> None:
        async with self._asking:
            answer = await self._driver.drive(lookup)
        tell(answer)

    async def _examine(
        self,
        target: Target,
        tell: Callable[[Verdict], None],
        known: Mapping[Question, Answer],
        deadline: float | None,
    ) -> None:
        try:
            async with self._examining:
                verdict = await self._verifier.verify(target, known=known, deadline=deadline)
                if self._again is not None and verdict.sets:
                    verdict = await self._again.verify(target)
        except Exception as error:
            # One target that nobody thought of must not end a scan of millions: it is reported, and is no "no".
            verdict = not_examined(target, f"it could not be examined: {type(error).__name__}: {error}")
        tell(verdict)

    def _new_verifier(self, *, dnssec: bool) -> AsyncVerifier:
        settings = self._settings
        return AsyncVerifier(
            settings.trust,
            resolvers=self._servers,
            resolver_ca=settings.resolver_ca,
            profile=settings.profile,
            dnssec=dnssec,
            anchors=settings.trust_anchors(),
            covert=settings.covert,
            ct=settings.ct,
            in_turn=True,
            retries=settings.retries,
            timeout=settings.timeout,
        )


def not_examined(target: Target, message: str) -> Verdict:
    """The verdict on a target of which something on our side kept the scan from finding out more."""
    reason = Reason(ReasonCode.DISCOVERY_INCOMPLETE, Severity.ERROR, message)
    return Verdict(status=Status.UNDETERMINED, target=target, at=datetime.now(UTC), reasons=(reason,))
