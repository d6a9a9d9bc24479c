"""Domain names as text and on the wire."""

from __future__ import annotations

import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.dns import Question, encode_name
from emblem.dns.names import text_of
from emblem.errors import InputError, InvalidNameError


def test_a_name_is_its_labels_with_their_lengths() -> None:
    assert encode_name("_emblem.example.org") == b"\x07_emblem\x07example\x03org\x00"


def test_the_root_is_a_dot() -> None:
    assert encode_name(".") == b"\x00"


@pytest.mark.parametrize(
    ("name", "label"), [("a\\.b.org", b"\x03a.b"), ("a\\000b.org", b"\x03a\x00b"), ("\\\\.org", b"\x01\\")]
)
def test_escapes_stand_for_their_octet(name: str, label: bytes) -> None:
    assert encode_name(name) == label + b"\x03org\x00"


@pytest.mark.parametrize(
    "name",
    ["", "a..b", ".org", "a.", "A.org", "a b", "ä.org", "a\n", "a\\", "a\\25", "a\\256", "a\\2x5", "x" * 64],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidNameError, match="domain name"):
        encode_name(name)


def test_a_name_of_255_octets_can_be_asked_for_and_a_longer_one_cannot() -> None:
    longest = ".".join(["x" * 63] * 3 + ["x" * 61])
    assert len(encode_name(longest)) == 255
    with pytest.raises(InvalidNameError, match="at most 255 octets"):
        Question(longest + "x", 1)


@pytest.mark.parametrize("number", [-1, 0, 65536])
def test_a_type_that_cannot_exist_is_refused(number: int) -> None:
    with pytest.raises(InputError, match="record type"):
        Question("example.org", number)


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=5))
def test_the_text_of_any_name_leads_back_to_its_wire_form(labels: list[bytes]) -> None:
    name = dns.name.Name([*labels, b""]).canonicalize()
    assert text_of(tuple(labels)) == name.to_text(omit_final_dot=True)
    assert encode_name(text_of(tuple(labels))) == name.to_wire()
