"""DER is read strictly, and only as far as it is needed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import MalformedError
from emblem.traceability.der import OCTET_STRING, SEQUENCE, read_value, read_values


def test_values_are_read_one_after_the_other() -> None:
    assert list(read_values("test", bytes.fromhex("04 02 aabb 05 00"))) == [(0x04, b"\xaa\xbb"), (0x05, b"")]


@pytest.mark.parametrize(
    ("header", "length"), [("8180", 0x80), ("81ff", 0xFF), ("820100", 0x100), ("83010000", 0x10000)]
)
def test_long_lengths_are_read(header: str, length: int) -> None:
    assert read_value("test", b"\x04" + bytes.fromhex(header) + bytes(length), OCTET_STRING) == bytes(length)


@pytest.mark.parametrize(
    "data",
    ["04", "0402aa", "0480aa0000", "04817f" + "00" * 127, "048200ff" + "00" * 255, "0482", "0485" + "00" * 5, "1f0100"],
    ids=["no length", "short", "indefinite", "long form", "leading zero", "cut length", "five bytes", "high tag"],
)
def test_other_encodings_are_malformed(data: str) -> None:
    with pytest.raises(MalformedError, match="test"):
        list(read_values("test", bytes.fromhex(data)))


@pytest.mark.parametrize("data", ["", "0400", "30003000"], ids=["nothing", "another", "two"])
def test_one_value_of_a_tag_is_exactly_that(data: str) -> None:
    with pytest.raises(MalformedError, match="one value with tag 0x30"):
        read_value("test", bytes.fromhex(data), SEQUENCE)


@given(st.binary())
def test_any_bytes_are_read_or_malformed(data: bytes) -> None:
    try:
        values = list(read_values("test", data))
    except MalformedError:
        return
    assert sum(2 + len(contents) for _, contents in values) <= len(data)
