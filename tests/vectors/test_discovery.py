"""The vectors of discovery themselves, and our verifier asking a server that answers as they say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import dns.exception
import dns.message
import dns.name
import pytest

from emblem.dns import ServerAddress
from emblem.dns.dnssec import parse_anchors
from emblem.model.target import Target
from emblem.report.json import verdict_members
from emblem.trust.key_files import read_public_keys
from emblem.validation.trust import Policy, Trust, TrustedKey
from emblem.verifier.drivers import Verifier
from test_vectors.replay import Replay
from test_vectors.run import main
from test_vectors.serve import HOST, serving
from test_vectors.serve import main as serve
from test_vectors.vectors import Case, cases

Vector = Mapping[str, Any]
CASES: Mapping[str, Case] = {case.vector["id"]: case for case in cases() if case.vector["format"] == "discovery"}
VECTORS: Mapping[str, Vector] = {name: case.vector for name, case in CASES.items()}
EVERY = 7
QUERY = bytes.fromhex("beef01000001000000000000") + b"\x01a\x07example\x00\x00\x10\x00\x01"
"""The question for TXT records of ``a.example``, with an identifier."""


def responses(vector: Vector) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Each question of a vector with each message that answers it."""
    for entry in vector["dns"]:
        yield from ((entry["question"], one) for one in entry["responses"] if isinstance(one, str))


def lost(vector: Vector) -> bool:
    """Whether a question gets no response: over sockets that takes its time."""
    return any(not isinstance(one, str) for entry in vector["dns"] for one in entry["responses"])


def is_readable(message: bytes) -> bool:
    try:
        dns.message.from_wire(message)
    except (dns.exception.DNSException, ValueError):
        return False
    return True


MALFORMED_INSIDE = {"discovery-demonstration-none-order"}
"""Vectors about record data that other libraries refuse, too."""
OVER_SOCKETS = [
    name
    for name, vector in VECTORS.items()
    if not lost(vector) and not vector.get("covert") and not name.startswith("discovery-responses-other-")
][::EVERY]
"""A sample without those that wait, and without covert ones, which ask encrypted resolvers only."""


def test_there_are_enough_of_every_status_and_every_state_of_dnssec() -> None:
    expected = [vector["expect"] for vector in VECTORS.values()]
    statuses = Counter(expect["status"] for expect in expected)
    states = Counter(expect["dnssec"] for expect in expected if "dnssec" in expect)

    assert statuses.total() >= 300
    assert min(statuses[one] for one in ("protected", "claimed", "undetermined", "rejected", "unmarked")) >= 12
    assert min(states[one] for one in ("secure", "insecure", "bogus", "indeterminate", "not-checked")) >= 2


@pytest.mark.parametrize(
    "name", [name for name in VECTORS if not name.startswith("discovery-responses-") and name not in MALFORMED_INSIDE]
)
def test_the_messages_are_read_by_a_library_that_is_not_ours(name: str) -> None:
    for question, text in responses(VECTORS[name]):
        message = dns.message.from_wire(bytes.fromhex(text))

        assert message.question[0].name == dns.name.from_text(question["name"])
        assert message.question[0].rdtype == question["type"]
        assert message.id == 0


@pytest.mark.parametrize("name", [name for name in VECTORS if name.startswith("discovery-responses-malformed-")])
def test_what_is_malformed_is_so_to_others_too(name: str) -> None:
    assert [text for _, text in responses(VECTORS[name]) if not is_readable(bytes.fromhex(text))] != []


@pytest.mark.parametrize("name", OVER_SOCKETS)
def test_a_vector_gets_the_same_verdict_over_sockets(name: str) -> None:
    vector = VECTORS[name]
    keys = (key for trusted in vector["trust"] for key in read_public_keys("key", trusted["key"].encode()))
    trust = Trust(
        tuple(TrustedKey(key) for key in keys), policy=Policy(require_dnssec=vector.get("require_dnssec", False))
    )
    anchors = vector.get("anchors")
    with serving(vector) as port:
        verifier = Verifier(
            trust,
            resolvers=[ServerAddress(HOST, port)],
            dnssec=anchors is not None,
            anchors=parse_anchors("\n".join(anchors)) if anchors else None,
            clock=lambda: datetime.fromisoformat(vector["now"]),
        )
        verdict = verifier.verify(Target.parse(vector["target"]), at=datetime.fromisoformat(vector["at"]))

    assert CASES[name].differences(verdict_members(verdict)) == []


def entry(*given: str | dict[str, str]) -> list[dict[str, Any]]:
    return [{"question": {"name": "a.example", "type": 16}, "responses": list(given)}]


def test_responses_come_in_order_and_the_last_one_from_then_on() -> None:
    resolver = Replay(entry("0000aa", "0000bb"))

    assert [resolver.respond(QUERY) for _ in range(3)] == [b"\xbe\xef\xaa", b"\xbe\xef\xbb", b"\xbe\xef\xbb"]


def test_the_identifier_of_a_message_is_added_to_that_of_the_query() -> None:
    assert Replay(entry("4111aa")).respond(QUERY) == b"\x00\x00\xaa"


def test_what_is_not_listed_is_refused() -> None:
    response = Replay([]).respond(QUERY + b"anything")

    assert isinstance(response, bytes)
    assert dns.message.from_wire(response).to_text().splitlines()[:4] == [
        "id 48879",
        "opcode QUERY",
        "rcode REFUSED",
        "flags QR RD RA",
    ]


def test_a_failure_is_told_as_it_is_named() -> None:
    assert Replay(entry({"failure": "timeout"})).respond(QUERY) == "timeout"


def test_a_command_is_not_asked_vectors_of_discovery(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--format", "discovery", "--", "true"]) == 1
    assert "no vector has been chosen" in capsys.readouterr().err


def test_a_process_is_asked_them(capsys: pytest.CaptureFixture[str]) -> None:
    one = ["--only", "discovery-denials-nodata", "--protocol", "jsonl", "--profile", "robust"]

    assert main([*one, "--", sys.executable, "-m", "test_vectors.adapter"]) == 0
    assert "discovery/denials.json       1       0" in capsys.readouterr().out


def test_a_question_that_must_not_be_asked_is_a_difference() -> None:
    queries = [{"name": "clinic.relief.example", "type": "TYPE65297"}]
    verdict = {"status": "undetermined", "level": "none", "discovery": {"queries": queries}}

    found = CASES["discovery-covert-denied"].differences(verdict)

    assert "questions: not expected clinic.relief.example TYPE65297" in found


def test_the_server_says_where_it_is_and_ends_when_interrupted() -> None:
    command = [sys.executable, "-m", "test_vectors.serve", "discovery-denials-nodata"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as server:
        assert server.stdout is not None
        address, *words = server.stdout.readline().split()
        server.send_signal(2)

    assert address.startswith(f"{HOST}:")
    assert words == ["target", "clinic.relief.example", "now", "2027-03-01T12:00:00Z"]
    assert server.returncode == 0


def test_the_server_knows_no_other_vectors(capsys: pytest.CaptureFixture[str]) -> None:
    assert serve(["cwt-times-exp-now"]) == 1
    assert "there is no vector cwt-times-exp-now of discovery" in capsys.readouterr().err
