"""The asynchronous driver: a look-up is a coroutine; an encrypted connection is shared by several."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from emblem.dns.async_channel import AsyncChannel
from emblem.dns.delivery import Content, Loss
from emblem.dns.encrypted import EncryptedServer
from emblem.dns.exchange import Machine, Step, Transmit, Wait
from emblem.dns.message import Answer, Failure, Transport
from emblem.dns.servers import ServerAddress
from emblem.dns.sockets import CHUNK, failure_text, open_socket

if TYPE_CHECKING:
    from emblem.dns.connection import Connector


class AsyncDriver:
    """Drives machines to their answers while its ``async with`` block runs; then every socket is closed.

    Args:
        clock: monotonic seconds.
        connector: makes connections to encrypted servers; may be left out where there are none.
    """

    def __init__(self, clock: Callable[[], float], connector: Connector | None = None) -> None:
        self._clock = clock
        self._connector = connector
        self._channels: dict[EncryptedServer, AsyncChannel] = {}
        self._open: list[AsyncChannel] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for channel in self._open:
            await channel.close()

    async def drive(self, machine: Machine) -> Answer:
        """Drives a machine to its answer."""
        step = machine.start(self._clock())
        while not isinstance(step, Answer):
            assert isinstance(step, Transmit)
            step = await self._performed(step, machine)
        return step

    async def _performed(self, transmit: Transmit, machine: Machine) -> Step:
        """Sends, and reads until the machine wants something else than to wait."""
        try:
            async with asyncio.timeout(transmit.until - self._clock()):
                if isinstance(transmit.server, ServerAddress):
                    return await self._datagrams_or_stream(transmit.server, transmit, machine)
                return await self._shared(self._channel(transmit.server), transmit, machine)
        except TimeoutError:
            return machine.failed(Failure.TIMEOUT, "no response in time", self._clock())
        except OSError as error:
            return machine.failed(Failure.UNREACHABLE, failure_text(error), self._clock())

    async def _datagrams_or_stream(self, server: ServerAddress, transmit: Transmit, machine: Machine) -> Step:
        loop = asyncio.get_running_loop()
        fresh, address = open_socket(server, transmit.transport)
        with fresh:
            await loop.sock_connect(fresh, address)
            await loop.sock_sendall(fresh, transmit.payload)
            step: Step = Wait()
            while isinstance(step, Wait):
                data = await loop.sock_recv(fresh, CHUNK)
                if not data and transmit.transport is not Transport.UDP:
                    return machine.failed(Failure.CUT_SHORT, "the server closed the connection", self._clock())
                step = machine.received(data, self._clock())
            return step

    async def _shared(self, channel: AsyncChannel, transmit: Transmit, machine: Machine) -> Step:
        contents: asyncio.Queue[Content] = asyncio.Queue()
        ticket = channel.ask(transmit.payload, contents.put_nowait)
        try:
            step: Step = Wait()
            while isinstance(step, Wait):
                content = await contents.get()
                if isinstance(content, Loss):
                    step = machine.failed(content.failure, content.detail, self._clock())
                else:
                    step = machine.received(content, self._clock())
            return step
        except asyncio.CancelledError:
            channel.retire()
            raise
        finally:
            channel.withdraw(ticket)

    def _channel(self, server: EncryptedServer) -> AsyncChannel:
        """The connection to a server on which further questions can be asked."""
        known = self._channels.get(server)
        if known is not None and known.usable:
            return known
        assert self._connector is not None
        channel = AsyncChannel(self._connector.connect(server))
        self._channels[server] = channel
        self._open = [one for one in self._open if not one.gone] + [channel]
        return channel
