"""Signed timestamps are read strictly, from certificates and from the answers of logs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import EmblemError, MalformedError
from emblem.traceability.sct import (
    MOST_TIMESTAMPS,
    DigitallySigned,
    SignedTimestamp,
    UnknownTimestamp,
    decode_answer,
    decode_timestamp,
    decode_timestamp_list,
)
from emblem.traceability.tls import vector as written_vector
from tests.traceability.builders import ELM, LOGGED, OAK, base64, leaf_index, timestamp_list, vector

ENTRY = b"\0\0" + vector(3, b"a certificate")
SIGNATURE = b"\4\3" + vector(2, b"signature")


def timestamp(extensions: bytes = b"", *, version: int = 0, signature: bytes = SIGNATURE) -> bytes:
    return bytes([version]) + bytes(32) + LOGGED.to_bytes(8) + vector(2, extensions) + signature


def test_a_timestamp_says_what_its_bytes_say() -> None:
    assert decode_timestamp(timestamp()) == SignedTimestamp(
        log_id=bytes(32),
        time=LOGGED,
        extensions=b"",
        signature=DigitallySigned(4, 3, b"signature"),
        leaf_index=None,
    )


def test_the_timestamps_of_a_list_keep_their_order() -> None:
    timestamps = decode_timestamp_list(timestamp_list(OAK.timestamp(ENTRY), ELM.timestamp(ENTRY)))

    assert [one.log_id for one in timestamps if isinstance(one, SignedTimestamp)] == [OAK.log_id, ELM.log_id]


def test_a_timestamp_of_an_unknown_version_is_passed_over_whatever_is_in_it() -> None:
    timestamps = decode_timestamp_list(timestamp_list(b"\1nonsense", timestamp()))

    assert timestamps == (UnknownTimestamp(1), decode_timestamp(timestamp()))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\0\0",
        timestamp_list(b""),
        timestamp_list(timestamp())[:-1],
        timestamp_list(timestamp()) + b"\0",
        timestamp_list(timestamp()[:-1]),
        timestamp_list(timestamp() + b"\0"),
        timestamp_list(timestamp()[:20]),
        timestamp_list(timestamp(), b"\0"),
        vector(2, b"\0\5\0"),
    ],
    ids=[
        "nothing",
        "half a length",
        "no timestamp",
        "empty timestamp",
        "list cut short",
        "more after the list",
        "signature cut short",
        "more after the signature",
        "log cut short",
        "second one cut short",
        "length beyond the end",
    ],
)
def test_a_list_that_is_damaged_anywhere_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_timestamp_list(data)


def test_a_list_may_have_so_many_timestamps_and_no_more() -> None:
    assert len(decode_timestamp_list(timestamp_list(*[timestamp()] * MOST_TIMESTAMPS))) == MOST_TIMESTAMPS

    with pytest.raises(MalformedError, match="more than 64 timestamps"):
        decode_timestamp_list(timestamp_list(*[timestamp()] * (MOST_TIMESTAMPS + 1)))


# the leaf index of static logs


@pytest.mark.parametrize(
    ("extensions", "index"),
    [
        (b"", None),
        (leaf_index(0), 0),
        (leaf_index(1486270852), 1486270852),
        (leaf_index(2**40 - 1), 2**40 - 1),
        (b"\7\0\3abc" + leaf_index(5) + b"\x08\0\0", 5),
        (b"\7\0\3abc", None),
    ],
    ids=["none", "first", "real", "last", "among others", "another only"],
)
def test_the_leaf_index_is_that_of_the_extensions(extensions: bytes, index: int | None) -> None:
    found = decode_timestamp(timestamp(extensions))

    assert isinstance(found, SignedTimestamp)
    assert (found.leaf_index, found.extensions) == (index, extensions)


@pytest.mark.parametrize(
    "extensions",
    [b"\0\0\4\0\0\0\1", b"\0\0\6\0\0\0\0\0\1", b"\0\0\5\0\0\0\1", b"\0\0", b"\0", leaf_index(1) * 2, b"\7\0\0\7\0\0"],
    ids=["four bytes", "six bytes", "cut short", "no length", "type only", "twice", "another twice"],
)
def test_malformed_extensions_make_the_timestamp_malformed(extensions: bytes) -> None:
    with pytest.raises(MalformedError, match="extensions of timestamp"):
        decode_timestamp(timestamp(extensions))


# the answer to add-chain


def test_an_answer_says_the_same_as_the_timestamp_in_a_certificate() -> None:
    answer = OAK.answer(ENTRY, leaf_index(9), signature=base64(SIGNATURE), id=base64(bytes(32)))

    assert decode_answer("answer", answer) == decode_timestamp(timestamp(leaf_index(9)))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("sct_version", None),
        ("sct_version", 1),
        ("sct_version", False),
        ("id", None),
        ("id", "AAAA"),
        ("id", "not base64"),
        ("timestamp", None),
        ("timestamp", -1),
        ("timestamp", 2**64),
        ("timestamp", 1.5),
        ("timestamp", "1774533278453"),
        ("extensions", None),
        ("extensions", 0),
        ("extensions", "AAAF"),
        ("signature", None),
        ("signature", ""),
        ("signature", base64(SIGNATURE + b"\0")),
    ],
)
def test_an_answer_with_a_wrong_member_is_malformed(member: str, value: object) -> None:
    with pytest.raises(MalformedError):
        decode_answer("answer", OAK.answer(ENTRY, **{member: value}))


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b'{"id": "AAAA", "id": "AAAA"}', b"\xff"])
def test_what_is_no_object_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match="answer"):
        decode_answer("answer", data)


# anything


@given(st.binary())
def test_random_bytes_raise_only_our_errors(data: bytes) -> None:
    for decode in (decode_timestamp, decode_timestamp_list, lambda data: decode_answer("answer", data)):
        try:
            decode(data)
        except EmblemError:
            continue


@given(st.binary(max_size=40), st.data())
def test_a_changed_timestamp_raises_only_our_errors(extensions: bytes, data: st.DataObject) -> None:
    encoded = bytearray(timestamp_list(timestamp(extensions)))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    try:
        decode_timestamp_list(bytes(encoded))
    except EmblemError:
        return


_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3))


@given(st.dictionaries(st.sampled_from(["sct_version", "id", "timestamp", "extensions", "signature"]), _JSON))
def test_random_answers_raise_only_our_errors(changes: dict[str, object]) -> None:
    members = json.loads(OAK.answer(ENTRY)) | changes
    try:
        decode_answer("answer", json.dumps(members).encode())
    except EmblemError:
        return


def test_a_vector_is_written_with_its_length_and_never_longer_than_that_can_say() -> None:
    assert written_vector(2, b"ab") == b"\0\2ab"
    with pytest.raises(MalformedError, match="vector"):
        written_vector(1, bytes(256))
