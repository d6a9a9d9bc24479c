"""The asynchronous driver: a look-up is a coroutine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from emblem.dns.base_stub import MOST_AT_ONCE, BaseStub
from emblem.dns.exchange import Machine, Step, Transmit, Wait
from emblem.dns.message import Answer, Failure, Question, Transport
from emblem.dns.sockets import CHUNK, failure_text, open_socket


class AsyncStubResolver(BaseStub):
    """Like :class:`~emblem.dns.stub.StubResolver`, for asyncio. Cancelling a call closes its sockets."""

    async def ask(self, question: Question, deadline: float) -> Answer:
        """The answer to a question; what goes wrong on the network is an answer too, with outcome ``FAILED``.

        Args:
            question: what to ask.
            deadline: monotonic seconds by which to return.
        """
        return await drive(self._lookup(question, deadline), self._clock)

    async def ask_all(self, questions: Sequence[Question], deadline: float) -> tuple[Answer, ...]:
        """The answers to several questions, asked at the same time, in the order of the questions."""
        free = asyncio.Semaphore(MOST_AT_ONCE)

        async def ask(question: Question) -> Answer:
            async with free:
                return await self.ask(question, deadline)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(ask(question)) for question in questions]
        return tuple(task.result() for task in tasks)


async def drive(machine: Machine, clock: Callable[[], float]) -> Answer:
    """Drives a machine to its answer."""
    step = machine.start(clock())
    while not isinstance(step, Answer):
        assert isinstance(step, Transmit)
        step = await _performed(step, machine, clock)
    return step


async def _performed(transmit: Transmit, machine: Machine, clock: Callable[[], float]) -> Step:
    """Sends, and reads until the machine wants something else than to wait."""
    try:
        async with asyncio.timeout(transmit.until - clock()):
            return await _conversation(transmit, machine, clock)
    except TimeoutError:
        return machine.failed(Failure.TIMEOUT, "no response in time", clock())
    except OSError as error:
        return machine.failed(Failure.UNREACHABLE, failure_text(error), clock())


async def _conversation(transmit: Transmit, machine: Machine, clock: Callable[[], float]) -> Step:
    loop = asyncio.get_running_loop()
    fresh, address = open_socket(transmit)
    with fresh:
        await loop.sock_connect(fresh, address)
        await loop.sock_sendall(fresh, transmit.payload)
        step: Step = Wait()
        while isinstance(step, Wait):
            data = await loop.sock_recv(fresh, CHUNK)
            if not data and transmit.transport is not Transport.UDP:
                return machine.failed(Failure.CUT_SHORT, "the server closed the connection", clock())
            step = machine.received(data, clock())
        return step
