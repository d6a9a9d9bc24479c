"""Strict CBOR: one item, nothing after it, no tag but those named, nothing repeated, nothing without a length."""

from __future__ import annotations

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec import cbor
from emblem.errors import MalformedError
from emblem.model.limits import DEEPEST_NESTING
from tests.codec.builders import refusal

scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**64), 2**64 - 1), st.floats(), st.text(), st.binary())
keys = st.one_of(st.integers(-(2**64), 2**64 - 1), st.text())
items = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=8,
).filter(lambda item: depth(item) <= DEEPEST_NESTING)

# What a tag that some library acts on would want inside: times, addresses, patterns, sets, fractions, references.
TAG_CONTENTS = [
    cbor2.dumps(content)
    for content in (
        0,
        1.5,
        None,
        b"",
        b"\x01",
        b"\x7f\x00\x00\x01",
        bytes(16),
        "",
        "a",
        "2013-03-21T20:04:00Z",
        "2013-03-21",
        [],
        [1, 2],
        [0, 1, 2],
        {},
        {b"\x7f\x00\x00\x01": 24},
    )
]


def depth(item: object) -> int:
    inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def tagged(number: int, content: bytes) -> bytes:
    head = cbor2.dumps(number)
    return bytes([head[0] | 0xC0]) + head[1:] + content


def refused(data: bytes, **arguments: Any) -> bool:
    try:
        cbor.decode("item", data, **arguments)
    except MalformedError:
        return True
    return False


# one item


@given(items)
def test_an_item_is_read_back_from_its_deterministic_encoding(item: object) -> None:
    encoded = cbor.encode(item)

    read = cbor.decode("item", encoded)

    assert cbor.encode(read) == encoded


@given(items, st.binary(min_size=1))
def test_bytes_after_the_item_are_malformed(item: object, rest: bytes) -> None:
    with pytest.raises(MalformedError, match=f"found {len(rest)} bytes after the item"):
        cbor.decode("item", cbor.encode(item) + rest)


@given(items, st.data())
def test_an_item_that_is_cut_short_is_malformed(item: object, data: st.DataObject) -> None:
    encoded = cbor.encode(item)
    length = data.draw(st.integers(0, len(encoded) - 1))

    assert refused(encoded[:length])


@given(st.binary(max_size=200))
def test_random_bytes_are_an_item_or_malformed(data: bytes) -> None:
    error = refusal(cbor.decode, "item", data)

    assert error is None or type(error) is MalformedError
    assert "\n" not in str(error)


def test_the_error_names_what_was_decoded() -> None:
    with pytest.raises(MalformedError, match=r"^payload: found "):
        cbor.decode("payload", b"")


@pytest.mark.parametrize(
    "encoded", ["1800", "190000", "1a00000000", "1b0000000000000000", "a1180102", "780161", "a202000100"]
)
def test_longer_encodings_than_needed_and_unsorted_keys_are_accepted(encoded: str) -> None:
    assert not refused(bytes.fromhex(encoded))


# indefinite lengths, reserved and ill-formed heads


@pytest.mark.parametrize(
    "encoded",
    [
        "5f4100ff",
        "7f6161ff",
        "9fff",
        "9f00ff",
        "bfff",
        "bf0000ff",
        "5fff",
        "7fff",
        "819fff",
        "a1009fff",
        "a19fff00",
    ],
)
def test_an_indefinite_length_is_malformed(encoded: str) -> None:
    assert refused(bytes.fromhex(encoded))


@pytest.mark.parametrize("encoded", ["ff", "81ff", "a1ff", "a100ff"])
def test_a_break_without_a_beginning_is_malformed(encoded: str) -> None:
    assert refused(bytes.fromhex(encoded))


@pytest.mark.parametrize("head", [major << 5 | low for major in range(8) for low in (28, 29, 30)])
def test_a_reserved_head_is_malformed(head: int) -> None:
    assert refused(bytes([head]) + bytes(16))


@pytest.mark.parametrize("encoded", ["f800", "f818", "f81f"])
def test_a_simple_value_in_two_bytes_that_needs_one_is_malformed(encoded: str) -> None:
    assert refused(bytes.fromhex(encoded))


@pytest.mark.parametrize("encoded", ["61ff", "6180", "62c328", "63eda080", "64f4908080"])
def test_text_that_is_not_utf_8_is_malformed(encoded: str) -> None:
    assert refused(bytes.fromhex(encoded))


# repeated keys


@pytest.mark.parametrize(
    "encoded",
    [
        "a201000100",
        "a2616100616100",
        "a24161004161 00",
        "a20100180100",
        "a20100190001 00",
        "81a201000100",
        "a100a201000100",
        "a2800080 00",
        "a2f500f500",
    ],
)
def test_a_repeated_key_is_malformed(encoded: str) -> None:
    with pytest.raises(MalformedError, match="Duplicate map key"):
        cbor.decode("item", bytes.fromhex(encoded))


# tags


def test_every_tag_number_is_refused_whatever_it_holds() -> None:
    accepted = [
        (number, content)
        for number in range(70_001)
        for content in (TAG_CONTENTS if number < 1100 or number in (43000, 55799) else TAG_CONTENTS[-6:-4])
        if not refused(tagged(number, content))
    ]

    assert accepted == []


@pytest.mark.parametrize("number", [2**32 - 1, 2**32, 2**63, 2**64 - 1])
def test_huge_tag_numbers_are_refused(number: int) -> None:
    assert refused(tagged(number, b"\x00"))


@pytest.mark.parametrize("wrap", ["81%s", "a100%s", "a1%s00", "8100%s", "d83d%s"])
def test_a_tag_is_refused_wherever_it_stands(wrap: str) -> None:
    assert refused(bytes.fromhex(wrap % "c100"), tags=(61,))


def test_a_shared_value_is_never_followed() -> None:
    # Tag 28 marks an array as shared, tag 29 inside it refers back to it: an endless structure.
    assert refused(bytes.fromhex("d81c81d81d00"))
    assert refused(bytes.fromhex("d81c81d81d00"), tags=(61, 18))


@pytest.mark.parametrize("number", [61, 18])
def test_a_tag_that_is_named_comes_back_as_such(number: int) -> None:
    item = cbor.decode("item", tagged(number, b"\x01"), tags=(61, 18))

    assert item == cbor.Tagged(number, 1)


def test_only_the_tags_that_are_named_are_accepted() -> None:
    assert refused(tagged(62, b"\x01"), tags=(61, 18))
    assert refused(tagged(18, b"\x01"), tags=(61,))


# depth and size


@pytest.mark.parametrize("level", ["81", "a100", "d83d"])
def test_nesting_is_accepted_to_the_limit_and_not_beyond(level: str) -> None:
    assert not refused(bytes.fromhex(level * DEEPEST_NESTING + "00"), tags=(61,))
    assert refused(bytes.fromhex(level * (DEEPEST_NESTING + 1) + "00"), tags=(61,))


@pytest.mark.parametrize("empty", ["80", "a0"])
@pytest.mark.parametrize("level", ["81", "a100", "d83d"])
def test_an_empty_container_nests_as_deep_as_any_other(level: str, empty: str) -> None:
    assert not refused(bytes.fromhex(level * (DEEPEST_NESTING - 1) + empty), tags=(61,))
    assert refused(bytes.fromhex(level * DEEPEST_NESTING + empty), tags=(61,))


@pytest.mark.parametrize("empty", ["80", "a0"])
def test_the_key_of_a_map_nests_as_deep_as_its_value(empty: str) -> None:
    within = "81" * (DEEPEST_NESTING - 2)

    assert not refused(bytes.fromhex(within + f"a2{empty}000000"))
    assert refused(bytes.fromhex(within + f"a281{empty}000000"))


@pytest.mark.parametrize("level", ["81", "a100", "c6", "d83d", "9f", "d81c", "a1"])
def test_bottomless_nesting_is_malformed(level: str) -> None:
    assert refused(bytes.fromhex(level) * 8000, tags=(61,))


@pytest.mark.parametrize("major", [2, 3, 4, 5])
@pytest.mark.parametrize("length", [2**16, 2**31, 2**32, 2**62, 2**63, 2**64 - 1])
def test_a_length_that_the_bytes_cannot_hold_is_malformed(major: int, length: int) -> None:
    head = bytes([major << 5 | 27]) + length.to_bytes(8, "big")

    assert refused(head)
    assert refused(head + bytes(100))


# encoding


def test_the_encoding_is_deterministic_as_in_rfc_8949_section_4_2_1() -> None:
    in_order = [1, 2, 3, 4, 5, 6, 16, -1, -2, -3, "end", "key", "log", "prp", "ver", "sign", "assets"]
    shuffled = in_order[::2] + in_order[1::2]

    encoded = cbor.encode(dict.fromkeys(reversed(shuffled), 0))

    assert list(cbor.decode("item", encoded)) == sorted(in_order, key=cbor2.dumps) == in_order


@pytest.mark.parametrize(
    ("number", "encoded"),
    [
        (0, "00"),
        (23, "17"),
        (24, "1818"),
        (65536, "1a00010000"),
        (1.5, "f93e00"),
        (0.1, "fb3fb999999999999a"),
    ],
)
def test_numbers_are_written_in_their_shortest_form(number: float, encoded: str) -> None:
    assert cbor.encode(number).hex() == encoded


# taking maps and describing items


def test_a_map_is_taken() -> None:
    assert cbor.take_map("claims", {1: 2}) == {1: 2}


@pytest.mark.parametrize("item", [None, [], "{}", 1, b""])
def test_anything_else_than_a_map_is_refused_by_name(item: object) -> None:
    with pytest.raises(MalformedError, match=r"^claims: found .*, expected a map$"):
        cbor.take_map("claims", item)


@pytest.mark.parametrize(
    ("item", "described"),
    [
        (None, "null"),
        (b"abc", "3 bytes"),
        ({}, "a map"),
        ([1, 2], "an array of 2"),
        ((1,), "an array of 1"),
        (cbor2.CBORTag(61, 0), "tag 61"),
        (True, "true"),
        (False, "false"),
        ("a\x1b[2J\n", r"the text 'a\x1b[2J\n'"),
        (7, "the number 7"),
        (1.5, "the number 1.5"),
        (cbor2.undefined, "undefined"),
        (cbor2.CBORSimpleValue(99), "CBORSimpleValue(99)"),
    ],
)
def test_an_item_is_described_in_words_on_one_line(item: object, described: str) -> None:
    assert cbor.describe(item) == described


def test_the_keys_of_a_map_are_described_without_their_control_characters() -> None:
    assert cbor.describe_keys({1: 0, "a\nb": 0}) == r"1, 'a\nb'"
    assert cbor.describe_keys({}) == "none"
