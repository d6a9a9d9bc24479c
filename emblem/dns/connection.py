"""One encrypted connection and the questions that are under way on it, without I/O.

A driver moves octets between this and a socket. Whatever goes wrong comes out as the loss of the questions that still
wait, never as an exception.
"""

from __future__ import annotations

import ssl
from pathlib import Path

from emblem.dns.delivery import ConnectionLostError, Delivery, Framing, Loss
from emblem.dns.encrypted import EncryptedServer, HttpsServer
from emblem.dns.length_framing import LengthFraming
from emblem.dns.message import LARGEST_MESSAGE, Failure
from emblem.dns.tls import TlsStream, client_context

DNS_OVER_TLS = "dot"
HTTP_2 = "h2"

_ALLOWANCE = 2 * LARGEST_MESSAGE
"""Octets that a server may send for each question, with all that is around the response."""


class Connector:
    """Makes connections by one set of rules. May be used from several threads.

    Args:
        ca_file: see :func:`emblem.dns.tls.client_context`.

    Raises:
        ResolverError: the file cannot be used.
    """

    def __init__(self, ca_file: Path | None = None) -> None:
        self._contexts = {protocol: client_context(protocol, ca_file) for protocol in (DNS_OVER_TLS, HTTP_2)}

    def connect(self, server: EncryptedServer) -> Connection:
        """A connection that has not begun yet."""
        protocol = HTTP_2 if isinstance(server, HttpsServer) else DNS_OVER_TLS
        return Connection(server, self._contexts[protocol])


class Connection:
    """An encrypted connection to a server.

    Args:
        server: whom to connect to.
        context: see :func:`emblem.dns.tls.client_context`.
    """

    def __init__(self, server: EncryptedServer, context: ssl.SSLContext) -> None:
        self.server = server
        self._tls = TlsStream(context, server.certified_name)
        self._framing = _framing(server)
        self._asked = 0
        self._received = 0
        self._retired = False
        self.over = False
        """Nothing further comes: what is left to send can be sent, and the socket closed."""

    @property
    def usable(self) -> bool:
        """Whether further questions can be asked on it."""
        return not (self.over or self._retired or self._framing.finished)

    @property
    def idle(self) -> bool:
        """Whether nobody waits for anything."""
        return not self._framing.waiting

    def ask(self, message: bytes) -> int:
        """Takes a query; returns the ticket under which its response will come."""
        self._asked += 1
        return self._framing.ask(message)

    def withdraw(self, ticket: int) -> None:
        """Nobody waits any longer."""
        self._framing.withdraw(ticket)

    def retire(self) -> None:
        """No further question is asked on it; those under way may still be answered."""
        self._retired = True

    def receive(self, data: bytes) -> list[Delivery]:
        """Takes octets from the socket."""
        try:
            received = self._tls.receive(data)
            self._check_protocol()
            self._received += len(received)
            if self._received > _ALLOWANCE * (self._asked + 1):
                raise ConnectionLostError(Failure.FLOODED, f"{self._received} octets, more than responses can have")
            deliveries = self._framing.receive(received)
        except ConnectionLostError as lost:
            return self.lose(lost.loss)
        if self._tls.ended:
            # After its message a question may still be told of the loss: what came may not be what it waits for.
            deliveries.extend(self.lose(Loss(Failure.CUT_SHORT, "the server closed the connection")))
        return deliveries

    def lose(self, loss: Loss) -> list[Delivery]:
        """The connection has ended: what every question that waits is told."""
        self.over = True
        return [(ticket, loss) for ticket in self._framing.waiting]

    def data_to_send(self) -> bytes:
        """The octets that are to go to the socket now; each is returned once."""
        if not self.over:
            self._tls.write(self._framing.data_to_send())
        return self._tls.data_to_send()

    def close(self) -> bytes:
        """Ends the connection from this side; the last octets that are to go to the socket."""
        if not self.over:
            self._framing.close()
            last = self.data_to_send()
            self.over = True
            if self._tls.established:
                self._tls.close()
            return last + self._tls.data_to_send()
        return self._tls.data_to_send()

    def _check_protocol(self) -> None:
        if self._tls.established and isinstance(self.server, HttpsServer) and self._tls.protocol != HTTP_2:
            raise ConnectionLostError(Failure.HTTP_ERROR, "the server does not speak HTTP/2")


def _framing(server: EncryptedServer) -> Framing:
    if isinstance(server, HttpsServer):
        from emblem.dns.https_framing import HttpsFraming

        return HttpsFraming(server)
    return LengthFraming()
