"""``specs/evidence.md``: its grammar, in a validator that is not ours, and its numbers agree with the code."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cddl_verifier import Validator  # type: ignore[import-untyped]  # it ships no types

from emblem.codec import evidence as codec
from emblem.codec.evidence import (
    SCHEMA,
    Evidence,
    KeptQuestion,
    KeptResource,
    KeptResponse,
    KeptTry,
    decode_bundle,
    encode_bundle,
)
from emblem.dns.message import Failure
from emblem.errors import MalformedError
from emblem.model.reason import ReasonCode
from emblem.traceability.resources import FetchFailure
from tests.codec.test_evidence import sealed

TEXT = (Path(__file__).parents[2] / "specs" / "evidence.md").read_text(encoding="utf-8")
LOST = KeptTry("192.0.2.1:53", "udp", "timeout")
FULL = Evidence(
    "hospital.example",
    1_800_000_000,
    "digital-emblem 1",
    False,
    (
        KeptQuestion("hospital.example", 65297, (KeptResponse("192.0.2.2:53", "tcp", (b"message",), "", (LOST,)),)),
        KeptQuestion("hospital.example", 16, (KeptResponse("192.0.2.2:53", "udp", (), "timeout", (LOST,)),)),
    ),
    (
        KeptResource("https://log.example/checkpoint", 200, "gzip", b"body"),
        KeptResource("https://log.example/tile", 404),
        KeptResource("https://gone.example/", failure="unreachable"),
    ),
    (". IN DS 1 8 2 aa",),
)
EMPTY = Evidence("hospital.example", 0, "", True, ())


@pytest.fixture(scope="module")
def grammar(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The CDDL of the specification."""
    (text,) = re.findall(r"```cddl\n(.*?)```", TEXT, re.DOTALL)
    path = tmp_path_factory.mktemp("grammar") / "evidence.cddl"
    path.write_text(text)
    return Validator(path)


@pytest.mark.parametrize("evidence", [FULL, EMPTY], ids=["full", "empty"])
@pytest.mark.parametrize("stamp", [None, b"stamp"])
def test_what_is_written_conforms_to_the_grammar(grammar: Any, evidence: Evidence, stamp: bytes | None) -> None:
    data = encode_bundle(evidence, stamp)

    assert grammar.validate(data, root_type="bundle").valid
    assert grammar.validate(cbor2.loads(data)[2], root_type="evidence").valid


def first_response(**members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["questions"][0]["responses"][0].update(members)


def first_question(**members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["questions"][0].update(members)


def first_resource(**members: Any) -> Callable[[dict[str, Any]], None]:
    return lambda content: content["resources"][0].update(members)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.update(further=1),
        lambda content: content.pop("anchors"),
        lambda content: content.update(captured=-1),
        lambda content: content.update(captured=253402300800),
        lambda content: content.update(covert=None),
        lambda content: content.update(questions={}),
        lambda content: content.update(anchors=[1]),
        first_question(type=0),
        first_question(type=65536),
        first_question(responses=[]),
        first_question(further=1),
        first_response(transport="quic"),
        first_response(messages=[b""]),
        first_response(messages="message"),
        first_response(failure="Timed out"),
        first_response(failed=[]),
        first_response(failed=[["a", "udp"]]),
        first_resource(status=1000),
        first_resource(body="text"),
        first_resource(encoding=""),
        first_resource(failure="timeout"),
    ],
)
def test_what_breaks_the_grammar_is_not_read(grammar: Any, change: Callable[[dict[str, Any]], None]) -> None:
    content = cbor2.loads(cbor2.loads(encode_bundle(FULL))[2])
    change(content)
    encoded = cbor2.dumps(content, canonical=True)

    assert not grammar.validate(encoded, root_type="evidence").valid
    with pytest.raises(MalformedError):
        decode_bundle("bundle", sealed(encoded))


def test_the_bounds_are_those_of_the_code() -> None:
    rows = dict(re.findall(r"^\| ([a-zDNS' ]+) \| (\d+) \|$", TEXT, re.MULTILINE))

    assert {what: int(number) for what, number in rows.items()} == {
        "bytes of a bundle": codec.LARGEST_BUNDLE,
        "questions": codec.MOST_QUESTIONS,
        "resolvers of one question": codec.MOST_RESPONSES,
        "messages of one resolver's answer": codec.MOST_MESSAGES,
        "failed tries of one question and resolver": codec.MOST_FAILED_TRIES,
        "resources": codec.MOST_RESOURCES,
        "trust anchors": codec.MOST_ANCHORS,
        "bytes of a DNS message": codec.LARGEST_MESSAGE,
        "bytes of a stamp": codec.LARGEST_STAMP,
        "characters of a text": codec.LONGEST_TEXT,
    }


def test_every_failure_that_can_be_kept_is_listed() -> None:
    (listed,) = re.findall(r"For DNS: (.*?)\. For resources: (.*?)\. A bundle", TEXT, re.DOTALL)
    of_dns, of_resources = (set(re.findall(r"`([a-z-]+)`", part)) for part in listed)

    # That resolvers disagree is found anew from what each of them answered.
    assert of_dns == set(Failure) - {Failure.DISAGREEMENT}
    assert of_resources == set(FetchFailure)


def test_every_reason_that_is_named_exists() -> None:
    named = {code for code in re.findall(r"`([a-z-]+)`", TEXT) if code.startswith(("evidence-", "denial-"))}

    assert named <= set(ReasonCode)
    assert {code for code in ReasonCode if code.startswith("evidence-")} <= named


def test_the_schema_is_the_specified_one() -> None:
    assert f'schema: "{SCHEMA}"' in TEXT
