"""How answers that are to be assessed are asked for."""

from __future__ import annotations

import dns.flags
import dns.message

from emblem.dns import Answer, Lookup, Question, RetryPolicy, ServerAddress, Transmit, encode_query
from tests.dns.dnssec.world import ask, records, respond

SERVER = ServerAddress("192.0.2.1")


def lookup(question: Question, *, dnssec: bool) -> Lookup:
    policy = RetryPolicy(try_timeout=1.0, tries=1)
    return Lookup(question, [SERVER], deadline=10.0, policy=policy, dnssec=dnssec, identifiers=lambda: 0)


def test_signatures_are_asked_for_and_checking_is_left_to_us() -> None:
    query = dns.message.from_wire(encode_query(ask("host.example"), 0, dnssec=True))
    assert query.ednsflags & dns.flags.DO
    assert query.flags & dns.flags.CD


def test_otherwise_neither_is() -> None:
    query = dns.message.from_wire(encode_query(ask("host.example"), 0))
    assert not query.ednsflags & dns.flags.DO
    assert not query.flags & dns.flags.CD


def test_a_lookup_asks_like_this_along_all_aliases_and_keeps_every_response() -> None:
    machine = lookup(ask("alias.example"), dnssec=True)
    first = respond(ask("alias.example"), records("alias.example. CNAME host.example."))
    second = respond(ask("host.example"), records("host.example. A 192.0.2.1"))
    identified = [b"\x00\x00" + wire[2:] for wire in (first, second)]
    for step, question in (
        (machine.start(0.0), ask("alias.example")),
        (machine.received(identified[0], 0.1), ask("host.example")),
    ):
        assert isinstance(step, Transmit)
        query = dns.message.from_wire(step.payload)
        assert query.question[0].name.to_text(omit_final_dot=True) == question.name
        assert query.ednsflags & dns.flags.DO
    answer = machine.received(identified[1], 0.2)
    assert isinstance(answer, Answer)
    assert answer.wires == tuple(identified)
    assert answer.wire == identified[1]
