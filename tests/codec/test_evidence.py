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
    LARGEST_STAMP,
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
from tests.codec.builders import refusal

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


ANOTHER_FORM = r"^bundle: encoding: found another one than the deterministic, expected each bundle in one form only$"


def test_each_bundle_has_one_form_only() -> None:
    content = cbor2.loads(encode_bundle(EVIDENCE))[2]
    longer = b"\xb8\x07" + content[1:]  # the map's length in two bytes

    with pytest.raises(MalformedError, match=ANOTHER_FORM):
        decode_bundle("bundle", sealed(longer))


@pytest.mark.parametrize("member", ["questions", "resources"])
def test_members_in_another_order_are_another_form(member: str) -> None:
    content = cbor2.loads(cbor2.loads(encode_bundle(EVIDENCE))[2])
    content[member] = [dict(reversed(one.items())) for one in content[member]]

    with pytest.raises(MalformedError, match="another one than the deterministic"):
        decode_bundle("bundle", sealed(cbor2.dumps(content)))


def test_the_frame_around_the_evidence_has_one_form_only_too() -> None:
    longer = b"\x98\x03" + encode_bundle(EVIDENCE)[1:]  # the array's length in two bytes

    with pytest.raises(MalformedError, match=ANOTHER_FORM):
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


@pytest.mark.parametrize(
    "kept",
    [
        KeptResponse("192.0.2.2:53", "udp", (b"message",)),
        KeptResponse("192.0.2.2:53", "tcp", (), "timeout"),
        KeptResponse("192.0.2.2:53", "tls", (b"one", b"two"), "unusable", (LOST, LOST)),
    ],
)
def test_what_came_of_a_question_is_read_as_it_was_written(kept: KeptResponse) -> None:
    evidence = replace(EVIDENCE, questions=(replace(QUESTION, responses=(kept,)),))

    assert decode_bundle("bundle", encode_bundle(evidence)).evidence == evidence


@pytest.mark.parametrize("encoding", ["", "br"])
def test_a_resource_is_read_with_its_encoding_or_without(encoding: str) -> None:
    evidence = replace(EVIDENCE, resources=(replace(RESOURCE, encoding=encoding),))

    assert decode_bundle("bundle", encode_bundle(evidence)).evidence == evidence


@pytest.mark.parametrize("stamp", [None, b"", b"stamp", bytes(LARGEST_STAMP)], ids=["none", "empty", "some", "largest"])
def test_a_time_stamp_is_kept_beside_the_evidence(stamp: bytes | None) -> None:
    assert decode_bundle("bundle", encode_bundle(EVIDENCE, stamp)).stamp == stamp


def test_a_time_stamp_that_is_too_large_is_refused() -> None:
    with pytest.raises(
        MalformedError, match=r"^evidence bundle: time stamp: found 65537 bytes, expected at most 65536"
    ):
        encode_bundle(EVIDENCE, bytes(LARGEST_STAMP + 1))


def test_the_largest_bundle_is_written_and_read() -> None:
    def with_body(size: int) -> Evidence:
        return replace(EVIDENCE, resources=(replace(RESOURCE, body=bytes(size)),))

    rest = len(encode_bundle(with_body(LARGEST_BUNDLE // 2))) - LARGEST_BUNDLE // 2
    largest = with_body(LARGEST_BUNDLE - rest)

    data = encode_bundle(largest)

    assert len(data) == LARGEST_BUNDLE
    assert decode_bundle("bundle", data).evidence == largest


def question(**members: Any) -> dict[str, Any]:
    response = {"server": "a", "transport": "udp", "messages": [b"m"]}
    return {"name": "a.example", "type": 1, "responses": [response]} | members


def response(**members: Any) -> dict[str, Any]:
    return question(responses=[{"server": "a", "transport": "udp", "messages": [b"m"]} | members])


def resource(**members: Any) -> dict[str, Any]:
    return {"address": "a", "status": 200, "body": b""} | members


FAILED = ["a", "udp", "timeout"]


@pytest.mark.parametrize(
    "changes",
    [
        {"target": "a" * 2000},
        {"captured": 0},
        {"captured": 253402300799},
        {"questions": [question(type=number) for number in range(1, 513)]},
        {"questions": [question(type=65535)]},
        {"questions": [question(responses=response()["responses"] * 16)]},
        {"questions": [response(messages=[b"m"] * 16)]},
        {"questions": [response(messages=[bytes(65535)])]},
        {"questions": [response(failed=[FAILED] * 64)]},
        {"questions": [response(failure="a" * 32)]},
        {"resources": [resource(address=str(number)) for number in range(128)]},
        {"resources": [resource(status=0), resource(address="b", status=999)]},
        {"anchors": [". IN DS"] * 100},
    ],
)
def test_every_bound_is_accepted_to_its_edge(changes: dict[str, Any]) -> None:
    decode_bundle("bundle", written(lambda content: content.update(changes)))


AT_0 = "questions[0]: responses[0]"


@pytest.mark.parametrize(
    ("field", "found", "changes"),
    [
        ("target", "16 bytes", {"target": b"hospital.example"}),
        ("target", "the text 'aaa", {"target": "a" * 2001}),
        ("captured", "the number -1", {"captured": -1}),
        ("captured", "the number 1.5", {"captured": 1.5}),
        ("captured", "the number 253402300800", {"captured": 253402300800}),
        ("captured", "true", {"captured": True}),
        ("software", "the number 1", {"software": 1}),
        ("covert", "the number 0", {"covert": 0}),
        ("questions", "a map", {"questions": {}}),
        ("questions", "the same twice", {"questions": [question()] * 2}),
        ("questions", "513 elements", {"questions": [question(type=number) for number in range(1, 514)]}),
        ("questions[0]: question", "null", {"questions": [None]}),
        ("questions[0]: question", "type 0, or no response", {"questions": [question(type=0)]}),
        ("questions[0]: type", "the number 65536", {"questions": [question(type=65536)]}),
        ("questions[0]: name", "the number 1", {"questions": [question(name=1)]}),
        ("questions[0]: question", "type 0, or no response", {"questions": [question(responses=[])]}),
        ("questions[0]: question", "'name', 'type', 'outcome', 'responses'", {"questions": [question(outcome="none")]}),
        ("questions[0]: responses", "17 elements", {"questions": [question(responses=response()["responses"] * 17)]}),
        (f"{AT_0}: response", "7 bytes", {"questions": [question(responses=[b"message"])]}),
        (f"{AT_0}: response", "'server'", {"questions": [question(responses=[{"server": "a"}])]}),
        (f"{AT_0}: response", "neither a message nor a failure", {"questions": [response(messages=[])]}),
        (f"{AT_0}: server", "null", {"questions": [response(server=None)]}),
        (f"{AT_0}: messages", "3 bytes", {"questions": [response(messages=b"one")]}),
        (f"{AT_0}: messages[0]: message", "0 bytes", {"questions": [response(messages=[b""])]}),
        (f"{AT_0}: messages[1]: message", "65536 bytes", {"questions": [response(messages=[b"m", bytes(65536)])]}),
        (f"{AT_0}: messages", "17 elements", {"questions": [response(messages=[b"m"] * 17)]}),
        (f"{AT_0}: transport", "the text 'quic'", {"questions": [response(transport="quic")]}),
        (f"{AT_0}: failure", "the text ''", {"questions": [response(failure="")]}),
        (f"{AT_0}: failure", "the text 'Timed out'", {"questions": [response(failure="Timed out")]}),
        (f"{AT_0}: failure", "the text 'aaa", {"questions": [response(failure="a" * 33)]}),
        (f"{AT_0}: failed", "an array of 0", {"questions": [response(failed=[])]}),
        (f"{AT_0}: failed", "65 elements", {"questions": [response(failed=[FAILED] * 65)]}),
        (f"{AT_0}: failed[0]: try", "an array of 2", {"questions": [response(failed=[FAILED[:2]])]}),
        (f"{AT_0}: failed[0]: server", "the number 1", {"questions": [response(failed=[[1, "udp", "timeout"]])]}),
        (f"{AT_0}: failed[0]: transport", "the text ''", {"questions": [response(failed=[["a", "", "timeout"]])]}),
        (f"{AT_0}: failed[1]: failure", "null", {"questions": [response(failed=[FAILED, ["a", "udp", None]])]}),
        ("resources", "the same twice", {"resources": [{"address": "a", "failure": "timeout"}] * 2}),
        ("resources", "129 elements", {"resources": [resource(address=str(number)) for number in range(129)]}),
        ("resources[0]: resource", "the text 'a'", {"resources": ["a"]}),
        ("resources[0]: resource", "'address'", {"resources": [{"address": "a"}]}),
        ("resources[0]: address", "the number 1", {"resources": [resource(address=1)]}),
        ("resources[0]: address", "null", {"resources": [{}]}),
        ("resources[0]: failure", "the number 1", {"resources": [{"address": "a", "failure": 1}]}),
        (
            "resources[0]: resource",
            "'body', 'address', 'failure'",
            {"resources": [{"address": "a", "failure": "timeout", "body": b""}]},
        ),
        ("resources[0]: status", "the number 1000", {"resources": [resource(status=1000)]}),
        ("resources[0]: body", "the text 'text'", {"resources": [resource(body="text")]}),
        ("resources[0]: encoding", "the number 1", {"resources": [resource(encoding=1)]}),
        ("resources[0]: encoding", "an empty text", {"resources": [resource(encoding="")]}),
        ("anchors", "101 elements", {"anchors": [". IN DS"] * 101}),
        ("anchors[1]: anchor", "7 bytes", {"anchors": [". IN DS", b". IN DS"]}),
    ],
)
def test_what_is_not_as_specified_is_refused_and_named(field: str, found: str, changes: dict[str, Any]) -> None:
    error = refusal(decode_bundle, "bundle", written(lambda content: content.update(changes)))

    assert isinstance(error, MalformedError)
    assert (error.field, error.found[: len(found)]) == (f"bundle: {field}", found)


@pytest.mark.parametrize(
    ("content", "found"), [(b"\x80", "an array of 0"), (b"\0\0", "1 bytes after the item"), (b"\xa0", "none")]
)
def test_the_evidence_is_one_map(content: bytes, found: str) -> None:
    with pytest.raises(MalformedError, match=f"^bundle: evidence: found {found}, expected"):
        decode_bundle("bundle", sealed(content))


def test_a_member_that_nobody_knows_is_not_passed_over() -> None:
    with pytest.raises(
        MalformedError, match=r"^bundle: evidence: found .*'further'.*, expected exactly 'anchors', 'cap"
    ):
        decode_bundle("bundle", written(lambda content: content.update({"further": 1})))


@pytest.mark.parametrize("member", ["target", "captured", "software", "covert", "questions", "resources", "anchors"])
def test_nothing_may_be_left_out(member: str) -> None:
    data = written(lambda content: content.pop(member))

    with pytest.raises(MalformedError, match="exactly"):
        decode_bundle("bundle", data)


def test_what_no_reader_would_take_is_not_written() -> None:
    with pytest.raises(MalformedError, match=r"^evidence bundle: questions: found the same twice"):
        encode_bundle(replace(EVIDENCE, questions=(QUESTION, QUESTION)))


def test_the_bounds_are_those_of_the_specification() -> None:
    assert (codec.MOST_QUESTIONS, codec.MOST_RESOURCES, codec.MOST_RESPONSES) == (512, 128, 16)
