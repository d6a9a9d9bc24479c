"""The synchronous resolver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from emblem.dns.base_stub import BaseStub
from emblem.dns.driver import Driver
from emblem.dns.message import Answer, Question
from emblem.dns.plan import Plan

if TYPE_CHECKING:
    from emblem.dns.connection import Connector


class StubResolver(BaseStub):
    """Asks as :class:`~emblem.dns.base_stub.BaseStub` is told to.

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
        with self.session() as session:
            return session.ask_all(questions, deadline)

    def session(self) -> Session:
        """A context in which encrypted connections are kept from call to call. For one thread."""
        return Session(self._plan(), self._connector, self._clock)


class Session:
    """Asks like the resolver that made it, until its ``with`` block ends."""

    def __init__(self, plan: Plan, connector: Connector | None, clock: Callable[[], float]) -> None:
        self._plan = plan
        self._clock = clock
        self._driver = Driver(clock, connector)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._driver.__exit__(kind, error, trace)

    def ask_all(self, questions: Sequence[Question], deadline: float) -> tuple[Answer, ...]:
        """As :meth:`StubResolver.ask_all`."""
        if names := self._plan.name_lookups(self._clock(), deadline):
            self._plan.learn(self._driver.drive(names))
        return self._plan.conclude(self._driver.drive(self._plan.lookups(questions, deadline)))
