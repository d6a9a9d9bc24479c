"""The sockets of the name server, within an event loop."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Any, TypeAlias

from emblem.dns import Transport
from emblem.dns.message import LARGEST_MESSAGE
from emblem.server.faults import Delivery

MOST_CONNECTIONS = 64
"""TCP connections open at the same time; further ones are closed at once."""

IDLE_TIMEOUT = 5.0
"""Seconds that a TCP client may take for its next query, and to take what is sent to it."""

Answerer: TypeAlias = Callable[[bytes, Transport, tuple[str, int]], Delivery]
"""What is to be sent for a message that came by this transport from this address and port."""

_LENGTH = struct.Struct("!H")
_LARGEST_DATAGRAM = 65507


class Service:
    """Answers on two bound, non-blocking sockets until it is told to stop; closes them and all connections.

    The sockets are used as they are, because asyncio's own server may leave connections open that begin while
    it is being closed.

    Args:
        datagrams: for UDP.
        listener: for TCP, listening.
        answerer: says what is to be sent.
    """

    def __init__(self, datagrams: socket.socket, listener: socket.socket, answerer: Answerer) -> None:
        self._datagrams = datagrams
        self._listener = listener
        self._answerer = answerer
        self._connections: dict[asyncio.Task[None], socket.socket] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Serves until ``stop`` is set."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._datagrams, self._receive)
        loop.add_reader(self._listener, self._accept)
        await stop.wait()
        loop.remove_reader(self._datagrams)
        loop.remove_reader(self._listener)
        self._datagrams.close()
        self._listener.close()
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _receive(self) -> None:
        try:
            message, client = self._datagrams.recvfrom(LARGEST_MESSAGE)
        except OSError:
            return  # Nothing there after all, or the network's complaint about something sent earlier.
        delivery = self._answerer(message, Transport.UDP, client[:2])
        if delivery.delay:
            asyncio.get_running_loop().call_later(delivery.delay, self._send, delivery, client)
        else:
            self._send(delivery, client)

    def _send(self, delivery: Delivery, client: tuple[Any, ...]) -> None:
        for message in delivery.messages:
            try:
                self._datagrams.sendto(message[:_LARGEST_DATAGRAM], client)
            except OSError:
                return  # The datagram is lost, as datagrams may be.

    def _accept(self) -> None:
        try:
            connection, client = self._listener.accept()
        except OSError:
            return  # The client has gone again, or there are no more descriptors.
        if len(self._connections) >= MOST_CONNECTIONS:
            connection.close()
            return
        connection.setblocking(False)
        task = asyncio.get_running_loop().create_task(self._converse(connection, client[:2]))
        self._connections[task] = connection
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Closes a connection however its conversation ended, even if it never began."""
        self._connections.pop(task).close()

    async def _converse(self, connection: socket.socket, client: tuple[str, int]) -> None:
        try:
            while (message := await _next_message(connection)) is not None:
                delivery = self._answerer(message, Transport.TCP, client)
                await asyncio.sleep(delivery.delay)
                for response in delivery.messages:
                    framed = _LENGTH.pack(len(response)) + response
                    if delivery.cut_to is not None:
                        await _write(connection, framed[: _LENGTH.size + delivery.cut_to], delivery.drip)
                        return
                    await _write(connection, framed, delivery.drip)
        except (OSError, TimeoutError):
            return  # The client is gone, or too slow.


async def _next_message(connection: socket.socket) -> bytes | None:
    """The next query of a connection; ``None`` if there is no further one."""
    async with asyncio.timeout(IDLE_TIMEOUT):
        prefix = await _read(connection, _LENGTH.size)
        return None if prefix is None else await _read(connection, *_LENGTH.unpack(prefix))


async def _read(connection: socket.socket, count: int) -> bytes | None:
    """So many octets; ``None`` if the connection ends before."""
    loop = asyncio.get_running_loop()
    data = b""
    while len(data) < count:
        piece = await loop.sock_recv(connection, count - len(data))
        if not piece:
            return None
        data += piece
    return data


async def _write(connection: socket.socket, data: bytes, drip: float) -> None:
    loop = asyncio.get_running_loop()
    step = 1 if drip else len(data)
    for start in range(0, len(data), step):
        async with asyncio.timeout(IDLE_TIMEOUT):
            await loop.sock_sendall(connection, data[start : start + step])
        await asyncio.sleep(drip)
