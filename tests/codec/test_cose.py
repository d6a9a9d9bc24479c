"""COSE_Sign1: its shape, and what is under its signature."""

from __future__ import annotations

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec import cbor
from emblem.codec.cose import Sign1Parts, read_protected, read_sign1, split_usual_sign1, to_be_signed, write_sign1
from emblem.errors import MalformedError
from tests.codec.builders import refusal

PROTECTED = bytes.fromhex("a10126")


def sign1(*parts: Any, tag: int = 18) -> cbor2.CBORTag:
    return cbor2.CBORTag(tag, list(parts))


def test_a_structure_is_read_with_its_bytes_as_they_are() -> None:
    structure = read_sign1(sign1(bytes.fromhex("a1011826"), {4: b"11"}, b"payload", b"signature"))

    assert structure.protected_bytes == bytes.fromhex("a1011826")
    assert structure.protected == {1: 0x26}
    assert structure.unprotected == {4: b"11"}
    assert (structure.payload, structure.signature) == (b"payload", b"signature")
    assert structure.to_be_signed == to_be_signed(bytes.fromhex("a1011826"), b"payload")


def test_what_is_signed_is_the_sig_structure_of_rfc_9052_section_4_4() -> None:
    assert to_be_signed(PROTECTED, b"abc") == cbor2.dumps(["Signature1", PROTECTED, b"", b"abc"])


@given(st.binary(max_size=50), st.binary(max_size=100))
def test_a_structure_is_read_as_it_was_written(payload: bytes, signature: bytes) -> None:
    encoded = cbor.encode(write_sign1(PROTECTED, payload, signature))

    structure = read_sign1(cbor.decode("token", encoded, tags=(18,)))

    assert (structure.payload, structure.signature, structure.unprotected) == (payload, signature, {})


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ([PROTECTED, {}, b"", b""], r"^COSE_Sign1: found an array of 4, expected tag 18$"),
        (None, r"^COSE_Sign1: found null, expected tag 18$"),
        (sign1(PROTECTED, {}, b"", b"", tag=98), r"^COSE_Sign1: found tag 98, expected tag 18$"),
        (cbor2.CBORTag(18, {}), r"^COSE_Sign1: found a map, expected an array of 4$"),
        (sign1(PROTECTED, {}, b""), r"^COSE_Sign1: found an array of 3, expected an array of 4$"),
        (sign1(PROTECTED, {}, b"", b"", b""), r"^COSE_Sign1: found an array of 5, expected an array of 4$"),
        (sign1({1: -7}, {}, b"", b""), r"^protected header: found a map, expected a byte string$"),
        (sign1(PROTECTED, b"", b"", b""), r"^unprotected header: found 0 bytes, expected a map$"),
        (sign1(PROTECTED, {}, None, b""), r"^payload: found null, expected a byte string$"),
        (sign1(PROTECTED, {}, "", b""), r"^payload: found the text '', expected a byte string$"),
        (sign1(PROTECTED, {}, b"", None), r"^signature: found null, expected a byte string$"),
        (sign1(b"", {}, b"", b""), r"^protected header: found .*end of stream"),
        (sign1(b"\x80", {}, b"", b""), r"^protected header: found an array of 0, expected a map$"),
        (sign1(PROTECTED + b"\0", {}, b"", b""), r"^protected header: found 1 bytes after the item"),
        (sign1(b"\xa2\x01\x26\x01\x26", {}, b"", b""), r"^protected header: found .*Duplicate"),
        (sign1(b"\xa1\x01\xc1\0", {}, b"", b""), r"^protected header: found .*tag"),
        (sign1(b"\xa1\xf5\0", {}, b"", b""), r"^header label: found true, expected an integer or a text$"),
        (sign1(b"\xa1\x41a\0", {}, b"", b""), r"^header label: found 1 bytes"),
        (sign1(b"\xa2\x01\x26\x42ab\0", {}, b"", b""), r"^header label: found 2 bytes"),
        (sign1(b"\xa1\xf9\x3c\0\0", {}, b"", b""), r"^header label: found the number 1.0"),
        (sign1(PROTECTED, {b"a": 0}, b"", b""), r"^header label: found 1 bytes"),
    ],
)
def test_any_other_structure_is_malformed_and_the_error_says_where(item: object, message: str) -> None:
    with pytest.raises(MalformedError, match=message):
        read_sign1(item)


def test_labels_may_be_texts() -> None:
    assert read_sign1(sign1(cbor2.dumps({"log": []}), {}, b"", b"")).protected == {"log": []}


TAGS = bytes.fromhex("d83dd2")


def usual(payload: bytes = b"p" * 40, signature: bytes = b"s" * 64) -> bytes:
    protected = cbor.encode({1: -7, 4: bytes(32)})
    return cbor.encode(cbor.Tagged(61, write_sign1(protected, payload, signature)))


def read_in_general(data: bytes) -> Sign1Parts:
    item = cbor.decode("token", data, tags=(61, 18))
    assert item.tag == 61
    structure = read_sign1(item.value)
    assert not structure.unprotected
    return structure.protected_bytes, structure.payload, structure.signature, structure.to_be_signed


@pytest.mark.parametrize("length", [24, 255, 256, 65535])
def test_the_usual_encoding_is_read_like_any_other(length: int) -> None:
    data = usual(payload=bytes(length), signature=bytes(length))

    assert split_usual_sign1(data, TAGS) == read_in_general(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        TAGS,
        usual()[len(TAGS) :],
        usual()[:-1],
        usual() + b"\0",
        usual(payload=b"short"),
        usual(payload=bytes(65536)),
        usual().replace(b"\x58\x40", b"\x59\x00\x40"),
        usual().replace(b"\xa0", b"\xa1\x04\x00", 1),
        usual().replace(b"\xa0", b"\xb8\x00", 1),
        usual().replace(TAGS, b"\xd9\x00\x3d\xd2"),
        cbor.encode(cbor.Tagged(61, write_sign1(PROTECTED, b"p" * 40, b"s" * 64))),
    ],
    ids=lambda data: data.hex()[:24],
)
def test_what_is_not_in_the_usual_encoding_is_left_to_the_general_decoder(data: bytes) -> None:
    assert split_usual_sign1(data, TAGS) is None


@given(st.data())
def test_a_damaged_structure_is_read_as_the_general_decoder_reads_it(data: st.DataObject) -> None:
    whole = bytearray(usual())
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(whole)

    quick = split_usual_sign1(damaged, TAGS)
    if quick is None:
        return
    refused = refusal(read_in_general, damaged)
    if refused is None:
        assert quick == read_in_general(damaged)
    else:
        assert str(refused) == str(refusal(read_protected, quick[0]))
