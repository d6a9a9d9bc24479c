"""CBOR in diagnostic notation (RFC 8949, section 8 and appendix A)."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.diagnostic import diagnose
from emblem.errors import MalformedError


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("00", "0"),
        ("1818", "24"),
        ("1bffffffffffffffff", "18446744073709551615"),
        ("20", "-1"),
        ("3903e7", "-1000"),
        ("f93c00", "1.0"),
        ("f97c00", "Infinity"),
        ("f97e00", "NaN"),
        ("fbc010666666666666", "-4.1"),
        ("f4", "false"),
        ("f6", "null"),
        ("f7", "undefined"),
        ("f0", "simple(16)"),
        ("f8ff", "simple(255)"),
        ("c11a514b67b0", "1(1363896240)"),
        ("4401020304", "h'01020304'"),
        ("62225c", '"\\"\\\\"'),
        ("80", "[]"),
        ("a0", "{}"),
        ("83010203", "[\n  1,\n  2,\n  3\n]"),
        ("a201020304", "{\n  1: 2,\n  3: 4\n}"),
        ("9fff", "[_]"),
        ("9f0102ff", "[_ \n  1,\n  2\n]"),
        ("5f42010243030405ff", "(_ \n  h'0102',\n  h'030405'\n)"),
        ("bf61610161629f0203ffff", '{_ \n  "a": 1,\n  "b": [_ \n    2,\n    3\n  ]\n}'),
    ],
)
def test_an_item_is_written_as_the_standard_writes_it(data: str, text: str) -> None:
    assert diagnose(bytes.fromhex(data)) == text


def test_the_header_and_the_payload_of_a_signed_structure_are_shown_decoded() -> None:
    assert diagnose(bytes.fromhex("d28443a10126a043a104054101")) == (
        "18([\n    << {\n      1: -7\n    } >>,\n    {},\n    << {\n      4: 5\n    } >>,\n    h'01'\n  ])"
    )


def test_a_payload_that_is_no_item_is_shown_as_bytes() -> None:
    assert "h'ff00'" in diagnose(bytes.fromhex("d28443a10126a042ff004101"))


def test_a_payload_with_bytes_after_its_item_is_shown_as_bytes() -> None:
    assert "h'0000'" in diagnose(bytes.fromhex("d28443a10126a04200004101"))


def test_what_follows_the_item_is_counted() -> None:
    assert diagnose(b"\x00\x00\x00") == "0\n/ and 2 bytes after the item /"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("818101", "[\n  [\n    1\n  ]\n]"),
        ("a1810180", "{\n  [\n    1\n  ]: []\n}"),
        ("a1018102", "{\n  1: [\n    2\n  ]\n}"),
        ("9f8101ff", "[_ \n  [\n    1\n  ]\n]"),
        ("bf8101f6ff", "{_ \n  [\n    1\n  ]: null\n}"),
        ("62c3a4", '"ä"'),
        ("62ff61", '"\\\\xffa"'),
    ],
)
def test_items_within_items_are_indented_and_texts_shown_as_they_are(data: str, text: str) -> None:
    assert diagnose(bytes.fromhex(data)) == text


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("81", ""), ("c1", ""), ("a101", ""), ("a1", "01"), ("9f", "ff"), ("bf01", "ff"), ("bf", "01ff")],
)
def test_nesting_is_shown_to_the_limit_and_not_beyond(opening: str, closing: str) -> None:
    def nested(levels: int) -> bytes:
        return bytes.fromhex(opening * levels + "00" + closing * levels)

    assert diagnose(nested(32)).count("0") >= 1
    with pytest.raises(MalformedError, match="32 levels"):
        diagnose(nested(33))


def test_an_empty_header_is_shown_as_the_bytes_that_it_is() -> None:
    assert "h''" in diagnose(bytes.fromhex("d28440a0404101"))


@pytest.mark.parametrize("data", ["", "18", "42ff", "1c", "fc", "ff", "9f", "9bffffffffffffffff", "81" * 40 + "00"])
def test_what_is_not_well_formed_is_refused(data: str) -> None:
    with pytest.raises(MalformedError):
        diagnose(bytes.fromhex(data))


@pytest.mark.parametrize("head", ["82", "d28182"])
def test_a_count_that_the_bytes_left_cannot_hold_is_refused_before_it_is_counted(head: str) -> None:
    diagnose(bytes.fromhex(head + "0000"))
    with pytest.raises(MalformedError, match=r"^CBOR: found \d items, expected as many as there are bytes left"):
        diagnose(bytes.fromhex(head + "00"))


@given(st.binary(max_size=200))
def test_any_bytes_give_text_or_a_named_error(data: bytes) -> None:
    with suppress(MalformedError):
        assert diagnose(data)


def test_only_the_header_and_the_payload_of_a_signed_structure_are_shown_decoded() -> None:
    assert diagnose(bytes.fromhex("d28440a0438201024101")) == (
        "18([\n    h'',\n    {},\n    << [\n      1,\n      2\n    ] >>,\n    h'01'\n  ])"
    )
    assert "<<" not in diagnose(bytes.fromhex("c1824100f9fc00"))


def test_the_smallest_number_is_negative_infinity() -> None:
    assert diagnose(bytes.fromhex("f9fc00")) == "-Infinity"
