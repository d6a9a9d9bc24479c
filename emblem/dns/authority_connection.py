"""Talking to one authoritative server over TCP: questions in a row, updates, transfers; signed where there is a key.

Every wait has a limit, and every response is checked before it is understood. Without threads: responses come in any
order, and are told apart by their identifiers (RFC 7766, section 6.2.1).
"""

from __future__ import annotations

import itertools
import math
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from emblem.dns.exchange import random_identifier
from emblem.dns.interpretation import failed_answer, interpret
from emblem.dns.message import Answer, Failure, Question, RecordType, ResourceRecord, Transport
from emblem.dns.names import text_of
from emblem.dns.query import FLAG_RESPONSE, HEADER, encode_query, end_of_question
from emblem.dns.servers import ServerAddress
from emblem.dns.sockets import CHUNK, failure_text, open_socket
from emblem.dns.tsig import TsigKey
from emblem.dns.tsig_signature import SignatureCheck, sign_message
from emblem.dns.update import OPCODE_UPDATE, Update
from emblem.dns.wire import WireRecord, read_sections
from emblem.errors import MalformedError, UpdateError

LARGEST_TRANSFER = 512 * 1024 * 1024
"""Octets of a zone transfer that are read."""

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 10.0
_UPDATE_SECONDS = 60.0
_MOST_OUTSTANDING = 32
_AXFR = 252
_LENGTH = struct.Struct("!H")


class ConnectionFailedError(UpdateError):
    """There is no connection to a server, or no longer: whatever was not sent did not happen."""


class OutcomeUnknownError(ConnectionFailedError):
    """The connection was lost after an update was sent, before the server said whether it made it."""


class AuthorityConnection:
    """A connection to a server, made when it is first needed, and made again after it was lost.

    Args:
        server: where it is.
        key: signs what is sent; then responses must be signed, too.
        clock: monotonic seconds.
        now: seconds since 1970.
        deadline: monotonic seconds beyond which nothing is waited for.
    """

    def __init__(
        self,
        server: ServerAddress,
        key: TsigKey | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        deadline: float = math.inf,
    ) -> None:
        self.server = server
        self._key = key
        self._clock = clock
        self._now = now
        self._deadline = deadline
        self._socket: socket.socket | None = None
        self._buffer = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection; the next request makes another."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._buffer.clear()

    def ask_all(self, questions: Sequence[Question]) -> tuple[Answer, ...]:
        """The answers to questions, in their order. What goes wrong on the network is an answer, too.

        A connection that the server ends after some answers is made again for the others.

        Raises:
            UpdateError: a response is not signed as it must be.
        """
        answers: dict[int, Answer] = {}
        while len(answers) < len(questions):
            before = len(answers)
            open_ones = [index for index in range(len(questions)) if index not in answers]
            try:
                self._ask(questions, open_ones, answers)
            except ConnectionFailedError as error:
                self.close()
                if len(answers) == before:
                    missing = ((index, questions[index]) for index in open_ones)
                    answers |= {index: self._unanswered(question, error) for index, question in missing}
        return tuple(answers[index] for index in range(len(questions)))

    def update(self, update: Update) -> int:
        """Sends an update, and returns the response code.

        Raises:
            OutcomeUnknownError: it was sent, and nothing came back.
            ConnectionFailedError: it was not sent.
            UpdateError: the response is not signed as it must be, or is none.
        """
        identifier = random_identifier()
        message, check = self._signed(update.encode(identifier))
        deadline = self._clock() + _UPDATE_SECONDS
        self._connected()
        try:
            self._send(message, deadline)
            response = self._response(identifier, deadline)
        except ConnectionFailedError as error:
            self.close()
            raise OutcomeUnknownError(str(error)) from None
        if check is not None:
            check.check(response, self._now())
        flags: int = HEADER.unpack_from(response)[1]
        if flags >> 11 & 0x0F != OPCODE_UPDATE:
            raise UpdateError(f"{self.server}: its response to an update is a response to something else")
        return flags & 0x0F

    def transfer(self, zone: str) -> Iterator[ResourceRecord]:
        """All records of a zone, without the second SOA (AXFR, RFC 5936), one message at a time.

        They count only once all have come: the signature may be that of the last message.

        Raises:
            UpdateError: the server does not give it, or not whole.
        """
        question = Question(zone, _AXFR)
        identifier = random_identifier()
        message, check = self._signed(encode_query(question, identifier, edns=False))
        self._connected()
        self._send(message, self._clock() + _ANSWER_SECONDS)
        starts = octets = 0
        while starts < 2:
            response = self._response(identifier, self._clock() + _ANSWER_SECONDS)
            if check is not None:
                check.check(response, self._now())
            octets += len(response)
            if octets > LARGEST_TRANSFER:
                raise UpdateError(f"{self.server}: the transfer of {zone} has more than {LARGEST_TRANSFER} octets")
            records = self._transferred(zone, question, response)
            if not records or (starts == 0 and records[0].type != RecordType.SOA):
                raise UpdateError(f"{self.server}: the transfer of {zone} does not begin or go on as it must")
            for record in records:
                starts += record.type == RecordType.SOA
                if starts < 2:
                    yield ResourceRecord(text_of(record.owner), record.type, record.ttl, record.data)
        if check is not None and not check.complete:
            raise UpdateError(f"{self.server}: the transfer of {zone} ends without a signature")

    def _transferred(self, zone: str, question: Question, response: bytes) -> tuple[WireRecord, ...]:
        _, flags, questions, *counts = HEADER.unpack_from(response)
        if code := flags & 0x0F:
            hint = ": does it allow transfers with this key?" if code in (5, 9) else ""
            raise UpdateError(f"{self.server}: no transfer of {zone}, response code {code}{hint}")
        start = end_of_question(question) if questions else HEADER.size
        try:
            return read_sections(response, start, (counts[0], counts[1], counts[2])).answer
        except MalformedError as error:
            raise UpdateError(f"{self.server}: transfer of {zone}: {error}") from None

    def _ask(self, questions: Sequence[Question], open_ones: list[int], answers: dict[int, Answer]) -> None:
        """Asks until all are answered or the connection is lost; a few questions are always on their way."""
        self._connected()
        waiting: dict[int, tuple[int, SignatureCheck | None]] = {}
        identifiers = itertools.count(random_identifier())
        unsent = iter(open_ones)
        while True:
            for index in itertools.islice(unsent, _MOST_OUTSTANDING - len(waiting)):
                identifier = next(identifiers) % 65536
                message, check = self._signed(encode_query(questions[index], identifier))
                waiting[identifier] = index, check
                self._send(message, self._clock() + _ANSWER_SECONDS)
            if not waiting:
                return
            response = self._next_message(self._clock() + _ANSWER_SECONDS)
            expected = waiting.pop(int.from_bytes(response[:2]), None)
            if expected is None:
                raise ConnectionFailedError(f"{self.server}: a message that answers nothing")
            index, check = expected
            if check is not None:
                check.check(response, self._now())
            answers[index] = interpret(questions[index], response, server=str(self.server), transport=Transport.TCP)

    def _unanswered(self, question: Question, error: ConnectionFailedError) -> Answer:
        return failed_answer(
            question, Failure.UNREACHABLE, str(error), server=str(self.server), transport=Transport.TCP
        )

    def _signed(self, message: bytes) -> tuple[bytes, SignatureCheck | None]:
        if self._key is None:
            return message, None
        signed = sign_message(message, self._key, self._now())
        return signed.wire, SignatureCheck(self._key, signed.code, str(self.server))

    def _connected(self) -> socket.socket:
        if self._socket is None:
            try:
                fresh, address = open_socket(self.server, Transport.TCP)
                self._socket = fresh
                fresh.settimeout(self._remaining(self._clock() + _CONNECT_SECONDS))
                fresh.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                fresh.connect(address)
            except OSError as error:
                self.close()
                raise ConnectionFailedError(f"{self.server} cannot be reached: {_text(error)}") from None
        return self._socket

    def _send(self, message: bytes, deadline: float) -> None:
        connection = self._connected()
        try:
            connection.settimeout(self._remaining(deadline))
            connection.sendall(_LENGTH.pack(len(message)) + message)
        except OSError as error:
            raise ConnectionFailedError(f"{self.server}: connection lost: {_text(error)}") from None

    def _response(self, identifier: int, deadline: float) -> bytes:
        response = self._next_message(deadline)
        found, flags, *_ = HEADER.unpack_from(response)
        if found != identifier or not flags & FLAG_RESPONSE:
            raise ConnectionFailedError(f"{self.server}: a message that answers something else")
        return response

    def _next_message(self, deadline: float) -> bytes:
        while (message := self._buffered()) is None:
            connection = self._connected()
            try:
                connection.settimeout(self._remaining(deadline))
                data = connection.recv(CHUNK)
            except OSError as error:
                raise ConnectionFailedError(f"{self.server}: no response: {_text(error)}") from None
            if not data:
                raise ConnectionFailedError(f"{self.server}: no response: the server closed the connection")
            self._buffer += data
        if len(message) < HEADER.size:
            raise ConnectionFailedError(f"{self.server}: a message of {len(message)} octets")
        return message

    def _buffered(self) -> bytes | None:
        with suppress(struct.error):
            (length,) = _LENGTH.unpack_from(self._buffer)
            end = _LENGTH.size + length
            if len(self._buffer) >= end:
                message = bytes(self._buffer[_LENGTH.size : end])
                del self._buffer[:end]
                return message
        return None

    def _remaining(self, deadline: float) -> float:
        remaining = min(deadline, self._deadline) - self._clock()
        if remaining <= 0:
            raise TimeoutError("timed out")
        return remaining


def has_route(server: ServerAddress) -> bool:
    """Whether this machine has any way to an address; nothing is sent."""
    try:
        fresh, address = open_socket(server, Transport.UDP)
        with fresh:
            fresh.connect(address)
    except OSError:
        return False
    return True


def _text(error: OSError) -> str:
    return "nothing in time" if isinstance(error, TimeoutError) else failure_text(error)
