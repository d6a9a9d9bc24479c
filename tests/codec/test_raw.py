"""The encoding of a record made readable."""

from __future__ import annotations

from emblem.codec.base64 import encode_base64url
from emblem.codec.carriage import data_record, text_record
from emblem.codec.raw import raw_text


def test_record_data_is_shown_in_diagnostic_notation() -> None:
    assert raw_text(data_record(bytes.fromhex("a10102"))) == "{\n  1: 2\n}"


def test_the_native_format_in_txt_is_shown_in_diagnostic_notation() -> None:
    assert raw_text(text_record("emblem-cwt-a=" + encode_base64url(b"\x01"))) == "1"


def test_a_jws_is_shown_as_its_header_its_payload_and_its_signature() -> None:
    header, payload = encode_base64url(b'{"alg":"ES256"}'), encode_base64url(b'{"ver":"v1"}')
    text = f"adem-token={header}.{payload}.c2ln"
    assert raw_text(text_record(text)) == '{\n  "alg": "ES256"\n}\n.\n{\n  "ver": "v1"\n}\n.\nc2ln'


def test_a_jwk_is_shown_as_json() -> None:
    assert raw_text(text_record('adem-key={"kty":"EC"}')) == '{\n  "kty": "EC"\n}'


def test_what_stands_behind_the_first_equals_sign_is_shown_as_it_is() -> None:
    assert raw_text(text_record('adem-key={"kid":"a=ä"}')) == '{\n  "kid": "a=ä"\n}'


def test_a_jws_with_too_many_parts_is_shown_with_all_of_them() -> None:
    part = encode_base64url(b"{}")
    assert raw_text(text_record(f"adem-token={part}.{part}.c2ln.c2ln")) == "{}\n.\n{}\n.\nc2ln.c2ln"


def test_what_is_neither_has_no_encoding_to_show() -> None:
    assert raw_text(text_record("adem-key=AAAA")) == ""
    assert raw_text(data_record(b"\x18")) == ""
    assert raw_text(text_record("emblem-cwt=!")) == ""
