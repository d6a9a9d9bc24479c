"""What a misbehaving server sends, as a function of the faults, the query and the right response."""

from __future__ import annotations

import random

import dns.flags
import dns.message
import dns.rcode
import pytest

from emblem.dns import Question, ResourceRecord, Transport, encode_query
from emblem.server import Faults, ReceivedQuery, Zone, always, first, over, respond, with_probability
from emblem.server.faults import Delivery, deliver

ZONE = Zone.parse("$ORIGIN example.org.\n$TTL 60\nwww A 192.0.2.1\n")
WWW = Question("www.example.org", 1)
RIGHT = respond([ZONE], encode_query(WWW, 0x0102), Transport.UDP)


def query(number: int = 1, transport: Transport = Transport.UDP, edns: bool = True) -> ReceivedQuery:
    return ReceivedQuery(number, WWW.name, WWW.type, transport, edns, ("127.0.0.1", 1))


def sent(*faults: Faults, transport: Transport = Transport.UDP, edns: bool = True) -> bytes:
    (message,) = deliver(faults, query(transport=transport, edns=edns), RIGHT).messages
    return message


def test_without_faults_the_right_response_is_sent() -> None:
    assert RIGHT is not None
    assert deliver((), query(), RIGHT) == Delivery((RIGHT,))
    assert dns.message.from_wire(sent(Faults())) == dns.message.from_wire(RIGHT)


def test_without_a_response_there_is_nothing_to_spoil() -> None:
    assert deliver([Faults(flood=3, garbage=b"x")], query(), None) == Delivery(())


def test_a_dropped_response_is_not_sent_whatever_else_happens() -> None:
    assert deliver([Faults(drop=True), Faults(flood=3)], query(), RIGHT) == Delivery(())


def test_delays_add_up() -> None:
    assert deliver([Faults(delay=1.0), Faults(delay=2.0)], query(), RIGHT).delay == 3.0


def test_faults_take_effect_only_when_they_are_told_to() -> None:
    spoiled = Faults(garbage=b"x", when=over(Transport.TCP))
    assert sent(spoiled) == RIGHT
    assert sent(spoiled, transport=Transport.TCP) == b"x"


@pytest.mark.parametrize(
    ("when", "expected"), [(always, [True] * 4), (first(2), [True, True, False, False])], ids=["all", "first"]
)
def test_queries_can_be_told_apart_by_number(when: object, expected: list[bool]) -> None:
    assert callable(when)
    assert [when(query(number)) for number in (1, 2, 3, 4)] == expected


def test_chance_is_drawn_from_the_source_that_is_given() -> None:
    when, source = with_probability(0.5, random.Random(7)), random.Random(7)
    assert [when(query()) for _ in range(20)] == [source.random() < 0.5 for _ in range(20)]


def test_unrequested_messages_come_before_the_right_one() -> None:
    messages = deliver([Faults(flood=3)], query(), RIGHT).messages
    assert [message[:2].hex() for message in messages] == ["0103", "0104", "0105", "0102"]


@pytest.mark.parametrize(("faults", "code"), [(Faults(response_code=5), 5), (Faults(refuse_edns=True), 1)])
def test_an_error_code_comes_without_records(faults: Faults, code: int) -> None:
    message = dns.message.from_wire(sent(faults))
    assert (message.rcode(), message.answer, message.authority) == (code, [], [])


def test_old_servers_answer_queries_without_edns() -> None:
    assert dns.message.from_wire(sent(Faults(refuse_edns=True), edns=False)).rcode() == dns.rcode.NOERROR


def test_a_truncated_response_has_no_records() -> None:
    message = dns.message.from_wire(sent(Faults(truncate=True)))
    assert (bool(message.flags & dns.flags.TC), message.answer) == (True, [])


def test_an_empty_response_neither_claims_authority_nor_denies() -> None:
    message = dns.message.from_wire(sent(Faults(empty=True)))
    assert (message.flags & (dns.flags.AA | dns.flags.RA), message.answer, message.authority) == (0, [], [])


def test_a_denial_looks_proper() -> None:
    message = dns.message.from_wire(sent(Faults(deny=True)))
    assert message.rcode() == dns.rcode.NXDOMAIN
    assert [rrset.name.to_text() for rrset in message.authority] == ["example.org."]


def test_a_lie_consists_of_the_records_given() -> None:
    forged = ResourceRecord("www.example.org", 1, 60, bytes([203, 0, 113, 66]))
    message = dns.message.from_wire(sent(Faults(replace=(forged,))))
    assert [rrset.to_text() for rrset in message.answer] == ["www.example.org. 60 IN A 203.0.113.66"]


def test_a_padded_response_is_nearly_as_large_as_told() -> None:
    assert 59_000 < len(sent(Faults(pad_to=60_000))) <= 60_000


def test_another_identifier_or_question_is_not_the_one_asked() -> None:
    assert RIGHT is not None
    assert sent(Faults(wrong_identifier=True))[:2] != RIGHT[:2]
    assert dns.message.from_wire(sent(Faults(wrong_question=True))).question[0].name.to_text() != "www.example.org."


def test_a_cut_is_made_in_the_datagram_and_in_the_connection() -> None:
    assert len(sent(Faults(cut_to=20))) == 20
    assert deliver([Faults(cut_to=20)], query(transport=Transport.TCP), RIGHT).cut_to == 20


@pytest.mark.parametrize("earlier", [Faults(garbage=b"\x00" * 7), Faults(garbage=b""), Faults(cut_to=5)])
def test_what_an_earlier_fault_made_unreadable_stays_so(earlier: Faults) -> None:
    assert sent(earlier, Faults(truncate=True, wrong_question=True)) == sent(earlier)
    assert len(deliver([earlier, Faults(flood=2)], query(), RIGHT).messages) == 3
