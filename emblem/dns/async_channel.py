"""The asynchronous driver's end of an encrypted connection: the socket, and who listens for what."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from emblem.dns.delivery import Content, Delivery, Loss
from emblem.dns.message import Failure
from emblem.dns.sockets import failure_text, open_socket

if TYPE_CHECKING:
    from emblem.dns.connection import Connection


class AsyncChannel(asyncio.Protocol):
    """A connection that several look-ups share. It begins to connect at once, in the running event loop.

    Args:
        connection: what is spoken on it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._listeners: dict[int, Callable[[Content], None]] = {}
        self._transport: asyncio.WriteTransport | None = None
        self._closed = asyncio.Event()
        self._connected = False
        self._opening = asyncio.get_running_loop().create_task(self._open())

    @property
    def usable(self) -> bool:
        """Whether further questions can be asked on it."""
        return self._connection.usable

    @property
    def gone(self) -> bool:
        """Whether it has no socket any more, and will have none."""
        return self._opening.done() and (self._transport is None or self._closed.is_set())

    def ask(self, message: bytes, listener: Callable[[Content], None]) -> int:
        """Takes a query, and who is to be told what comes; returns a ticket."""
        ticket = self._connection.ask(message)
        self._listeners[ticket] = listener
        self._flush()
        return ticket

    def withdraw(self, ticket: int) -> None:
        """The listener wants nothing further."""
        del self._listeners[ticket]
        self._connection.withdraw(ticket)
        self._flush()

    def retire(self) -> None:
        """No further question is asked on it; it is closed when the last listener has gone."""
        self._connection.retire()

    async def close(self) -> None:
        """Says goodbye, as far as that needs no waiting, and closes the socket."""
        if not self._connected:
            self._opening.cancel()
        await asyncio.wait([self._opening])
        if self._transport is not None:
            self._shut()
            await self._closed.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See :class:`asyncio.BaseProtocol`."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._flush()

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        self._deliver(self._connection.receive(data))
        self._flush()

    def eof_received(self) -> None:
        """See :class:`asyncio.Protocol`. The transport closes itself then."""
        self._deliver(self._connection.lose(Loss(Failure.CUT_SHORT, "the server closed the connection")))

    def connection_lost(self, exc: Exception | None) -> None:
        """See :class:`asyncio.BaseProtocol`."""
        detail = failure_text(exc) if isinstance(exc, OSError) else "the connection was closed"
        self._deliver(self._connection.lose(Loss(Failure.CUT_SHORT, detail)))
        self._closed.set()

    async def _open(self) -> None:
        server = self._connection.server
        try:
            fresh, address = open_socket(server.address, server.transport)
        except OSError as error:
            self._unreachable(error)
            return
        try:
            await self._attach(fresh, address)
        except OSError as error:
            self._unreachable(error)
        finally:
            if self._transport is None:
                fresh.close()

    async def _attach(self, fresh: socket.socket, address: tuple[object, ...]) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_connect(fresh, address)
        # From here on the socket is the transport's, which must not be interrupted while it takes it.
        self._connected = True
        await loop.create_connection(lambda: self, sock=fresh)

    def _unreachable(self, error: OSError) -> None:
        self._deliver(self._connection.lose(Loss(Failure.UNREACHABLE, failure_text(error))))

    def _deliver(self, deliveries: Iterable[Delivery]) -> None:
        for ticket, content in deliveries:
            if listener := self._listeners.get(ticket):
                listener(content)

    def _flush(self) -> None:
        """Sends what there is to send, and closes what is done with."""
        if self._transport is None or self._transport.is_closing():
            return
        if data := self._connection.data_to_send():
            self._transport.write(data)
        if self._connection.over or not (self._connection.usable or self._listeners):
            self._shut()

    def _shut(self) -> None:
        assert self._transport is not None
        if not self._transport.is_closing():
            self._transport.write(self._connection.close())
            self._transport.abort()
