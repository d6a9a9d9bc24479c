"""DNS messages one after another on a stream, each after its length (RFC 7858, section 3.3; RFC 7766).

Responses come in any order, and are told apart by identifier and question.
"""

from __future__ import annotations

import itertools
import struct

from emblem.dns.delivery import ConnectionLostError, Delivery
from emblem.dns.message import Failure

MOST_UNREQUESTED = 100
"""Messages with the identifier of no question that are passed over before the connection is given up."""

_LENGTH = struct.Struct("!H")
_IDENTIFIER = struct.Struct("!H")


class LengthFraming:
    """A :class:`~emblem.dns.delivery.Framing` with the length before each message."""

    finished = False

    def __init__(self) -> None:
        self._tickets = itertools.count(1)
        self._identifiers: dict[int, int] = {}
        self._unsent = bytearray()
        self._received = bytearray()
        self._unrequested = 0

    @property
    def waiting(self) -> tuple[int, ...]:
        """See :class:`~emblem.dns.delivery.Framing`."""
        return tuple(self._identifiers)

    def ask(self, message: bytes) -> int:
        """See :class:`~emblem.dns.delivery.Framing`."""
        ticket = next(self._tickets)
        (self._identifiers[ticket],) = _IDENTIFIER.unpack_from(message)
        self._unsent += _LENGTH.pack(len(message)) + message
        return ticket

    def withdraw(self, ticket: int) -> None:
        """See :class:`~emblem.dns.delivery.Framing`."""
        self._identifiers.pop(ticket, None)

    def receive(self, data: bytes) -> list[Delivery]:
        """See :class:`~emblem.dns.delivery.Framing`.

        A question waits on after a delivery, until it is withdrawn: the message may answer another question that
        happens to have the same identifier.
        """
        self._received += data
        deliveries: list[Delivery] = []
        while (message := self._next_message()) is not None:
            tickets = self._asked_with(message)
            deliveries.extend((ticket, message) for ticket in tickets)
            self._unrequested += not tickets
            if self._unrequested > MOST_UNREQUESTED:
                raise ConnectionLostError(Failure.FLOODED, f"{self._unrequested} messages that nobody asked for")
        return deliveries

    def data_to_send(self) -> bytes:
        """See :class:`~emblem.dns.delivery.Framing`."""
        data = bytes(self._unsent)
        self._unsent.clear()
        return data

    def close(self) -> None:
        """See :class:`~emblem.dns.delivery.Framing`: there is no such word."""

    def _next_message(self) -> bytes | None:
        if len(self._received) < _LENGTH.size:
            return None
        end = _LENGTH.size + _LENGTH.unpack_from(self._received)[0]
        if len(self._received) < end:
            return None
        message = bytes(self._received[_LENGTH.size : end])
        del self._received[:end]
        return message

    def _asked_with(self, message: bytes) -> list[int]:
        if len(message) < _IDENTIFIER.size:
            return []
        (identifier,) = _IDENTIFIER.unpack_from(message)
        return [ticket for ticket, asked in self._identifiers.items() if asked == identifier]
