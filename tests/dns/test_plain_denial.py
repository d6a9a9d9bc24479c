"""Plain denials at first sight: whatever is recognized, reading the whole message comes to as well."""

from __future__ import annotations

import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emblem.dns import Outcome, Question, RecordType, encode_name, encode_query, interpret
from emblem.dns.plain_denial import plain_answer, recognize_denial
from emblem.dns.prepared_query import prepare_label, prepare_name, prepare_type, query_message
from emblem.errors import InvalidNameError

NAME = "hospital.example.org"
QUESTION = prepare_name(NAME) + prepare_type(RecordType.TXT)
ZONE = b"\xc0\x15"
"""A pointer to `example.org` in the question."""
NUMBERS = struct.pack("!5I", 1, 2, 3, 4, 5)
OPT = b"\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x00"
NAMES = b"\x03ns1" + ZONE + b"\x0ahostmaster" + ZONE


def denial(
    *,
    flags: int = 0x8180,
    counts: tuple[int, int, int, int] = (1, 0, 1, 1),
    question: bytes = QUESTION,
    owner: bytes = ZONE,
    kind: bytes = b"\x00\x06\x00\x01",
    names: bytes = NAMES,
    rest: bytes = OPT,
) -> bytes:
    """A denial as servers send it, but for what a test says."""
    data = names + NUMBERS
    record = owner + kind + struct.pack("!IH", 300, len(data)) + data
    return struct.pack("!6H", 0x1234, flags, *counts) + question + record + rest


def agreed(message: bytes) -> Outcome | None:
    """What is recognized, once it is sure that the whole message means the same, and nothing else is in it."""
    outcome = recognize_denial(message, QUESTION)
    answer = interpret(Question(NAME, RecordType.TXT), message)
    if outcome is not None:
        assert answer.denied
        assert answer == plain_answer(answer.question, message, outcome, "")
        assert (answer.records, answer.aliases, answer.additional) == ((), (), ())
    return outcome


def test_a_prepared_query_is_the_query_that_anybody_else_sends() -> None:
    assert query_message(b"\x12\x34", QUESTION) == encode_query(Question(NAME, RecordType.TXT), 0x1234)
    below = prepare_label("_emblem") + prepare_name(NAME) + prepare_type(65297)
    assert query_message(b"\xff\xff", below) == encode_query(Question(f"_emblem.{NAME}", 65297), 0xFFFF)


@pytest.mark.parametrize("name", ["", "a..b", "x" * 64, ".".join(["x" * 63] * 4), "münchen.example"])
def test_a_name_that_cannot_be_is_not_prepared(name: str) -> None:
    with pytest.raises(InvalidNameError):
        prepare_name(name)


@given(st.from_regex(r"([a-z0-9_]{1,20}\.){0,5}[a-z]{2,10}", fullmatch=True))
def test_a_prepared_name_is_its_wire_form(name: str) -> None:
    assert prepare_name(name) == encode_name(name)


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        (denial(), Outcome.NODATA),
        (denial(flags=0x8183), Outcome.NXDOMAIN),
        (denial(flags=0x8503), Outcome.NXDOMAIN),
        (denial(flags=0x81B3), Outcome.NXDOMAIN),
        (denial(counts=(1, 0, 1, 0), rest=b""), Outcome.NODATA),
        (denial(owner=b"\x00"), Outcome.NODATA),
        (denial(owner=b"\xc0\x0c"), Outcome.NODATA),
        (denial(owner=b"\xc0\x21", names=b"\x00\x00"), Outcome.NODATA),
        (denial(names=b"\x01a\x04root\x07servers\x03net\x00\x05nstld\xc0\x34"), Outcome.NODATA),
        (denial(rest=b"\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x06\x00\x0f\x00\x02\x00\x00"), Outcome.NODATA),
    ],
    ids=[
        *("no data", "no name", "an authority's", "with AD", "without EDNS", "of the root", "of the name itself"),
        *("the root by pointer", "a pointer among the names of the SOA", "with an extended error"),
    ],
)
def test_what_servers_say_is_recognized(message: bytes, outcome: Outcome) -> None:
    assert agreed(message) is outcome


@pytest.mark.parametrize(
    "message",
    [
        denial(flags=0x0100),
        denial(flags=0x8100),
        denial(flags=0x8380),
        denial(flags=0x8980),
        denial(flags=0x8182),
        denial(flags=0x8185),
        denial(question=QUESTION.replace(b"example", b"another")),
        denial(question=QUESTION[:-4] + prepare_type(RecordType.A)),
        denial(question=QUESTION.replace(b"hospital", b"HOSPITAL")),
        denial(counts=(1, 0, 0, 1), rest=OPT),
        denial(counts=(1, 1, 0, 1)),
        denial(counts=(1, 0, 2, 1)),
        denial(counts=(1, 0, 1, 2)),
        denial(kind=b"\x00\x02\x00\x01"),
        denial(kind=b"\x00\x06\x00\x03"),
        denial(owner=b"\xc0\x0d"),
        denial(owner=b"\xc0\x22"),
        denial(owner=b"\x05other\x00"),
        denial(names=b"\x03ns1\xc0\x0d\x00"),
        denial(names=b"\x03ns1\xc0\xff\x00"),
        denial(names=b"\x40" + bytes(70)),
        denial(names=b"\x00"),
        denial(names=NAMES + b"\x00"),
        denial(names=(b"\x3f" + b"x" * 63) * 4 + b"\x00\x00"),
        denial(rest=b""),
        denial(rest=OPT + b"\x00"),
        denial(rest=b"\x00\x00\x29\x04\xd0\x01\x00\x00\x00\x00\x00"),
        denial(rest=b"\x00\x00\x10\x00\x01\x00\x00\x00\x00\x00\x00"),
        denial()[:40],
        b"",
        b"\x12\x34",
    ],
)
def test_what_may_be_anything_else_is_left_to_those_who_read_it(message: bytes) -> None:
    assert agreed(message) is None


SEEDS = [
    denial(),
    denial(flags=0x8583),
    denial(counts=(1, 0, 1, 0), rest=b""),
    denial(names=b"\x01a\x04root\x07servers\x03net\x00\x05nstld\xc0\x34"),
]
CHANGES = st.lists(st.tuples(st.integers(0, 110), st.integers(0, 255)), max_size=4)


@settings(max_examples=1000)
@given(seed=st.sampled_from(SEEDS), changes=CHANGES, cut=st.integers(0, 5), more=st.binary(max_size=3))
@example(seed=SEEDS[0], changes=[], cut=0, more=b"")
def test_nothing_is_recognized_that_is_no_proper_denial(
    seed: bytes, changes: list[tuple[int, int]], cut: int, more: bytes
) -> None:
    changed = bytearray(seed)
    for position, octet in changes:
        if position < len(changed):
            changed[position] = octet
    agreed(bytes(changed[: len(changed) - cut]) + more)


@settings(max_examples=500)
@given(names=st.lists(st.sampled_from([b"\x00", b"\x01a", b"\x03ns1", b"\xc0", b"\x0c", b"\x15", b"\x32", b"\x34"])))
def test_no_names_of_an_soa_are_taken_that_reading_them_would_not_take(names: list[bytes]) -> None:
    agreed(denial(names=b"".join(names)))
