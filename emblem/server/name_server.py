"""A small authoritative name server on loopback, over UDP and TCP, for tests and demonstrations.

It runs in one thread with an event loop of its own; sockets and thread are gone when its ``with`` block ends.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from types import TracebackType
from typing import Any

import dns.exception
import dns.message

from emblem.dns import ServerAddress, Transport
from emblem.dns.names import text_of
from emblem.errors import EmblemError, InputError
from emblem.server.faults import Delivery, Faults, ReceivedQuery, deliver
from emblem.server.responder import IHLE_TYPES, respond
from emblem.server.zone import Zone

MOST_CONNECTIONS = 64
"""TCP connections open at the same time; further ones are closed at once."""

IDLE_TIMEOUT = 5.0
"""Seconds that a TCP client may take for its next query."""

MOST_LOGGED = 10_000
"""Queries that are remembered; the oldest are forgotten first."""

_LENGTH = struct.Struct("!H")
_PORT_ATTEMPTS = 20
_LARGEST_UDP_RESPONSE = 65507


class NameServerError(EmblemError):
    """The server cannot be started."""


class NameServer:
    """Serves zones while its ``with`` block runs.

    Args:
        zones: one, or several; the longest origin that fits a name answers for it.
        host: a literal loopback address.
        port: 0 for any that is free over both UDP and TCP.
        faults: one, or several in the order in which they take effect.
        additional_types: the record types that the Additional-section rule is about.
        allow_remote: lets ``host`` be any address of this machine.

    Raises:
        InputError: the host is no literal address, or not of this machine alone.
        NameServerError: on entering: the address cannot be bound.
    """

    def __init__(
        self,
        zones: Zone | Sequence[Zone],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        faults: Faults | Sequence[Faults] = (),
        additional_types: Iterable[int] = IHLE_TYPES,
        allow_remote: bool = False,
    ) -> None:
        try:
            loopback = ip_address(host).is_loopback
        except ValueError:
            raise InputError("name server host", repr(host), "a literal address") from None
        if not (loopback or allow_remote):
            raise InputError("name server host", host, "a loopback address (or allow_remote=True)")
        self._zones = (zones,) if isinstance(zones, Zone) else tuple(zones)
        self._host = host
        self._port = port
        self._faults = (faults,) if isinstance(faults, Faults) else tuple(faults)
        self._additional_types = frozenset(additional_types)
        self._log: deque[ReceivedQuery] = deque(maxlen=MOST_LOGGED)
        self._received = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._address: ServerAddress | None = None

    @property
    def address(self) -> ServerAddress:
        """Where it listens.

        Raises:
            NameServerError: it is not running.
        """
        if self._address is None:
            raise NameServerError("the name server is not running: use it in a with block")
        return self._address

    @property
    def queries(self) -> tuple[ReceivedQuery, ...]:
        """The queries received so far, answered or not: the last ``MOST_LOGGED`` of them."""
        return tuple(self._log)

    def __enter__(self) -> NameServer:
        datagrams, connections = self._bound()
        self._address = ServerAddress(self._host, datagrams.getsockname()[1])
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(datagrams, connections, ready)),
            name="name-server",
            daemon=True,
        )
        self._thread.start()
        ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._thread is not None
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._address = None

    def _bound(self) -> tuple[socket.socket, socket.socket]:
        """A UDP and a TCP socket at the same port."""
        problem: OSError | None = None
        for _ in range(_PORT_ATTEMPTS if self._port == 0 else 1):
            family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
            connections = socket.socket(family, socket.SOCK_STREAM)
            datagrams = socket.socket(family, socket.SOCK_DGRAM)
            try:
                connections.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                connections.bind((self._host, self._port))
                datagrams.bind(connections.getsockname()[:2])
                connections.listen()
            except OSError as error:
                connections.close()
                datagrams.close()
                problem = error
            else:
                return datagrams, connections
        raise NameServerError(f"cannot listen on {self._host} port {self._port}: {problem}")

    async def _serve(
        self, datagrams: socket.socket, connections: socket.socket, ready: threading.Event
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        transport, _ = await self._loop.create_datagram_endpoint(lambda: _Datagrams(self), sock=datagrams)
        server = await asyncio.start_server(self._connected, sock=connections)
        ready.set()
        await self._stop.wait()
        transport.close()
        server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await server.wait_closed()

    def delivery(self, message: bytes, transport: Transport, client: tuple[str, int]) -> Delivery:
        """What is to be sent for a message, which is noted in the log."""
        self._received += 1
        query = _received_query(self._received, message, transport, client)
        self._log.append(query)
        response = respond(self._zones, message, transport, additional_types=self._additional_types)
        return deliver(self._faults, query, response)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        assert self._stop is not None
        if self._stop.is_set() or len(self._connections) >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        self._connections.add(task)
        try:
            await self._converse(reader, writer)
        except asyncio.IncompleteReadError:
            pass  # The client has no further query.
        except (TimeoutError, OSError, asyncio.CancelledError):
            writer.transport.abort()  # The client is too slow or gone, or this server stops.
        finally:
            writer.close()
            self._connections.discard(task)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = writer.get_extra_info("peername")[:2]
        while True:
            async with asyncio.timeout(IDLE_TIMEOUT):
                (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
                message = await reader.readexactly(length)
            delivery = self.delivery(message, Transport.TCP, client)
            await asyncio.sleep(delivery.delay)
            for response in delivery.messages:
                framed = _LENGTH.pack(len(response)) + response
                if delivery.cut_to is not None:
                    framed = framed[: _LENGTH.size + delivery.cut_to]
                await _written(writer, framed, delivery.drip)
            if delivery.cut_to is not None:
                return


class _Datagrams(asyncio.DatagramProtocol):
    """The UDP side."""

    def __init__(self, server: NameServer) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        delivery = self._server.delivery(data, Transport.UDP, (addr[0], addr[1]))
        if delivery.delay:
            asyncio.get_running_loop().call_later(delivery.delay, self._send, delivery, addr)
        else:
            self._send(delivery, addr)

    def _send(self, delivery: Delivery, client: tuple[Any, ...]) -> None:
        assert self._transport is not None
        if self._transport.is_closing():
            return
        for message in delivery.messages:
            self._transport.sendto(message[:_LARGEST_UDP_RESPONSE], client)


async def _written(writer: asyncio.StreamWriter, data: bytes, drip: float) -> None:
    step = 1 if drip else len(data)
    for start in range(0, len(data), max(step, 1)):
        writer.write(data[start : start + step])
        async with asyncio.timeout(IDLE_TIMEOUT):
            await writer.drain()
        await asyncio.sleep(drip)


def _received_query(
    number: int, message: bytes, transport: Transport, client: tuple[str, int]
) -> ReceivedQuery:
    try:
        asked = dns.message.from_wire(message, keyring=False)
    except (dns.exception.DNSException, ValueError):
        return ReceivedQuery(number, "", 0, transport, False, client)
    if not asked.question:
        return ReceivedQuery(number, "", 0, transport, asked.edns >= 0, client)
    question = asked.question[0]
    return ReceivedQuery(
        number, text_of(question.name), int(question.rdtype), transport, asked.edns >= 0, client
    )
