"""The asynchronous resolver."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from emblem.dns.async_driver import AsyncDriver
from emblem.dns.base_stub import MOST_AT_ONCE, BaseStub
from emblem.dns.exchange import Machine
from emblem.dns.message import Answer, Question
from emblem.dns.plan import Plan

if TYPE_CHECKING:
    from emblem.dns.connection import Connector


class AsyncStubResolver(BaseStub):
    """Like :class:`~emblem.dns.stub.StubResolver`, for asyncio. Cancelling a call closes its sockets."""

    async def ask(self, question: Question, deadline: float) -> Answer:
        """The answer to a question; what goes wrong on the network is an answer too, with outcome ``FAILED``.

        Args:
            question: what to ask.
            deadline: monotonic seconds by which to return.
        """
        return (await self.ask_all([question], deadline))[0]

    async def ask_all(self, questions: Sequence[Question], deadline: float) -> tuple[Answer, ...]:
        """The answers to several questions, asked at the same time, in the order of the questions."""
        async with self.session() as session:
            return await session.ask_all(questions, deadline)

    def session(self) -> AsyncSession:
        """A context in which encrypted connections are kept from call to call."""
        return AsyncSession(self._plan(), self._connector, self._clock)


class AsyncSession:
    """Asks like the resolver that made it, until its ``async with`` block ends."""

    def __init__(self, plan: Plan, connector: Connector | None, clock: Callable[[], float]) -> None:
        self._plan = plan
        self._clock = clock
        self._driver = AsyncDriver(clock, connector)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._driver.__aexit__(kind, error, trace)

    async def ask_all(self, questions: Sequence[Question], deadline: float) -> tuple[Answer, ...]:
        """As :meth:`AsyncStubResolver.ask_all`."""
        if names := self._plan.name_lookups(self._clock(), deadline):
            self._plan.learn(await self._drive(names))
        return self._plan.conclude(await self._drive(self._plan.lookups(questions, deadline)))

    async def _drive(self, machines: Sequence[Machine]) -> tuple[Answer, ...]:
        free = asyncio.Semaphore(MOST_AT_ONCE)

        async def drive(machine: Machine) -> Answer:
            async with free:
                return await self._driver.drive(machine)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(drive(machine)) for machine in machines]
        return tuple(task.result() for task in tasks)
