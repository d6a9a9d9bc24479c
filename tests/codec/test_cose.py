"""COSE_Sign1: its shape, and what is under its signature."""

from __future__ import annotations

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec import cbor
from emblem.codec.cose import read_sign1, to_be_signed, write_sign1
from emblem.errors import MalformedError

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
        (sign1(b"\xa1\xf9\x3c\0\0", {}, b"", b""), r"^header label: found the number 1.0"),
        (sign1(PROTECTED, {b"a": 0}, b"", b""), r"^header label: found 1 bytes"),
    ],
)
def test_any_other_structure_is_malformed_and_the_error_says_where(item: object, message: str) -> None:
    with pytest.raises(MalformedError, match=message):
        read_sign1(item)


def test_labels_may_be_texts() -> None:
    assert read_sign1(sign1(cbor2.dumps({"log": []}), {}, b"", b"")).protected == {"log": []}
