"""The synchronous driver: many machines in one thread, over one selector."""

from __future__ import annotations

import os
import selectors
import socket
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from emblem.dns.base_stub import MOST_AT_ONCE
from emblem.dns.channel import Channel
from emblem.dns.delivery import Content, Loss
from emblem.dns.encrypted import EncryptedServer
from emblem.dns.exchange import Machine, Step, Transmit, Wait
from emblem.dns.message import Answer, Failure, Transport
from emblem.dns.servers import ServerAddress
from emblem.dns.sockets import CHUNK, failure_text, open_socket

if TYPE_CHECKING:
    from emblem.dns.connection import Connector


class Driver:
    """Drives machines to their answers while its ``with`` block runs; then every socket is closed.

    Args:
        clock: monotonic seconds.
        connector: makes connections to encrypted servers; may be left out where there are none.
    """

    def __init__(self, clock: Callable[[], float], connector: Connector | None = None) -> None:
        self.clock = clock
        self.selector = selectors.DefaultSelector()
        self._connector = connector
        self._channels: dict[EncryptedServer, Channel] = {}
        self._active: list[_Conversation] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for conversation in self._active:
            conversation.close()
        for channel in self._channels.values():
            channel.close()
        self.selector.close()

    def drive(self, machines: Sequence[Machine]) -> tuple[Answer, ...]:
        """The answers of the machines, of which at most ``MOST_AT_ONCE`` are under way at a time."""
        conversations = [_Conversation(machine, self) for machine in machines]
        waiting = deque(conversations)
        while waiting or self._active:
            while waiting and len(self._active) < MOST_AT_ONCE:
                self._active.append(waiting.popleft())
                self._active[-1].start()
            self._serve()
            self._active = [conversation for conversation in self._active if conversation.answer is None]
        return tuple(conversation.answer for conversation in conversations if conversation.answer is not None)

    def channel(self, server: EncryptedServer) -> Channel:
        """The connection to a server on which further questions can be asked.

        Raises:
            OSError: there is none, and none can be made.
        """
        known = self._channels.get(server)
        if known is not None and known.usable:
            return known
        assert self._connector is not None
        self._channels[server] = Channel(self._connector.connect(server), self.selector)
        return self._channels[server]

    def _serve(self) -> None:
        """Waits for the next thing to happen, and passes it on."""
        if any(conversation.answer is not None for conversation in self._active):
            return
        first = min(conversation.until for conversation in self._active)
        for key, events in self.selector.select(max(0.0, first - self.clock())):
            key.data.ready(events)
        for conversation in self._active:
            conversation.expire()


class _Conversation:
    """A machine, and the socket of its own or the part in a connection that it uses at present."""

    def __init__(self, machine: Machine, driver: Driver) -> None:
        self.answer: Answer | None = None
        self.until = 0.0
        self._machine = machine
        self._driver = driver
        self._socket: socket.socket | None = None
        self._stream = False
        self._unsent = b""
        self._channel: Channel | None = None
        self._ticket = 0

    def start(self) -> None:
        self._take(self._machine.start(self._driver.clock()))

    def ready(self, events: int) -> None:
        """The socket can be written to or read from, or has failed."""
        assert self._socket is not None
        try:
            if events & selectors.EVENT_WRITE:
                self._write(self._socket)
                return
            data = self._socket.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._fail(Failure.UNREACHABLE, failure_text(error))
            return
        if self._stream and not data:
            self._fail(Failure.CUT_SHORT, "the server closed the connection")
        else:
            self._take(self._machine.received(data, self._driver.clock()))

    def expire(self) -> None:
        """Tells the machine if its time is up."""
        if self.answer is None and self._driver.clock() >= self.until:
            if self._channel is not None:
                self._channel.retire()
            self._fail(Failure.TIMEOUT, "no response in time")

    def close(self) -> None:
        if self._socket is not None:
            self._driver.selector.unregister(self._socket)
            self._socket.close()
            self._socket = None
        if self._channel is not None:
            channel, self._channel = self._channel, None
            channel.withdraw(self._ticket)

    def _heard(self, content: Content) -> None:
        """The connection has brought something."""
        if isinstance(content, Loss):
            self._fail(content.failure, content.detail)
        else:
            self._take(self._machine.received(content, self._driver.clock()))

    def _fail(self, failure: Failure, detail: str) -> None:
        self._take(self._machine.failed(failure, detail, self._driver.clock()))

    def _take(self, step: Step) -> None:
        while not isinstance(step, Wait):
            self.close()
            if isinstance(step, Answer):
                self.answer = step
                return
            try:
                self._open(step)
                return
            except OSError as error:
                step = self._machine.failed(Failure.UNREACHABLE, failure_text(error), self._driver.clock())

    def _open(self, transmit: Transmit) -> None:
        self.until = transmit.until
        if not isinstance(transmit.server, ServerAddress):
            self._channel = self._driver.channel(transmit.server)
            self._ticket = self._channel.ask(transmit.payload, self._heard)
            return
        fresh, address = open_socket(transmit.server, transmit.transport)
        self._socket = fresh
        self._driver.selector.register(fresh, selectors.EVENT_WRITE, self)
        self._stream = transmit.transport is not Transport.UDP
        self._unsent = transmit.payload
        try:
            fresh.connect(address)
        except BlockingIOError:
            return  # a connection in progress: writable once it stands, or has failed

    def _write(self, writable: socket.socket) -> None:
        if error := writable.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, os.strerror(error))
        self._unsent = self._unsent[writable.send(self._unsent) :]
        if not self._unsent:
            self._driver.selector.modify(writable, selectors.EVENT_READ, self)
