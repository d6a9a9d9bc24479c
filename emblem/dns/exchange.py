"""One question to one server, without I/O: what to send, how long to wait, and what to make of what comes.

A driver calls :meth:`Machine.start` and does what the step says:

- :class:`Transmit`: over UDP and TCP open a *fresh* socket to that server (so that the source port is a new random
  one), connected so that only this server's packets count, send the payload, and report what happens until the
  time given. Over TLS and HTTPS the connection is one that several machines may share.
- :class:`Wait`: go on reading from the same socket, until the same time.
- an :class:`Answer`: done; close the socket.

The same machine serves a synchronous and an asynchronous driver, and tests that have no network at all.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from emblem.dns.encrypted import Server
from emblem.dns.interpretation import failed_answer, interpret
from emblem.dns.message import Answer, Failure, Question, ResponseCode, Transport
from emblem.dns.query import answers, encode_query
from emblem.dns.servers import ServerAddress

MOST_IGNORED = 100
"""Messages that answer something else which are passed over before the try is given up."""

_LENGTH = struct.Struct("!H")
_CODES_OF_SERVERS_WITHOUT_EDNS = frozenset({ResponseCode.FORMERR, ResponseCode.NOTIMP, ResponseCode.BADVERS})


def random_identifier() -> int:
    """An unpredictable message identifier (RFC 5452, section 9.2)."""
    return int.from_bytes(os.urandom(2))


@dataclass(frozen=True, slots=True)
class Transmit:
    """Send this.

    Args:
        server: where to.
        transport: how.
        payload: the bytes as they go out; over TCP with their two-octet length (RFC 1035, section 4.2.2). Over TLS
            and HTTPS the bare message.
        until: monotonic seconds; nothing by then is a timeout.
    """

    server: Server
    transport: Transport
    payload: bytes
    until: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to be done yet: go on reading."""


Step: TypeAlias = Transmit | Wait | Answer


class Machine(Protocol):
    """What a driver drives. Times are monotonic seconds, of the same clock as the deadline."""

    def start(self, now: float) -> Step:
        """The first step."""

    def received(self, data: bytes, now: float) -> Step:
        """A datagram, the next bytes of the TCP connection, or over TLS and HTTPS a message, arrived."""

    def failed(self, failure: Failure, detail: str, now: float) -> Step:
        """Nothing came in time (``TIMEOUT``), it could not be sent (``UNREACHABLE``), the peer closed the
        connection (``CUT_SHORT``), or what else befell an encrypted connection."""


class Exchange:
    """One try at one server: over UDP, then TCP if the response was truncated or garbled, and once more without
    EDNS if the server does not know it. An encrypted server is asked in its one way, with padding.

    Args:
        question: what to ask.
        server: whom.
        deadline: monotonic seconds; no step waits longer.
        try_timeout: seconds to wait for each single response.
        dnssec: ask for signatures, and for what does not validate too.
        over_tcp: a plain server's response over UDP is known not to do: ask over TCP at once.
        identifiers: where message identifiers come from.
    """

    def __init__(
        self,
        question: Question,
        server: Server,
        *,
        deadline: float,
        try_timeout: float,
        dnssec: bool = False,
        over_tcp: bool = False,
        identifiers: Callable[[], int] = random_identifier,
    ) -> None:
        self._question = question
        self._server = server
        self._deadline = deadline
        self._try_timeout = try_timeout
        self._dnssec = dnssec
        self._identifiers = identifiers
        plain = isinstance(server, ServerAddress)
        self._transport: Transport = Transport.TCP if plain and over_tcp else server.transport
        self._padded = not plain
        self._edns = True
        self._identifier = 0
        self._buffer = bytearray()
        self._ignored = 0

    def start(self, now: float) -> Step:
        """See :class:`Machine`."""
        if now >= self._deadline:
            return self._failure(Failure.DEADLINE, "no time was left to ask")
        # Over HTTPS the response comes to its request, and equal questions are to be equal (RFC 8484, section 4.1).
        self._identifier = 0 if self._transport is Transport.HTTPS else self._identifiers()
        self._buffer.clear()
        message = encode_query(
            self._question, self._identifier, edns=self._edns, dnssec=self._dnssec, padded=self._padded
        )
        if self._transport is Transport.TCP:
            message = _LENGTH.pack(len(message)) + message
        return Transmit(self._server, self._transport, message, min(now + self._try_timeout, self._deadline))

    def received(self, data: bytes, now: float) -> Step:
        """See :class:`Machine`."""
        if self._transport is not Transport.TCP:
            return self._message(data, now)
        self._buffer += data
        step: Step = Wait()
        while isinstance(step, Wait) and (message := self._next_framed()) is not None:
            step = self._message(message, now)
        return step

    def failed(self, failure: Failure, detail: str, now: float) -> Step:
        """See :class:`Machine`."""
        del now
        if self._ignored:
            detail = f"{detail}; {self._ignored} messages that answer something else were passed over"
        return self._failure(failure, detail)

    def _next_framed(self) -> bytes | None:
        if len(self._buffer) < _LENGTH.size:
            return None
        end = _LENGTH.size + _LENGTH.unpack_from(self._buffer)[0]
        if len(self._buffer) < end:
            return None
        message = bytes(self._buffer[_LENGTH.size : end])
        del self._buffer[:end]
        return message

    def _message(self, message: bytes, now: float) -> Step:
        if self._transport is not Transport.HTTPS and not answers(self._question, self._identifier, message):
            self._ignored += 1
            if self._ignored < MOST_IGNORED:
                return Wait()
            return self._failure(Failure.FLOODED, f"{self._ignored} messages that answer something else")
        answer = interpret(
            self._question,
            message,
            identifier=self._identifier,
            server=str(self._server),
            transport=self._transport,
        )
        if self._transport is Transport.UDP and answer.failure in (Failure.TRUNCATED, Failure.MALFORMED):
            self._transport = Transport.TCP
            return self.start(now)
        if self._edns and not self._padded and answer.response_code in _CODES_OF_SERVERS_WITHOUT_EDNS:
            self._edns = False
            return self.start(now)
        return answer

    def _failure(self, failure: Failure, detail: str) -> Answer:
        return failed_answer(self._question, failure, detail, server=str(self._server), transport=self._transport)
