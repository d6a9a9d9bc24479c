"""Strict base64: one text for every run of bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.base64 import decode_base64, decode_base64url, encode_base64, encode_base64url
from emblem.errors import MalformedError


@given(st.binary())
def test_bytes_are_read_back_from_base64url(data: bytes) -> None:
    text = encode_base64url(data)

    assert "=" not in text
    assert decode_base64url("field", text) == data


@given(st.binary())
def test_bytes_are_read_back_from_base64(data: bytes) -> None:
    assert decode_base64("field", encode_base64(data)) == data


@given(st.text(alphabet="ABCz019-_+/= \n"))
def test_only_one_base64url_text_stands_for_given_bytes(text: str) -> None:
    try:
        data = decode_base64url("field", text)
    except MalformedError:
        return

    assert encode_base64url(data) == text


@pytest.mark.parametrize(
    "text", ["YQ==", "YQ=", "Y", "YR", "YWF", "Y Q", "YQ\n", "Y+", "ab+/", "aä", "YQ.", "====", "\ud800aaa"]
)
def test_padding_loose_bits_and_other_characters_are_no_base64url(text: str) -> None:
    with pytest.raises(MalformedError, match=r"^JWS header: found"):
        decode_base64url("JWS header", text)


@pytest.mark.parametrize("text", ["YQ", "YQ=", "YR==", "Y", "ab-_", "YQ==\n", "Y Q==", "YQ==YQ==", "äaaa"])
def test_missing_padding_loose_bits_and_other_characters_are_no_base64(text: str) -> None:
    with pytest.raises(MalformedError, match=r"^log entry id: found"):
        decode_base64("log entry id", text)


def test_the_alphabets_are_those_of_rfc_4648() -> None:
    assert encode_base64url(b"\xfb\xff\xfe") == "-__-"
    assert encode_base64url(b"\0\0\x17") == "AAAX"
    assert encode_base64(b"\xfb\xff\xfe") == "+//+"
