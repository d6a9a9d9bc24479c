"""Waiting for servers: asked again and again, until all show it or the time is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from emblem.dns.authority import ZoneServer
from emblem.dns.authority_connection import AuthorityConnection
from emblem.dns.interpretation import failed_answer
from emblem.dns.message import Answer, Failure, Outcome, Question, ResourceRecord
from emblem.dns.servers import ServerAddress
from emblem.issuance.propagation import Showing, watch
from emblem.issuance.publication import Wish

WISHES = tuple(Wish(f"host{number}.relief.example") for number in range(5))
SERVER = ZoneServer("ns1.relief.example", ServerAddress("127.0.0.1"))
OTHER = ZoneServer("ns2.relief.example", ServerAddress("127.0.0.2"))


class Scripted(AuthorityConnection):
    """A server that shows an emblem at every name until it was asked so many times."""

    def __init__(self, behind: int, *, authoritative: bool = True, failing: bool = False) -> None:
        super().__init__(ServerAddress("127.0.0.1"))
        self.asked: list[int] = []
        self._behind = behind
        self._authoritative = authoritative
        self._failing = failing

    def ask_all(self, questions: Sequence[Question]) -> tuple[Answer, ...]:
        if questions:
            self.asked.append(len(questions))
        behind = len(self.asked) <= self._behind
        return tuple(self._answer(question, behind) for question in questions)

    def _answer(self, question: Question, behind: bool) -> Answer:
        if self._failing:
            return failed_answer(question, Failure.UNREACHABLE, "cannot be reached")
        answer = Answer(question, Outcome.NXDOMAIN, authoritative=self._authoritative)
        if behind and question.type == 65297:
            records = (ResourceRecord(question.name, question.type, 60, b"\xd8"),)
            return replace(answer, outcome=Outcome.FOUND, records=records)
        return answer


def run(scripts: dict[ZoneServer, Scripted], deadline: float = 1000.0) -> tuple[list[tuple[Showing, ...]], list[float]]:
    """Every round, and the pauses between them; the clock goes on in the pauses only."""
    now = [0.0]
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        now[0] += seconds

    connections = {server.address: script for server, script in scripts.items()}
    rounds = watch(
        list(scripts),
        WISHES,
        deadline=deadline,
        connect=lambda address, _: connections[address],
        clock=lambda: now[0],
        pause=pause,
    )
    return list(rounds), pauses


def test_servers_that_agree_are_asked_once() -> None:
    rounds, pauses = run({SERVER: Scripted(0), OTHER: Scripted(0)})

    assert (len(rounds), pauses) == (1, [])
    assert all(not one.missing and not one.reason for one in rounds[-1])


def test_a_server_that_is_behind_is_asked_for_one_host_until_it_follows() -> None:
    script = Scripted(3)

    rounds, pauses = run({SERVER: script})

    assert [len(one.missing) for (one,) in rounds] == [5, 5, 5, 0]
    assert rounds[0][0].reason == "other records at host0.relief.example"
    assert script.asked == [4, 4, 4, 4, 16]
    assert pauses == [0.1, 0.2, 0.4]


def test_when_the_time_is_over_it_is_said_who_is_behind() -> None:
    rounds, pauses = run({SERVER: Scripted(0), OTHER: Scripted(10**6)}, deadline=30.0)

    assert [one.server for one in rounds[-1] if one.missing] == [OTHER]
    assert sum(pauses) == pytest.approx(30.0)
    assert max(pauses) == 2.0


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (Scripted(0, authoritative=False), "it is no authority for the zone"),
        (Scripted(0, failing=True), "cannot be reached"),
    ],
)
def test_who_cannot_know_does_not_agree(script: Scripted, reason: str) -> None:
    rounds, _ = run({SERVER: script}, deadline=0.0)

    assert (rounds[-1][0].missing, rounds[-1][0].reason) == (WISHES, reason)


def test_an_address_without_a_route_is_left_out_where_its_server_has_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emblem.issuance.propagation.has_route", lambda address: ":" not in address.host)
    second = ZoneServer(SERVER.name, ServerAddress("2001:db8::1"))
    alone = ZoneServer(OTHER.name, ServerAddress("2001:db8::2"))

    rounds, _ = run({SERVER: Scripted(0), second: Scripted(0), alone: Scripted(0)})

    assert [one.server for one in rounds[-1]] == [SERVER, alone]
