"""Queries as bytes."""

from __future__ import annotations

import subprocess
import sys

import dns.flags
import dns.message
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.dns import Question, encode_query


def test_a_query_asks_one_question_with_recursion_desired() -> None:
    message = dns.message.from_wire(encode_query(Question("www.example.org", 65297), 0xBEEF))
    assert message.id == 0xBEEF
    assert message.flags == dns.flags.RD | dns.flags.AD
    assert [line.to_text() for line in message.question] == ["www.example.org. IN TYPE65297"]


@pytest.mark.parametrize(("edns", "version", "payload"), [(True, 0, 1232), (False, -1, 0)])
def test_the_option_record_allows_1232_octets(edns: bool, version: int, payload: int) -> None:
    message = dns.message.from_wire(encode_query(Question("www.example.org", 1), 0, edns=edns))
    assert (message.edns, message.payload) == (version, payload)


@given(
    st.lists(st.text("abc", min_size=1, max_size=63), min_size=1, max_size=6).filter(
        lambda labels: sum(map(len, labels)) < 240
    )
)
def test_a_padded_query_is_the_same_question_in_a_multiple_of_128_octets(labels: list[str]) -> None:
    question = Question(".".join(labels), 1)
    padded = encode_query(question, 7, padded=True)
    bare, filled = dns.message.from_wire(encode_query(question, 7)), dns.message.from_wire(padded)
    assert len(padded) % 128 == 0
    assert filled.question == bare.question
    (option,) = filled.options
    assert option.otype == 12
    assert set(option.to_wire()) <= {0}


def test_names_of_different_length_are_queries_of_one_length() -> None:
    lengths = {len(encode_query(Question("a" * length, 1), 0, padded=True)) for length in range(1, 64)}
    assert lengths == {128}


def test_the_wish_for_signatures_and_the_padding_go_together() -> None:
    message = dns.message.from_wire(encode_query(Question("example.org", 1), 0, dnssec=True, padded=True))
    assert message.ednsflags == dns.flags.DO
    assert len(message.options) == 1


def test_importing_the_room_loads_neither_dnspython_nor_asyncio() -> None:
    code = (
        "import sys, emblem.dns; print(sorted({'dns', 'asyncio', 'ssl', 'httpx', 'h2', 'certifi'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
