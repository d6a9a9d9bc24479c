"""One question to several servers and along aliases, without a network."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from emblem.dns import (
    Answer,
    Failure,
    Lookup,
    Outcome,
    Question,
    RecordType,
    RetryPolicy,
    Server,
    ServerAddress,
    Step,
    TlsServer,
    Transmit,
)

Build = Callable[..., bytes]

WWW = Question("www.example.org", RecordType.A)
FIRST = ServerAddress("192.0.2.1")
SECOND = ServerAddress("192.0.2.2")
ADDRESS = ("www.example.org. 60 IN A 192.0.2.1",)


def lookup(*servers: ServerAddress, tries: int = 2, deadline: float = 10.0) -> Lookup:
    policy = RetryPolicy(try_timeout=1.0, tries=tries)
    return Lookup(WWW, servers, deadline=deadline, policy=policy, identifiers=lambda: 0)


def answer_of(step: Step) -> Answer:
    assert isinstance(step, Answer)
    return step


def asked(step: Step) -> Server:
    assert isinstance(step, Transmit)
    return step.server


def test_servers_that_stay_silent_are_asked_in_turn_and_again() -> None:
    machine = lookup(FIRST, SECOND)
    steps = [machine.start(0.0)]
    steps += [machine.failed(Failure.TIMEOUT, "", now) for now in (1.0, 2.0, 3.0)]
    assert [asked(step) for step in steps] == [FIRST, SECOND, FIRST, SECOND]
    answer = answer_of(machine.failed(Failure.TIMEOUT, "", 4.0))
    assert (answer.outcome, answer.failure) == (Outcome.FAILED, Failure.TIMEOUT)
    assert [tried.server for tried in answer.failed_tries] == [str(FIRST), str(SECOND)] * 2


def test_an_encrypted_server_is_given_the_time_of_its_own() -> None:
    policy = RetryPolicy(try_timeout=1.0, encrypted_try_timeout=4.0)
    server = TlsServer(ServerAddress("192.0.2.1", 853))
    step = Lookup(WWW, [server], deadline=10.0, policy=policy).start(1.0)
    assert isinstance(step, Transmit)
    assert step.until == 5.0


@pytest.mark.parametrize("failure", [Failure.UNTRUSTED, Failure.HANDSHAKE_FAILED, Failure.HTTP_ERROR])
def test_a_server_that_cannot_be_talked_to_is_not_asked_again(failure: Failure) -> None:
    machine = lookup(FIRST)
    machine.start(0.0)
    assert answer_of(machine.failed(failure, "", 0.1)).failure is failure


def test_a_server_that_fails_outright_is_not_asked_again(response: Build) -> None:
    machine = lookup(FIRST, SECOND)
    machine.start(0.0)
    assert asked(machine.received(response(WWW, code=2), 0.1)) == SECOND
    assert answer_of(machine.received(response(WWW, code=5), 0.2)).failure is Failure.REFUSED


def test_an_answer_tells_of_the_failures_before_it(response: Build) -> None:
    machine = lookup(FIRST, SECOND)
    machine.start(0.0)
    machine.received(response(WWW, code=2), 0.1)
    answer = answer_of(machine.received(response(WWW, answer=ADDRESS), 0.2))
    assert (answer.outcome, answer.server) == (Outcome.FOUND, str(SECOND))
    assert [(tried.server, tried.failure) for tried in answer.failed_tries] == [(str(FIRST), Failure.SERVFAIL)]


def test_an_improper_denial_sends_it_to_the_next_server(response: Build) -> None:
    machine = lookup(FIRST, SECOND)
    machine.start(0.0)
    assert asked(machine.received(response(WWW), 0.1)) == SECOND


def test_no_try_begins_after_the_deadline() -> None:
    machine = lookup(FIRST, SECOND, deadline=1.0)
    machine.start(0.0)
    assert answer_of(machine.failed(Failure.TIMEOUT, "", 1.0)).failure is Failure.TIMEOUT


def test_an_alias_is_followed_and_the_answer_is_to_the_question(response: Build) -> None:
    machine = lookup(FIRST, SECOND)
    machine.start(0.0)
    alias = response(
        WWW,
        flags="QR RA AD",
        answer=("www.example.org. 60 IN CNAME www.example.net.",),
        additional=("www.example.org. 60 IN TXT x",),
    )
    step = machine.received(alias, 0.1)
    assert asked(step) == FIRST
    target = Question("www.example.net", RecordType.A)
    end = response(
        target,
        flags="QR RA",
        answer=("www.example.net. 60 IN A 192.0.2.7",),
        additional=("www.example.net. 60 IN TXT y",),
    )
    answer = answer_of(machine.received(end, 0.2))
    assert (answer.question, answer.outcome, answer.final_name) == (WWW, Outcome.FOUND, "www.example.net")
    assert answer.aliases == (("www.example.org", "www.example.net"),)
    assert [record.owner for record in answer.additional] == ["www.example.org", "www.example.net"]
    assert not answer.authenticated_data


def test_a_server_that_knows_an_alias_is_the_first_to_be_asked_for_its_end(response: Build) -> None:
    machine = lookup(FIRST, SECOND)
    machine.start(0.0)
    machine.received(response(WWW, code=2), 0.1)
    step = machine.received(response(WWW, answer=("www.example.org. 60 IN CNAME x.example.",)), 0.2)
    assert asked(step) == SECOND


def test_an_alias_of_a_name_that_does_not_exist_is_not_a_name_that_does_not_exist(response: Build) -> None:
    machine = lookup(FIRST)
    machine.start(0.0)
    machine.received(response(WWW, answer=("www.example.org. 60 IN CNAME x.example.",)), 0.1)
    root = ". 60 IN SOA a. b. 1 1 1 1 1"
    end = response(Question("x.example", RecordType.A), code=3, authority=(root,))
    answer = answer_of(machine.received(end, 0.2))
    assert (answer.outcome, answer.name_denied) == (Outcome.NXDOMAIN, False)


def test_an_alias_whose_end_is_not_known_is_not_known(response: Build) -> None:
    machine = lookup(FIRST)
    machine.start(0.0)
    machine.received(response(WWW, answer=("www.example.org. 60 IN CNAME x.example.",)), 0.1)
    answer = answer_of(machine.received(response(Question("x.example", RecordType.A), code=2), 0.2))
    assert (answer.outcome, answer.failure) == (Outcome.FAILED, Failure.SERVFAIL)
    assert answer.aliases == (("www.example.org", "x.example"),)


def test_aliases_that_lead_back_are_a_loop(response: Build) -> None:
    machine = lookup(FIRST)
    machine.start(0.0)
    machine.received(response(WWW, answer=("www.example.org. 60 IN CNAME x.example.",)), 0.1)
    back = response(Question("x.example", RecordType.A), answer=("x.example. 60 IN CNAME www.example.org.",))
    assert answer_of(machine.received(back, 0.2)).failure is Failure.ALIAS_LOOP


def test_nine_aliases_in_as_many_responses_are_too_many(response: Build) -> None:
    machine = lookup(FIRST)
    step = machine.start(0.0)
    names = ["www.example.org", *(f"n{link}.example" for link in range(9))]
    for name, target in pairwise(names):
        assert isinstance(step, Transmit)
        question = Question(name, RecordType.A)
        step = machine.received(response(question, answer=(f"{name}. 60 IN CNAME {target}.",)), 0.1)
    assert answer_of(step).failure is Failure.ALIAS_CHAIN_TOO_LONG
