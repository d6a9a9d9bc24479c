"""A small authoritative name server on loopback, over UDP and TCP, for tests and demonstrations.

It runs in one thread with an event loop of its own; sockets and thread are gone when its ``with`` block ends.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from types import TracebackType

import dns.exception
import dns.message

from emblem.dns import ServerAddress, Transport
from emblem.dns.names import text_of
from emblem.errors import EmblemError, InputError
from emblem.server.faults import Delivery, Faults, ReceivedQuery, deliver
from emblem.server.responder import IHLE_TYPES, respond
from emblem.server.service import Service
from emblem.server.zone import Zone

MOST_LOGGED = 10_000
"""Queries that are remembered; the oldest are forgotten first."""

_PORT_ATTEMPTS = 20


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
        InputError: the host is no literal address, or not of this machine alone; the port is none.
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
        if not 0 <= port <= 65535:
            raise InputError("name server port", str(port), "a number from 0 (any that is free) to 65535")
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
        datagrams, listener = self._bound()
        self._address = ServerAddress(self._host, datagrams.getsockname()[1])
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(datagrams, listener, ready)),
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
        """A UDP socket and a listening TCP socket at the same port."""
        problem: OSError | None = None
        for _ in range(_PORT_ATTEMPTS if self._port == 0 else 1):
            family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
            listener = socket.socket(family, socket.SOCK_STREAM)
            datagrams = socket.socket(family, socket.SOCK_DGRAM)
            try:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((self._host, self._port))
                datagrams.bind(listener.getsockname()[:2])
                listener.listen()
            except OSError as error:
                listener.close()
                datagrams.close()
                problem = error
            else:
                listener.setblocking(False)
                datagrams.setblocking(False)
                return datagrams, listener
        raise NameServerError(f"cannot listen on {self._host} port {self._port}: {problem}")

    async def _serve(self, datagrams: socket.socket, listener: socket.socket, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        ready.set()
        await Service(datagrams, listener, self._deliver).run(self._stop)

    def _deliver(self, message: bytes, transport: Transport, client: tuple[str, int]) -> Delivery:
        self._received += 1
        query = _received_query(self._received, message, transport, client)
        self._log.append(query)
        response = respond(self._zones, message, transport, additional_types=self._additional_types)
        return deliver(self._faults, query, response)


def _received_query(number: int, message: bytes, transport: Transport, client: tuple[str, int]) -> ReceivedQuery:
    try:
        asked = dns.message.from_wire(message, keyring=False)
    except (dns.exception.DNSException, ValueError):
        return ReceivedQuery(number, "", 0, transport, False, client)
    if not asked.question:
        return ReceivedQuery(number, "", 0, transport, asked.edns >= 0, client)
    question = asked.question[0]
    return ReceivedQuery(
        number, text_of(question.name.labels[:-1]), int(question.rdtype), transport, asked.edns >= 0, client
    )
