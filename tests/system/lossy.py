"""A bad network on loopback: a relay before a name server that delays all that passes, and loses some of it."""

import asyncio
import contextlib
import random
import socket
import threading
from types import TracebackType
from typing import Self

from tests.system.servers import LOOPBACK, Endpoint

RETRANSMISSION = 0.4
"""Seconds after which a lost piece of a TCP connection is sent again; TCP itself is not seen to lose anything."""
MOST_CONNECTIONS = 64
CHUNK = 4096
_IDENTIFIERS = 65536


class LossyRelay:
    """Passes on queries and responses over UDP and TCP, while its ``with`` block runs.

    To tell the responses to different clients apart it puts an identifier of its own into each query over UDP.

    Args:
        server: where to pass queries on to.
        loss: the part of what is sent, in each direction, that is lost; from 0 to 1.
        delay: seconds that the rest takes in each direction.
        seed: of the draw of what is lost.
    """

    def __init__(self, server: Endpoint, *, loss: float, delay: float, seed: int) -> None:
        self._server = server
        self._loss = loss
        self._delay = delay
        self._random = random.Random(seed)
        self._clients: dict[int, tuple[tuple[str, int], bytes]] = {}
        self._next = 0
        self._conversations: set[asyncio.Task[None]] = set()
        self.passed = 0
        """Datagrams, and pieces of TCP connections, that were passed on."""
        self.lost = 0
        """Those that were lost."""

    def __enter__(self) -> Self:
        self._listener = socket.create_server((LOOPBACK, 0))
        port = self._listener.getsockname()[1]
        self._near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._near.bind((LOOPBACK, port))
        self._far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._far.connect((self._server.address, self._server.port))
        for one in (self._listener, self._near, self._far):
            one.setblocking(False)
        self.endpoint = Endpoint(LOOPBACK, port)
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), name="lossy-relay")
        self._thread.start()
        ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _run(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._loop.add_reader(self._near, self._query)
        self._loop.add_reader(self._far, self._response)
        self._loop.add_reader(self._listener, self._accept)
        ready.set()
        await self._stop.wait()
        for one in (self._near, self._far, self._listener):
            self._loop.remove_reader(one)
            one.close()
        for conversation in self._conversations:
            conversation.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)

    def _is_lost(self) -> bool:
        lost = self._random.random() < self._loss
        self.lost += lost
        self.passed += not lost
        return lost

    def _query(self) -> None:
        try:
            message, client = self._near.recvfrom(CHUNK)
        except OSError:
            return
        if not self._is_lost():
            self._next = (self._next + 1) % _IDENTIFIERS
            self._clients[self._next] = client, message[:2]
            self._loop.call_later(self._delay, self._send, self._next.to_bytes(2) + message[2:], None)

    def _response(self) -> None:
        try:
            message = self._far.recv(65535)
        except OSError:
            return
        client, identifier = self._clients.pop(int.from_bytes(message[:2]))
        if not self._is_lost():
            self._loop.call_later(self._delay, self._send, identifier + message[2:], client)

    def _send(self, message: bytes, client: tuple[str, int] | None) -> None:
        try:
            if client is None:
                self._far.send(message)
            else:
                self._near.sendto(message, client)
        except OSError:
            return  # The client has gone, or the relay is being closed.

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        if len(self._conversations) >= MOST_CONNECTIONS:
            connection.close()
            return
        conversation = self._loop.create_task(self._converse(connection))
        self._conversations.add(conversation)
        conversation.add_done_callback(self._conversations.discard)

    async def _converse(self, connection: socket.socket) -> None:
        with connection, socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
            connection.setblocking(False)
            server.setblocking(False)
            await self._pass()
            try:
                await self._loop.sock_connect(server, (self._server.address, self._server.port))
            except OSError:
                return
            directions = (self._pass_on(connection, server), self._pass_on(server, connection))
            await asyncio.gather(*directions)

    async def _pass_on(self, source: socket.socket, destination: socket.socket) -> None:
        """Until one end has gone: so goes the other."""
        try:
            while data := await self._loop.sock_recv(source, CHUNK):
                await self._pass()
                await self._loop.sock_sendall(destination, data)
            destination.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (source, destination):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    async def _pass(self) -> None:
        """Takes as long as a piece of a connection takes, sent as often as it must be."""
        while self._is_lost():
            await asyncio.sleep(RETRANSMISSION)
        await asyncio.sleep(self._delay)
