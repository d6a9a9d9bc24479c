"""A TCP relay on loopback that does something to the conversation once so many octets have passed."""

import selectors
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.system.servers import LOOPBACK, Endpoint

CHUNK = 1024


class Relay:
    """Passes on what a client and a server say to each other, while its ``with`` block runs.

    Args:
        server: where to pass it on to.
        limit: octets, in both directions together, after which the connection is cut; None: never.
        action: called once at that moment, before the connection is cut.
        accepting: whether further connections are passed on after that, without a limit.
    """

    def __init__(
        self,
        server: Endpoint,
        *,
        limit: int | None = None,
        action: Callable[[], None] = lambda: None,
        accepting: bool = True,
    ) -> None:
        self._server = server
        self._limit = limit
        self._action = action
        self._accepting = accepting
        self._selector = selectors.DefaultSelector()
        self._stopping = False
        self.passed = 0
        """Octets passed on so far."""
        self.cut = False
        """The limit was reached."""

    def __enter__(self) -> Self:
        self._listener = socket.create_server((LOOPBACK, 0))
        self.endpoint = Endpoint(LOOPBACK, self._listener.getsockname()[1])
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._waker, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        self._waker.send(b"x")
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._waker.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._stopping:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is not self._woken and key.fileobj in (
                    one.fileobj for one in self._selector.get_map().values()
                ):
                    assert isinstance(key.fileobj, socket.socket)
                    self._pass_on(key.fileobj, key.data)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        if self.cut and not self._accepting:
            client.close()
            return
        try:
            server = socket.create_connection((self._server.address, self._server.port))
        except OSError:
            client.close()
            return
        self._selector.register(client, selectors.EVENT_READ, server)
        self._selector.register(server, selectors.EVENT_READ, client)

    def _pass_on(self, source: socket.socket, destination: socket.socket) -> None:
        """In small pieces, so that a cut can come in the middle of a message."""
        left = CHUNK if self._limit is None or self.cut else min(CHUNK, self._limit - self.passed)
        try:
            data = source.recv(left)
            destination.sendall(data)
        except OSError:
            data = b""
        self.passed += len(data)
        if self._limit is not None and not self.cut and self.passed >= self._limit:
            self.cut = True
            self._action()
            data = b""
        if not data:
            for end in (source, destination):
                self._selector.unregister(end)
                end.close()
