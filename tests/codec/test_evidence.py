"""Evidence bundles as bytes: written in one form, read in that form only, bounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec import evidence as codec
from emblem.codec.evidence import (
    LARGEST_BUNDLE,
    SCHEMA,
    TRANSPORTS,
    Evidence,
    KeptQuestion,
    KeptResource,
    KeptResponse,
    KeptTry,
    decode_bundle,
    encode_bundle,
    is_bundle,
)
from emblem.errors import InputError, MalformedError

LOST = KeptTry("192.0.2.1:53", "udp", "timeout")
QUESTION = KeptQuestion("hospital.example", 65297, (KeptResponse("192.0.2.2:53", "tcp", (b"message",), "", (LOST,)),))
RESOURCE = KeptResource("https://log.example/checkpoint", 200, "gzip", b"body")
EVIDENCE = Evidence("hospital.example", 1800000000, "emblem 1", False, (QUESTION,), (RESOURCE,), (". IN DS",))

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
some_bytes = st.binary(min_size=1, max_size=40)
failures = st.from_regex(r"[a-z][a-z0-9-]{0,31}", fullmatch=True)
transports = st.sampled_from(TRANSPORTS)
tries = st.builds(KeptTry, texts, transports, failures)
responses = st.builds(
    KeptResponse,
    texts,
    transports,
    st.lists(some_bytes, min_size=1, max_size=3).map(tuple),
    st.just("") | failures,
    st.lists(tries, max_size=2).map(tuple),
)
questions = st.builds(
    KeptQuestion, texts, st.integers(1, 65535), st.lists(responses, min_size=1, max_size=2).map(tuple)
)
resources = st.builds(KeptResource, texts, st.integers(0, 999), texts, st.binary(max_size=40)) | st.builds(
    KeptResource, texts, failure=failures
)
evidences = st.builds(
    Evidence,
    texts,
    st.integers(0, 253402300799),
    texts,
    st.booleans(),
    st.lists(questions, max_size=3, unique_by=lambda one: (one.name, one.type)).map(tuple),
    st.lists(resources, max_size=2, unique_by=lambda one: one.address).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
)


def written(change: Callable[[dict[str, Any]], object]) -> bytes:
    """A bundle whose content was changed, with the digest that fits it."""
    content = cbor2.loads(cbor2.loads(encode_bundle(EVIDENCE))[2])
    change(content)
    return sealed(cbor2.dumps(content, canonical=True))


def sealed(content: bytes) -> bytes:
    digest = sha256(cbor2.dumps([SCHEMA, content], canonical=True)).digest()
    return cbor2.dumps([SCHEMA, digest, content], canonical=True)


@given(evidences, st.none() | st.binary(max_size=20))
def test_what_is_written_is_read_as_the_same(evidence: Evidence, stamp: bytes | None) -> None:
    bundle = decode_bundle("bundle", encode_bundle(evidence, stamp))

    assert (bundle.evidence, bundle.stamp) == (evidence, stamp)


@given(evidences)
def test_a_bundle_is_recognized_by_its_first_bytes(evidence: Evidence) -> None:
    assert is_bundle(encode_bundle(evidence))
    assert is_bundle(encode_bundle(evidence, b"stamp"))


def test_a_resource_that_was_not_had_is_kept_with_why() -> None:
    lost = replace(EVIDENCE, resources=(KeptResource("https://log.example/", failure="timeout"),))

    assert decode_bundle("bundle", encode_bundle(lost)).evidence == lost


@pytest.mark.parametrize("data", [b"", b"\xa0", b"hospital.example. TXT", b"\x83\x71emblem.evidence/2", b"\x82\x71"])
def test_nothing_else_is_taken_for_a_bundle(data: bytes) -> None:
    assert not is_bundle(data)


def test_a_stamp_is_made_over_everything_but_itself() -> None:
    plain, stamped = (decode_bundle("bundle", encode_bundle(EVIDENCE, stamp)) for stamp in (None, b"stamp"))

    assert plain.stamped == stamped.stamped
    assert plain.stamped != decode_bundle("bundle", encode_bundle(replace(EVIDENCE, captured=1))).stamped


@given(st.binary(max_size=200))
def test_other_bytes_are_malformed_and_nothing_else(data: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_bundle("bundle", data)


@pytest.mark.parametrize("length", [1, 20, 60, 200, -1])
def test_a_bundle_cut_short_says_so(length: int) -> None:
    with pytest.raises(MalformedError, match="bundle"):
        decode_bundle("bundle", encode_bundle(EVIDENCE)[:length])


def test_a_byte_that_was_changed_is_told_as_damage() -> None:
    data = encode_bundle(EVIDENCE).replace(b"message", b"massage")

    with pytest.raises(MalformedError, match="damaged or changed"):
        decode_bundle("bundle", data)


def test_bytes_after_it_are_refused() -> None:
    with pytest.raises(MalformedError, match="after the item"):
        decode_bundle("bundle", encode_bundle(EVIDENCE) + b"\0")


def test_each_bundle_has_one_form_only() -> None:
    content = cbor2.loads(encode_bundle(EVIDENCE))[2]
    longer = b"\xb8\x07" + content[1:]  # the map's length in two bytes

    with pytest.raises(MalformedError, match="deterministic"):
        decode_bundle("bundle", sealed(longer))


def test_the_frame_around_the_evidence_has_one_form_only_too() -> None:
    longer = b"\x98\x03" + encode_bundle(EVIDENCE)[1:]  # the array's length in two bytes

    with pytest.raises(MalformedError, match="deterministic"):
        decode_bundle("bundle", longer)


@pytest.mark.parametrize("frame", [["digest", b"evidence"], [b"digest", "evidence"]])
def test_digest_and_evidence_are_bytes(frame: list[object]) -> None:
    with pytest.raises(MalformedError, match="as bytes"):
        decode_bundle("bundle", cbor2.dumps([SCHEMA, *frame]))


def test_what_would_be_read_as_something_else_is_not_written() -> None:
    with pytest.raises(MalformedError, match="not read as it is written"):
        encode_bundle(replace(EVIDENCE, anchors=[". IN DS"]))  # type: ignore[arg-type]


def test_a_larger_one_is_neither_written_nor_read() -> None:
    large = replace(EVIDENCE, resources=(KeptResource("https://a.example/", 200, "", bytes(LARGEST_BUNDLE)),))

    with pytest.raises(InputError, match=f"at most {LARGEST_BUNDLE}"):
        encode_bundle(large)
    with pytest.raises(MalformedError, match=f"at most {LARGEST_BUNDLE}"):
        decode_bundle("bundle", bytes(LARGEST_BUNDLE + 1))


def question(**members: Any) -> dict[str, Any]:
    response = {"server": "a", "transport": "udp", "messages": [b"m"]}
    return {"name": "a.example", "type": 1, "responses": [response]} | members


def response(**members: Any) -> dict[str, Any]:
    return question(responses=[{"server": "a", "transport": "udp", "messages": [b"m"]} | members])


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("bundle", {"further": 1}),
        ("target", {"target": b"hospital.example"}),
        ("target", {"target": "a" * 2001}),
        ("captured", {"captured": -1}),
        ("captured", {"captured": 1.5}),
        ("captured", {"captured": 253402300800}),
        ("captured", {"captured": True}),
        ("software", {"software": 1}),
        ("covert", {"covert": 0}),
        ("questions", {"questions": {}}),
        ("questions", {"questions": [question()] * 2}),
        ("questions", {"questions": [question(type=number) for number in range(1, 514)]}),
        (r"questions\[0\]", {"questions": [question(type=0)]}),
        (r"questions\[0\]: type", {"questions": [question(type=65536)]}),
        (r"questions\[0\]: name", {"questions": [question(name=1)]}),
        (r"questions\[0\]", {"questions": [question(responses=[])]}),
        (r"questions\[0\]", {"questions": [question(outcome="nodata")]}),
        (r"responses\[0\]", {"questions": [response(messages=[])]}),
        (r"messages\[0\]", {"questions": [response(messages=[b""])]}),
        (r"messages\[0\]", {"questions": [response(messages=[bytes(65536)])]}),
        ("messages", {"questions": [response(messages=[b"m"] * 17)]}),
        ("transport", {"questions": [response(transport="quic")]}),
        ("failure", {"questions": [response(failure="")]}),
        ("failure", {"questions": [response(failure="Timed out")]}),
        ("failed", {"questions": [response(failed=[])]}),
        (r"failed\[0\]", {"questions": [response(failed=[["a", "udp"]])]}),
        ("resources", {"resources": [{"address": "a", "failure": "timeout"}] * 2}),
        (r"resources\[0\]", {"resources": [{"address": "a"}]}),
        (r"resources\[0\]", {"resources": [{"address": "a", "failure": "timeout", "body": b""}]}),
        ("status", {"resources": [{"address": "a", "status": 1000, "body": b""}]}),
        ("body", {"resources": [{"address": "a", "status": 200, "body": "text"}]}),
        ("encoding", {"resources": [{"address": "a", "status": 200, "body": b"", "encoding": ""}]}),
        ("anchors", {"anchors": [". IN DS"] * 101}),
    ],
)
def test_what_is_not_as_specified_is_refused_and_named(field: str, changes: dict[str, Any]) -> None:
    data = written(lambda content: content.update(changes))

    with pytest.raises(MalformedError, match=field):
        decode_bundle("bundle", data)


@pytest.mark.parametrize("member", ["target", "captured", "software", "covert", "questions", "resources", "anchors"])
def test_nothing_may_be_left_out(member: str) -> None:
    data = written(lambda content: content.pop(member))

    with pytest.raises(MalformedError, match="exactly"):
        decode_bundle("bundle", data)


def test_what_no_reader_would_take_is_not_written() -> None:
    with pytest.raises(MalformedError):
        encode_bundle(replace(EVIDENCE, questions=(QUESTION, QUESTION)))


def test_the_bounds_are_those_of_the_specification() -> None:
    assert (codec.MOST_QUESTIONS, codec.MOST_RESOURCES, codec.MOST_RESPONSES) == (512, 128, 16)
