"""The emblem of the demonstration in the ``HTTPS`` record (draft-steele-diem-architecture-demo, RFC 9460)."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec import cbor
from emblem.codec.carriage import decode_record
from emblem.codec.cose import to_be_signed
from emblem.codec.https_record import decode_demonstration, find_parameter
from emblem.errors import MalformedError
from emblem.keys.public import identifier_text
from emblem.model.limits import LARGEST_RECORD
from emblem.model.record import Carriage, Record
from tests.codec.builders import refusal

PRIORITY = b"\x00\x01"
ROOT = b"\x00"


def parameter(key: int, value: bytes) -> bytes:
    return key.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value


def demonstration(header: dict[int, object], payload: bytes = b"\x01" * 32) -> bytes:
    return cbor.encode(cbor.Tagged(18, [cbor.encode(header), {}, payload, b"signature"]))


def test_the_parameter_is_found_behind_others() -> None:
    data = PRIORITY + ROOT + parameter(1, b"\x02h2") + parameter(65280, b"emblem")
    assert find_parameter(data) == b"emblem"


def test_the_parameter_is_found_behind_a_target_name() -> None:
    assert find_parameter(PRIORITY + b"\x03www\x07example\x00" + parameter(65280, b"emblem")) == b"emblem"


def test_a_record_without_the_parameter_has_none() -> None:
    assert find_parameter(PRIORITY + ROOT + parameter(1, b"\x02h2")) is None


def test_a_long_value_is_found_whole_behind_the_longest_label() -> None:
    name = b"\x3f" + b"a" * 63 + ROOT
    assert find_parameter(PRIORITY + name + parameter(65280, bytes(300)) + parameter(65281, b"")) == bytes(300)


def test_the_last_parameter_may_be_empty() -> None:
    assert find_parameter(PRIORITY + ROOT + parameter(0, b"") + parameter(2, b"")) is None


def test_an_alias_record_has_none() -> None:
    assert find_parameter(b"\x00\x00" + b"\x03www\x00") is None


@pytest.mark.parametrize(
    "data",
    [
        PRIORITY,
        PRIORITY + b"\x05www",
        PRIORITY + ROOT + b"\xff",
        PRIORITY + ROOT + b"\xff\x00\x00",
        PRIORITY + ROOT + b"\xff\x00\x00\x05abc",
    ],
)
def test_a_record_that_is_cut_short_is_said_to_be(data: bytes) -> None:
    said = f"^HTTPS record data: found {len(data)} bytes, expected a whole record: it is cut short$"
    with pytest.raises(MalformedError, match=said):
        find_parameter(data)


@pytest.mark.parametrize("second", [1, 2])
def test_parameters_out_of_order_or_repeated_are_malformed(second: int) -> None:
    with pytest.raises(MalformedError, match=f"^HTTPS record parameter: found key{second} after key2, expected"):
        find_parameter(PRIORITY + ROOT + parameter(2, b"") + parameter(second, b""))


def test_a_target_name_is_not_compressed() -> None:
    with pytest.raises(MalformedError, match=r"^HTTPS record target: found label length 192, expected 63 at the most$"):
        find_parameter(PRIORITY + b"\xc0\x0c")


def test_header_and_claims_are_read() -> None:
    identifier = bytes(range(32))
    claims = {2: "hospital.example", 4: 2000, 5: 1000}
    header = {1: -7, 4: identifier, 15: claims, 258: -16, 260: "https://hospital.example/resource"}
    read = decode_demonstration(demonstration(header))
    assert (read.algorithm, read.key_identifier) == (-7, identifier_text(identifier))
    assert (read.subject, read.location) == ("hospital.example", "https://hospital.example/resource")
    assert (read.not_before, read.expires) == (1000, 2000)
    assert read.signed == to_be_signed(cbor.encode(header), b"\x01" * 32)
    assert read.signature == b"signature"


def test_a_subject_and_a_location_that_are_no_texts_are_none() -> None:
    read = decode_demonstration(demonstration({1: -7, 15: {2: 7}, 260: 7}))
    assert (read.subject, read.location) == (None, None)


def test_a_key_identifier_that_is_a_plain_name_is_none_of_ours() -> None:
    assert decode_demonstration(demonstration({1: -7, 4: b"demo-key-1"})).key_identifier is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x01\x01", "demonstration emblem: found 1 bytes after the item, expected nothing after it"),
        (b"\x01", "COSE_Sign1: found the number 1, expected tag 18"),
        (cbor.encode([b"\xa1\x01\x26", {}, b"", b""]), "COSE_Sign1: found an array of 4, expected tag 18"),
        (demonstration({4: b"k"}), "protected header alg (1): found null, expected an algorithm"),
        (demonstration({1: True}), "protected header alg (1): found true, expected an algorithm"),
        (demonstration({1: -7, 15: 5}), "protected header CWT claims (15): found the number 5, expected a map"),
        (
            demonstration({1: -7, 15: {4: "soon"}}),
            "claim exp (4): found the text 'soon', expected a number of seconds since 1970",
        ),
        (
            demonstration({1: -7, 15: {5: True}}),
            "claim nbf (5): found true, expected a number of seconds since 1970",
        ),
    ],
)
def test_what_is_no_emblem_of_the_demonstration_is_malformed(data: bytes, said: str) -> None:
    assert str(refusal(decode_demonstration, data)) == said


@pytest.mark.parametrize(("size", "is_read"), [(LARGEST_RECORD, True), (LARGEST_RECORD + 1, False)])
def test_a_value_over_the_limit_is_none_of_ours(size: int, is_read: bool) -> None:
    rest = len(demonstration({1: -7}, bytes(size)))
    value = demonstration({1: -7}, bytes(2 * size - rest))
    assert len(value) == size

    record = decode_record(Record(Carriage.HTTPS, PRIORITY + ROOT + parameter(65280, value), "hospital.example", 65))

    assert (record is not None) is is_read


@given(st.binary(max_size=100))
def test_any_bytes_give_a_result_or_a_named_error(data: bytes) -> None:
    for read in (find_parameter, decode_demonstration):
        with suppress(MalformedError):
            read(data)
