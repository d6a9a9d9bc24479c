"""DNS messages as HTTP/2 requests and responses (RFC 8484, RFC 9113).

h2 is driven here as it is, without an HTTP client around it: so there is no proxy, no cookie, no redirection, no
decompression and no cache to be turned off, and the one deadline of a look-up holds for every octet.
"""

from __future__ import annotations

import base64
import itertools
from collections import deque
from dataclasses import dataclass, field

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

from emblem.dns.delivery import ConnectionLostError, Delivery, Loss
from emblem.dns.encrypted import HttpsServer, Method
from emblem.dns.message import LARGEST_MESSAGE, Failure

MEDIA_TYPE = b"application/dns-message"
LARGEST_HEADER_LIST = 16384
"""Octets of header fields that are accepted with one response."""

_LONGEST_EXCERPT = 100


@dataclass(slots=True)
class _Exchange:
    """One request under way."""

    ticket: int
    body: bytearray = field(default_factory=bytearray)


class HttpsFraming:
    """A :class:`~emblem.dns.delivery.Framing` of HTTP/2.

    Args:
        server: whom the requests are for.
    """

    def __init__(self, server: HttpsServer) -> None:
        self._server = server
        self._tickets = itertools.count(1)
        self._queue: deque[tuple[int, bytes]] = deque()
        self._streams: dict[int, _Exchange] = {}
        self._http = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
        self._http.local_settings = h2.settings.Settings(
            client=True,
            initial_values={
                h2.settings.SettingCodes.ENABLE_PUSH: 0,
                h2.settings.SettingCodes.MAX_HEADER_LIST_SIZE: LARGEST_HEADER_LIST,
            },
        )
        self._http.decoder.max_header_list_size = LARGEST_HEADER_LIST
        self._http.initiate_connection()
        self.finished = False

    @property
    def waiting(self) -> tuple[int, ...]:
        """See :class:`~emblem.dns.delivery.Framing`."""
        return (*(exchange.ticket for exchange in self._streams.values()), *(ticket for ticket, _ in self._queue))

    def ask(self, message: bytes) -> int:
        """See :class:`~emblem.dns.delivery.Framing`. A request waits here while the server takes no further one."""
        ticket = next(self._tickets)
        self._queue.append((ticket, message))
        return ticket

    def withdraw(self, ticket: int) -> None:
        """See :class:`~emblem.dns.delivery.Framing`."""
        self._queue = deque(entry for entry in self._queue if entry[0] != ticket)
        for stream, exchange in tuple(self._streams.items()):
            if exchange.ticket == ticket:
                self._cancel(stream)

    def receive(self, data: bytes) -> list[Delivery]:
        """See :class:`~emblem.dns.delivery.Framing`."""
        try:
            events = self._http.receive_data(data)
        except h2.exceptions.H2Error as error:
            raise ConnectionLostError(
                Failure.HTTP_ERROR, _one_line(f"HTTP/2 {type(error).__name__}: {error}")
            ) from None
        deliveries: list[Delivery] = []
        for event in events:
            deliveries.extend(self._delivered(event))
        return deliveries

    def data_to_send(self) -> bytes:
        """See :class:`~emblem.dns.delivery.Framing`."""
        while self._queue and not self.finished and self._takes(self._queue[0][1]):
            self._request(*self._queue.popleft())
        return self._http.data_to_send()

    def close(self) -> None:
        """See :class:`~emblem.dns.delivery.Framing`."""
        if not self.finished:
            self.finished = True
            self._http.close_connection()

    def _takes(self, message: bytes) -> bool:
        """Whether the server takes another request with this body now."""
        settings = self._http.remote_settings
        window = min(self._http.outbound_flow_control_window, settings.initial_window_size)
        return self._http.open_outbound_streams < settings.max_concurrent_streams and len(message) <= window

    def _request(self, ticket: int, message: bytes) -> None:
        stream = self._http.get_next_available_stream_id()
        self._streams[stream] = _Exchange(ticket)
        server = self._server
        posts = server.method is Method.POST
        query = "" if posts else "?dns=" + base64.urlsafe_b64encode(message).rstrip(b"=").decode("ascii")
        headers = [
            (":method", server.method.value),
            (":scheme", "https"),
            (":authority", server.authority),
            (":path", server.path + query),
            ("accept", MEDIA_TYPE.decode("ascii")),
        ]
        if posts:
            headers += [("content-type", MEDIA_TYPE.decode("ascii")), ("content-length", str(len(message)))]
        self._http.send_headers(stream, headers, end_stream=not posts)
        if posts:
            self._http.send_data(stream, message, end_stream=True)

    def _delivered(self, event: h2.events.Event) -> list[Delivery]:
        if isinstance(event, h2.events.ConnectionTerminated):
            self.finished = True
            loss = Loss(Failure.CUT_SHORT, f"the server ended the HTTP connection (code {int(event.error_code or 0)})")
            return [(ticket, loss) for ticket in self.waiting]
        stream = getattr(event, "stream_id", None)
        exchange = self._streams.get(stream) if stream is not None else None
        if isinstance(event, h2.events.DataReceived):
            self._acknowledge(event)
        if exchange is None or stream is None:
            return []
        content: bytes | Loss | None = None
        match event:
            case h2.events.ResponseReceived():
                content = _flaw(event.headers)
            case h2.events.DataReceived():
                exchange.body += event.data
                if len(exchange.body) > LARGEST_MESSAGE:
                    content = Loss(Failure.TOO_LARGE, f"a body of over {LARGEST_MESSAGE} octets")
            case h2.events.StreamEnded():
                content = bytes(exchange.body)
            case h2.events.StreamReset():
                content = Loss(Failure.CUT_SHORT, f"the server gave the request up (code {int(event.error_code or 0)})")
        if content is None:
            return []
        self._cancel(stream)
        return [(exchange.ticket, content)]

    def _acknowledge(self, event: h2.events.DataReceived) -> None:
        """Lets the server send as much again; also for a stream that was given up, since all share one window."""
        try:
            self._http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        except h2.exceptions.ProtocolError:
            return  # The connection has ended: there will be nothing further.

    def _cancel(self, stream: int) -> None:
        del self._streams[stream]
        try:
            self._http.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
        except h2.exceptions.ProtocolError:
            return  # Ended, or the connection has.


def _flaw(headers: list[tuple[bytes, bytes]]) -> Loss | None:
    """What keeps a response from being a DNS message, by its header fields."""
    fields = {bytes(name): bytes(value) for name, value in headers}
    status = fields.get(b":status", b"")
    if status != b"200":
        note = ": redirections are not followed" if status.startswith(b"3") else ""
        return Loss(Failure.HTTP_ERROR, f"HTTP status {_shown(status)}{note}")
    media_type = fields.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        return Loss(Failure.HTTP_ERROR, f"content of type {_shown(media_type)}, not {MEDIA_TYPE.decode('ascii')}")
    encoding = fields.get(b"content-encoding", b"identity").strip().lower()
    if encoding != b"identity":
        return Loss(Failure.HTTP_ERROR, f"content encoded as {_shown(encoding)}, which was not asked for")
    return None


def _shown(value: bytes) -> str:
    return repr(value[:_LONGEST_EXCERPT].decode("ascii", "backslashreplace"))


def _one_line(text: str) -> str:
    return ascii(text[:_LONGEST_EXCERPT])[1:-1]
