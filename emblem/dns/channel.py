"""The synchronous driver's end of an encrypted connection: the socket, and who listens for what."""

from __future__ import annotations

import os
import selectors
import socket
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from emblem.dns.delivery import Content, Delivery, Loss
from emblem.dns.message import Failure
from emblem.dns.sockets import CHUNK, SocketAddress, failure_text, open_socket

if TYPE_CHECKING:
    from emblem.dns.connection import Connection

_BOTH = selectors.EVENT_READ | selectors.EVENT_WRITE


class Channel:
    """A connection that several conversations share.

    Args:
        connection: what is spoken on it.
        selector: where its socket waits.

    Raises:
        OSError: there is no socket, or no way to the server.
    """

    def __init__(self, connection: Connection, selector: selectors.BaseSelector) -> None:
        self._connection = connection
        self._selector = selector
        self._listeners: dict[int, Callable[[Content], None]] = {}
        self._unsent = b""
        self._connected = False
        self._open = True
        self._socket, address = open_socket(connection.server.address, connection.server.transport)
        try:
            self._connect(address)
        except OSError:
            self._socket.close()
            raise
        selector.register(self._socket, selectors.EVENT_WRITE, self)

    @property
    def usable(self) -> bool:
        """Whether further questions can be asked on it."""
        return self._connection.usable

    def ask(self, message: bytes, listener: Callable[[Content], None]) -> int:
        """Takes a query, and who is to be told what comes; returns a ticket."""
        ticket = self._connection.ask(message)
        self._listeners[ticket] = listener
        if self._connected:
            self._selector.modify(self._socket, _BOTH, self)
        return ticket

    def withdraw(self, ticket: int) -> None:
        """The listener wants nothing further."""
        if self._listeners.pop(ticket, None) is not None:
            self._connection.withdraw(ticket)
            self._close_if_done()

    def retire(self) -> None:
        """No further question is asked on it; it is closed when the last listener has gone."""
        self._connection.retire()

    def ready(self, events: int) -> None:
        """The socket can be written to or read from, or has failed."""
        if not self._open:
            return  # Closed on account of what happened elsewhere at the same time.
        try:
            if not self._connected:
                self._check()
            if events & selectors.EVENT_READ:
                self._read()
            if self._open:
                self._write()
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            failure = Failure.CUT_SHORT if self._connected else Failure.UNREACHABLE
            self._deliver(self._connection.lose(Loss(failure, failure_text(error))))

    def close(self) -> None:
        """Says goodbye, as far as that needs no waiting, and closes the socket."""
        if not self._open:
            return
        self._open = False
        self._selector.unregister(self._socket)
        last = self._unsent + self._connection.close()
        try:
            if self._connected and last:
                self._socket.send(last)
        except OSError:
            pass  # The server has gone, or does not take it now.
        finally:
            self._socket.close()

    def _connect(self, address: SocketAddress) -> None:
        try:
            self._socket.connect(address)
        except BlockingIOError:
            return  # In progress: writable once it stands, or has failed.

    def _check(self) -> None:
        if error := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, os.strerror(error))
        self._connected = True

    def _read(self) -> None:
        data = self._socket.recv(CHUNK)
        if data:
            self._deliver(self._connection.receive(data))
        else:
            self._deliver(self._connection.lose(Loss(Failure.CUT_SHORT, "the server closed the connection")))

    def _write(self) -> None:
        self._unsent += self._connection.data_to_send()
        if self._unsent:
            self._unsent = self._unsent[self._socket.send(self._unsent) :]
        self._selector.modify(self._socket, _BOTH if self._unsent else selectors.EVENT_READ, self)

    def _deliver(self, deliveries: Iterable[Delivery]) -> None:
        for ticket, content in deliveries:
            if listener := self._listeners.get(ticket):
                listener(content)
        self._close_if_done()

    def _close_if_done(self) -> None:
        if self._connection.over or not (self._connection.usable or self._listeners):
            self.close()
