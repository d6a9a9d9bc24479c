"""What a resolver asks for a batch of questions, and what it concludes from the answers; no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from emblem.dns.agreement import agree
from emblem.dns.encrypted import AnyServer, HttpsName, Server
from emblem.dns.exchange import Machine, Step
from emblem.dns.interpretation import failed_answer
from emblem.dns.lookup import Lookup, RetryPolicy
from emblem.dns.message import Answer, Failure, Outcome, Question, RecordType
from emblem.dns.servers import ServerAddress

MOST_ADDRESSES = 4
"""Addresses of a resolver known by name that are tried."""

_ADDRESS_TYPES = (RecordType.AAAA, RecordType.A)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Whom to ask and how, for every question alike.

    Args:
        servers: at least one.
        agreement: every one is asked, and they have to agree; else they are asked in turn until one answers.
        bootstrap: whom to ask for the addresses of those that are known by name.
        policy: how long and how often each is tried.
        dnssec: ask for signatures, and for what does not validate too.
    """

    servers: tuple[AnyServer, ...]
    agreement: bool
    bootstrap: tuple[ServerAddress, ...]
    policy: RetryPolicy
    dnssec: bool


class Plan:
    """The look-ups of one session. Remembers the addresses of resolvers that are known by name."""

    def __init__(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        self._known: dict[HttpsName, tuple[Server, ...]] = {}
        self._unknown: dict[HttpsName, Answer] = {}

    def name_lookups(self, now: float, deadline: float) -> list[Machine]:
        """The look-ups of the resolvers' own addresses, as far as they are not known yet.

        They may take half of the time that there is: the rest is for what is to be asked.
        """
        end = now + (deadline - now) / 2
        arrangement = self._arrangement
        return [
            Lookup(Question(name.name, number), arrangement.bootstrap, deadline=end, policy=arrangement.policy)
            for name in self._missing()
            for number in _ADDRESS_TYPES
        ]

    def learn(self, answers: Sequence[Answer]) -> None:
        """Takes the answers to :meth:`name_lookups`, in their order."""
        missing = self._missing()
        count = len(_ADDRESS_TYPES)
        for index, name in enumerate(missing):
            given = answers[index * count : (index + 1) * count]
            hosts = [str(ip_address(record.data)) for answer in given for record in answer.records]
            if hosts:
                self._known[name] = name.at(hosts[:MOST_ADDRESSES])
            else:
                self._unknown[name] = next((one for one in given if one.outcome is Outcome.FAILED), given[0])

    def lookups(self, questions: Sequence[Question], deadline: float) -> list[Machine]:
        """The look-ups for some questions: for each question one, or with agreement one of each resolver."""
        return [self._lookup(question, group, deadline) for question in questions for group in self._groups()]

    def conclude(self, answers: Sequence[Answer]) -> tuple[Answer, ...]:
        """Takes the answers to :meth:`lookups`, in their order; returns one for each question."""
        size = len(self._groups())
        return tuple(agree(answers[start : start + size]) for start in range(0, len(answers), size))

    def _groups(self) -> tuple[tuple[AnyServer, ...], ...]:
        servers = self._arrangement.servers
        return tuple((server,) for server in servers) if self._arrangement.agreement else (servers,)

    def _missing(self) -> list[HttpsName]:
        return [
            server
            for server in self._arrangement.servers
            if isinstance(server, HttpsName) and server not in self._known
        ]

    def _lookup(self, question: Question, group: tuple[AnyServer, ...], deadline: float) -> Machine:
        servers: list[Server] = []
        for server in group:
            servers.extend(self._known.get(server, ()) if isinstance(server, HttpsName) else (server,))
        if not servers:
            return _Settled(self._unreached(question, group))
        return Lookup(
            question,
            servers,
            deadline=deadline,
            policy=self._arrangement.policy,
            dnssec=self._arrangement.dnssec,
        )

    def _unreached(self, question: Question, group: tuple[AnyServer, ...]) -> Answer:
        """The answer where nobody of a group has an address."""
        (name, *_) = (server for server in group if isinstance(server, HttpsName))
        looked_up = self._unknown[name]
        reason = looked_up.detail or str(looked_up.failure or looked_up.outcome)
        return failed_answer(
            question,
            looked_up.failure or Failure.UNREACHABLE,
            f"the resolver's own address is not known: {reason} (asked {looked_up.server})",
            server=str(name),
            transport=name.transport,
        )


class _Settled:
    """A machine that has its answer already."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def start(self, now: float) -> Step:
        del now
        return self._answer

    def received(self, data: bytes, now: float) -> Step:
        del data, now
        return self._answer

    def failed(self, failure: Failure, detail: str, now: float) -> Step:
        del failure, detail, now
        return self._answer
