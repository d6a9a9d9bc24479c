"""The synchronous driver: many look-ups in one thread, over one selector."""

from __future__ import annotations

import os
import selectors
import socket
from collections import deque
from collections.abc import Callable, Sequence

from emblem.dns.base_stub import MOST_AT_ONCE, BaseStub
from emblem.dns.exchange import Machine, Step, Transmit, Wait
from emblem.dns.message import Answer, Failure, Question, Transport
from emblem.dns.sockets import CHUNK, failure_text, open_socket


class StubResolver(BaseStub):
    """Asks over UDP and TCP, as :class:`~emblem.dns.base_stub.BaseStub` is told to.

    Holds nothing open between calls, and may be used from several threads.
    """

    def ask(self, question: Question, deadline: float) -> Answer:
        """The answer to a question; what goes wrong on the network is an answer too, with outcome ``FAILED``.

        Args:
            question: what to ask.
            deadline: monotonic seconds by which to return.
        """
        return self.ask_all([question], deadline)[0]

    def ask_all(self, questions: Sequence[Question], deadline: float) -> tuple[Answer, ...]:
        """The answers to several questions, asked at the same time, in the order of the questions."""
        return drive([self._lookup(question, deadline) for question in questions], self._clock)


def drive(machines: Sequence[Machine], clock: Callable[[], float]) -> tuple[Answer, ...]:
    """Drives machines to their answers, at most ``MOST_AT_ONCE`` at a time."""
    with selectors.DefaultSelector() as selector:
        conversations = [_Conversation(machine, selector, clock) for machine in machines]
        waiting = deque(conversations)
        active: list[_Conversation] = []
        try:
            while waiting or active:
                while waiting and len(active) < MOST_AT_ONCE:
                    active.append(waiting.popleft())
                    active[-1].start()
                _serve(active, selector, clock)
                active = [conversation for conversation in active if conversation.answer is None]
        finally:
            for conversation in active:
                conversation.close()
    return tuple(conversation.answer for conversation in conversations if conversation.answer is not None)


def _serve(active: list[_Conversation], selector: selectors.BaseSelector, clock: Callable[[], float]) -> None:
    """Waits for the next thing to happen, and passes it on."""
    if any(conversation.answer is not None for conversation in active):
        return
    first = min(conversation.until for conversation in active)
    for key, events in selector.select(max(0.0, first - clock())):
        key.data.ready(events)
    for conversation in active:
        conversation.expire()


class _Conversation:
    """A machine and the socket that it uses at present."""

    def __init__(self, machine: Machine, selector: selectors.BaseSelector, clock: Callable[[], float]) -> None:
        self.answer: Answer | None = None
        self.until = 0.0
        self._machine = machine
        self._selector = selector
        self._clock = clock
        self._socket: socket.socket | None = None
        self._stream = False
        self._unsent = b""

    def start(self) -> None:
        self._take(self._machine.start(self._clock()))

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
            self._take(self._machine.received(data, self._clock()))

    def expire(self) -> None:
        """Tells the machine if its time is up."""
        if self.answer is None and self._clock() >= self.until:
            self._fail(Failure.TIMEOUT, "no response in time")

    def close(self) -> None:
        if self._socket is not None:
            self._selector.unregister(self._socket)
            self._socket.close()
            self._socket = None

    def _fail(self, failure: Failure, detail: str) -> None:
        self._take(self._machine.failed(failure, detail, self._clock()))

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
                step = self._machine.failed(Failure.UNREACHABLE, failure_text(error), self._clock())

    def _open(self, transmit: Transmit) -> None:
        fresh, address = open_socket(transmit)
        self._socket = fresh
        self._selector.register(fresh, selectors.EVENT_WRITE, self)
        self._stream = transmit.transport is not Transport.UDP
        self._unsent = transmit.payload
        self.until = transmit.until
        try:
            fresh.connect(address)
        except BlockingIOError:
            return  # a connection in progress: writable once it stands, or has failed

    def _write(self, writable: socket.socket) -> None:
        if error := writable.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, os.strerror(error))
        self._unsent = self._unsent[writable.send(self._unsent) :]
        if not self._unsent:
            self._selector.modify(writable, selectors.EVENT_READ, self)
