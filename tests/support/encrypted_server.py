"""A small TLS server for tests of whoever asks it: what it says on a connection is a function of the test.

A thread for each connection. When the ``with`` block ends every socket is closed and every thread has ended; an error
of the test's own function is raised there.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from emblem.dns import Transport
from emblem.dns.servers import ServerAddress
from emblem.server import Zone, respond

PATIENCE = 10.0
"""Seconds after which a server stops waiting for its client."""

PART = 16384
"""Octets of a body in one frame."""
MEDIA_TYPE = "application/dns-message"

Talk = Callable[["Stream"], None]
"""What a server does on a connection; the connection is closed afterwards."""
Stream = ssl.SSLSocket | socket.socket


class EncryptedServer:
    """Listens on loopback while its ``with`` block runs.

    From then on its address is in ``address``.

    Args:
        talk: what it does on each connection, after the handshake.
        context: certificate and protocols; None: ``talk`` gets the bare TCP connection.
    """

    def __init__(self, talk: Talk, context: ssl.SSLContext | None) -> None:
        self._talk = talk
        self._context = context
        self._threads: list[threading.Thread] = []
        self._streams: list[Stream] = []
        self._errors: list[Exception] = []
        self.connections = 0
        """How many connections there were."""
        self.server_names: list[str | None] = []
        """The names that clients asked for in the handshake (SNI)."""

    def __enter__(self) -> EncryptedServer:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = ServerAddress(*self._listener.getsockname())
        if self._context is not None:
            self._context.sni_callback = lambda _stream, name, _context: self.server_names.append(name)
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listener.close()
        for stream in self._streams:
            try:
                stream.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # Closed already.
        for thread in self._threads[1:]:
            thread.join()
        for caught in self._errors:
            raise caught

    def _start(self, target: Callable[[], None]) -> None:
        self._threads.append(threading.Thread(target=target, name="encrypted-server", daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(PATIENCE)
            self.connections += 1
            self._streams.append(connection)
            self._start(lambda connection=connection: self._serve(connection))  # type: ignore[misc]

    def _serve(self, connection: socket.socket) -> None:
        stream: Stream = connection
        try:
            if self._context is not None:
                stream = self._context.wrap_socket(connection, server_side=True)
                self._streams.append(stream)
            self._talk(stream)
        except OSError:
            return  # The client has gone: ssl.SSLError is one of these.
        except Exception as error:
            self._errors.append(error)
        finally:
            stream.close()
            connection.close()


def read_messages(stream: Stream) -> Iterator[bytes]:
    """The queries on a DNS-over-TLS connection, until the client closes it."""
    while prefix := _read(stream, 2):
        message = _read(stream, *struct.unpack("!H", prefix))
        if not message:
            return  # Closed between the length and the message.
        yield message


def framed(message: bytes) -> bytes:
    """A message as it goes over a stream."""
    return struct.pack("!H", len(message)) + message


def responder(*zones: Zone) -> Callable[[bytes], bytes]:
    """Answers queries from zones."""

    def answer(query: bytes) -> bytes:
        response = respond(zones, query, Transport.TCP)
        assert response is not None
        return response

    return answer


def _read(stream: Stream, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = stream.recv(count - len(data))
        if not piece:
            return b""
        data += piece
    return data


class HttpRequest:
    """A request as a server got it."""

    def __init__(self, stream_id: int, headers: dict[str, str]) -> None:
        self.stream_id = stream_id
        self.headers = headers
        self.body = b""


class HttpTalk:
    """A server's end of an HTTP/2 connection.

    Args:
        stream: the connection.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.http = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="ascii"))
        self.http.initiate_connection()
        self._begun: dict[int, HttpRequest] = {}
        self._whole: deque[HttpRequest] = deque()
        self.flush()

    def requests(self) -> Iterator[HttpRequest]:
        """Whole requests, as they come, until the client closes the connection."""
        while self._whole or self._receive():
            if self._whole:
                yield self._whole.popleft()

    def begin(self, request: HttpRequest, status: int = 200, media_type: str = MEDIA_TYPE, **more: str) -> bool:
        """Sends the header fields of a response, ``more`` among them (``_`` for ``-``); whether they were taken."""
        headers = [(":status", str(status)), ("content-type", media_type)]
        headers += [(name.replace("_", "-"), value) for name, value in more.items()]
        return self.unless_given_up(lambda: self.http.send_headers(request.stream_id, headers))

    def send(self, request: HttpRequest, data: bytes) -> bool:
        """Sends the next part of a body; whether the client took it."""
        return all(self._send_part(request, data[start : start + PART]) for start in range(0, len(data), PART))

    def respond(self, request: HttpRequest, body: bytes, **fields: Any) -> None:
        """Sends a whole response; ``fields`` as for :meth:`begin`."""
        if self.begin(request, **fields) and self.send(request, body):
            self.unless_given_up(lambda: self.http.end_stream(request.stream_id))

    def unless_given_up(self, step: Callable[[], None]) -> bool:
        """Does something and sends it; False where the client has given the request or the connection up."""
        try:
            step()
        except h2.exceptions.ProtocolError:
            return False
        self.flush()
        return True

    def flush(self) -> None:
        """Sends what there is to send."""
        self._stream.sendall(self.http.data_to_send())

    def _send_part(self, request: HttpRequest, part: bytes) -> bool:
        def has_room() -> bool:
            return self.http.local_flow_control_window(request.stream_id) >= len(part)

        try:
            while not has_room():
                if not self._receive():
                    return False
        except h2.exceptions.StreamClosedError:
            return False
        return self.unless_given_up(lambda: self.http.send_data(request.stream_id, part))

    def _receive(self) -> bool:
        """Takes what the client sends next; whether there was anything."""
        data = self._stream.recv(65536)
        for event in self.http.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                headers = {str(name): str(value) for name, value in event.headers}
                self._begun[event.stream_id] = HttpRequest(event.stream_id, headers)
            elif isinstance(event, h2.events.DataReceived):
                self._begun[event.stream_id].body += event.data
            elif isinstance(event, h2.events.StreamEnded):
                self._whole.append(self._begun.pop(event.stream_id))
            elif isinstance(event, h2.events.ConnectionTerminated):
                return False
        self.flush()
        return bool(data)
