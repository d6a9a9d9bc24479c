"""Queries as bytes."""

from __future__ import annotations

import subprocess
import sys

import dns.flags
import dns.message
import pytest

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


def test_importing_the_room_loads_neither_dnspython_nor_asyncio() -> None:
    code = "import sys, emblem.dns; print(sorted({'dns', 'asyncio', 'ssl', 'httpx'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
