"""How records carry tokens and keys: what is ours, what is somebody else's, and what is wrong with ours."""

from __future__ import annotations

import json

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.base64 import encode_base64, encode_base64url
from emblem.codec.carriage import (
    IHLE_TYPE,
    IHLE_TYPES,
    TXT_TYPE,
    DecodedRecord,
    Problem,
    data_record,
    decode_record,
    join_strings,
    text_record,
    write_text,
)
from emblem.codec.https_record import decode_demonstration
from emblem.errors import MalformedError
from emblem.keys.public import UnknownKey
from emblem.model.limits import LARGEST_RECORD
from emblem.model.reason import ReasonCode
from emblem.model.record import Carriage, Record
from emblem.model.token import Emblem, Endorsement, Format
from tests.codec.builders import (
    SIGNER,
    cose_key,
    cwt_emblem,
    cwt_endorsement,
    cwt_token,
    jwk,
    jws_emblem,
    jws_endorsement,
    jws_header,
    jws_token,
)

KEY = SIGNER.public_key
TOKEN = cwt_token(cwt_emblem())
JWS = jws_token(jws_emblem())
SPKI = KEY.loaded.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def ihle(data: bytes) -> DecodedRecord:
    decoded = decode_record(Record(Carriage.IHLE, data, "hospital.example", IHLE_TYPE))
    assert decoded is not None
    return decoded


def txt(text: str | bytes) -> DecodedRecord:
    data = text if isinstance(text, bytes) else text.encode()
    decoded = decode_record(Record(Carriage.TXT, data, "hospital.example", TXT_TYPE))
    assert decoded is not None
    return decoded


def problem(decoded: DecodedRecord) -> ReasonCode:
    assert decoded.problem is not None
    assert decoded.problem.message.isprintable()
    assert len(decoded.problem.message) < 1000
    assert (decoded.token, decoded.keys) == (None, ())
    return decoded.problem.code


# IHLE records


def test_the_type_numbers_of_ihle_are_those_of_the_prototype() -> None:
    assert IHLE_TYPE == 65297
    assert IHLE_TYPES == (65297, 65400)


def test_an_ihle_record_holds_a_token() -> None:
    decoded = ihle(TOKEN)

    assert decoded.token is not None
    assert isinstance(decoded.token.claims, Emblem)
    assert (decoded.format, decoded.set_name, decoded.keys, decoded.problem) == (Format.CWT, "", (), None)


def test_an_ihle_record_holds_a_key() -> None:
    decoded = ihle(cose_key())

    assert decoded.keys == (KEY,)
    assert (decoded.format, decoded.token, decoded.problem) == (Format.CWT, None, None)


def test_a_key_in_an_unknown_algorithm_is_kept_as_such() -> None:
    assert ihle(cose_key({3: -47})).keys == (UnknownKey(KEY.cose_thumbprint, -47),)


def test_bytes_given_without_a_type_are_read_like_an_ihle_record() -> None:
    decoded = decode_record(data_record(TOKEN))

    assert decoded is not None
    assert decoded.record.carriage is Carriage.GIVEN
    assert decoded.token == ihle(TOKEN).token


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x80", b"\x60", b"\xf6", b"\xff", b"adem-token="])
def test_data_that_is_neither_a_tag_nor_a_map_is_a_malformed_record(data: bytes) -> None:
    assert problem(ihle(data)) is ReasonCode.RECORD_MALFORMED


@pytest.mark.parametrize("data", [TOKEN + b"\0", TOKEN[:-1], cbor2.dumps(cbor2.CBORTag(18, 0)), b"\xd8\x3d", b"\xc0"])
def test_a_tag_that_is_no_token_is_a_malformed_token(data: bytes) -> None:
    assert problem(ihle(data)) is ReasonCode.TOKEN_MALFORMED


@pytest.mark.parametrize(
    "data", [b"\xa0", cose_key() + b"\0", cose_key({-4: b"d"}), cose_key(without=[3]), b"\xbf\xff"]
)
def test_a_map_that_is_no_public_key_is_a_malformed_key(data: bytes) -> None:
    assert problem(ihle(data)) is ReasonCode.KEY_MALFORMED


def test_a_key_of_an_unknown_type_is_said_to_be_unknown() -> None:
    assert problem(ihle(cose_key({1: 9}))) is ReasonCode.KEY_ALGORITHM_UNKNOWN


def test_a_record_of_the_largest_size_is_read_and_a_larger_one_is_not() -> None:
    padding = LARGEST_RECORD - len(cwt_token(cwt_emblem({"x": b"0" * 10_000}))) + 10_000

    largest = cwt_token(cwt_emblem({"x": b"0" * padding}))

    assert len(largest) == LARGEST_RECORD
    assert ihle(largest).token is not None
    assert problem(ihle(cwt_token(cwt_emblem({"x": b"0" * (padding + 1)})))) is ReasonCode.RECORD_TOO_LARGE


# TXT records


@pytest.mark.parametrize("name", ["adem-token", "adem-emb", "adem-end"])
@pytest.mark.parametrize("set_name", ["", "1", "a b", "~", "x" * 200])
def test_a_jws_is_read_under_all_its_record_names(name: str, set_name: str) -> None:
    decoded = txt(f"{name}{'-' if set_name else ''}{set_name}={JWS}")

    assert decoded.token is not None
    assert isinstance(decoded.token.claims, Emblem)
    assert (decoded.format, decoded.set_name, decoded.problem) == (Format.JWS, set_name, None)


def test_the_record_name_does_not_decide_the_kind_of_a_token() -> None:
    decoded = txt(f"adem-emb={jws_token(jws_endorsement())}")

    assert decoded.token is not None
    assert isinstance(decoded.token.claims, Endorsement)


def test_a_jws_brings_the_key_in_its_header() -> None:
    decoded = txt("adem-token=" + jws_token(jws_emblem(), jws_header(changes={"jwk": jwk()})))

    assert decoded.token is not None
    assert decoded.keys == (KEY,)


@pytest.mark.parametrize("space", ["", " ", "\t\r\n "])
@pytest.mark.parametrize("name", ["adem-key", "adem-key-1"])
def test_a_key_record_holds_a_jwk(name: str, space: str) -> None:
    decoded = txt(f"{name}={space}{json.dumps(jwk())}{space}")

    assert decoded.keys == (KEY,)
    assert (decoded.format, decoded.set_name) == (Format.JWS, name[9:])


def test_the_oldest_key_record_holds_a_subject_public_key_info_without_an_algorithm() -> None:
    decoded = txt(f"adem-key={encode_base64(SPKI)}")

    (key,) = decoded.keys
    assert not isinstance(key, UnknownKey)
    assert (key.x, key.y, key.algorithm) == (KEY.x, KEY.y, None)


def test_a_key_record_of_an_unknown_algorithm_is_kept_or_said_to_be_unknown() -> None:
    assert txt("adem-key=" + json.dumps(jwk({"alg": "RS256"}))).keys == (UnknownKey(KEY.jwk_thumbprint, "RS256"),)
    assert problem(txt("adem-key=" + json.dumps(jwk({"kty": "other"})))) is ReasonCode.KEY_ALGORITHM_UNKNOWN
    other = rsa.generate_private_key(65537, 2048).public_key()
    spki = encode_base64(other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    assert problem(txt(f"adem-key={spki}")) is ReasonCode.KEY_ALGORITHM_UNKNOWN


@pytest.mark.parametrize(
    "value",
    [
        "",
        "{",
        "{}",
        "[]",
        '{"a":1,"a":1}',
        json.dumps(jwk({"d": "AA"})),
        "AAAA",
        encode_base64url(SPKI),
        "é",
        "\ufeff{}",
    ],
)
def test_a_key_record_that_holds_no_public_key_is_malformed(value: str) -> None:
    assert problem(txt(f"adem-key={value}")) is ReasonCode.KEY_MALFORMED


@pytest.mark.parametrize("value", ["", "a.b.c", "é.é.é", JWS + ".", JWS + "=", " " + JWS, json.dumps(jwk())])
def test_a_token_record_that_holds_no_token_is_malformed(value: str) -> None:
    assert problem(txt(f"adem-token={value}")) is ReasonCode.TOKEN_MALFORMED


@pytest.mark.parametrize("set_name", ["", "1", "a b"])
@pytest.mark.parametrize("data", [TOKEN, cose_key()])
def test_our_own_txt_record_is_read_as_it_was_written(set_name: str, data: bytes) -> None:
    decoded = txt(write_text(data, set_name))

    assert (decoded.token, decoded.keys) == (ihle(data).token, ihle(data).keys)
    assert (decoded.format, decoded.set_name) == (Format.CWT, set_name)


@pytest.mark.parametrize("value", [encode_base64(b"\xff" * 3), "AA==", "A", "é", " ", "AB"])
def test_our_own_txt_record_is_strict_base64url(value: str) -> None:
    decoded = txt(f"emblem-cwt={value}")

    assert problem(decoded) is ReasonCode.RECORD_MALFORMED
    assert decoded.format is Format.CWT


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", ReasonCode.RECORD_MALFORMED),
        (b"\x80", ReasonCode.RECORD_MALFORMED),
        (TOKEN[:-1], ReasonCode.TOKEN_MALFORMED),
        (b"\xa0", ReasonCode.KEY_MALFORMED),
        (cose_key({1: 9}), ReasonCode.KEY_ALGORITHM_UNKNOWN),
    ],
)
def test_what_is_wrong_in_our_own_txt_record_is_said(data: bytes, code: ReasonCode) -> None:
    assert problem(txt(write_text(data))) is code


@pytest.mark.parametrize("name", ["adem-token", "adem-key", "emblem-cwt"])
@pytest.mark.parametrize("set_name", ["", "a-b", "-", "é", "\x7f", "\x1b[2J", "\n", "x-" * 5000])
def test_a_set_name_is_printable_ascii_without_hyphen(name: str, set_name: str) -> None:
    assert problem(txt(f"{name}-{set_name}={JWS}")) is ReasonCode.RECORD_MALFORMED


@pytest.mark.parametrize("set_name", ["a-b", "a=b", "é", "\n"])
def test_a_set_name_that_is_none_is_not_written(set_name: str) -> None:
    with pytest.raises(MalformedError, match=r"^set name: found"):
        write_text(TOKEN, set_name)


@pytest.mark.parametrize("name", ["adem-token", "adem-key", "emblem-cwt"])
def test_a_txt_record_that_is_too_large_is_dropped(name: str) -> None:
    head = f"{name}-set="

    decoded = txt(head + "A" * (LARGEST_RECORD - len(head) + 1))

    assert problem(decoded) is ReasonCode.RECORD_TOO_LARGE
    assert decoded.set_name == "set"
    assert problem(txt(head + "A" * (LARGEST_RECORD - len(head)))) is not ReasonCode.RECORD_TOO_LARGE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"v=spf1 -all",
        b"adem",
        b"adem-token",
        b"adem-tokens=x",
        b"adem-token x=y",
        b" adem-token=x",
        b"ADEM-TOKEN=x",
        b"adem-token-no-value",
        b"adem-other=x",
        b"emblem-cwt",
        b"emblem-cwts=x",
        b"\xff\xfe",
        b"x" * 100_000,
    ],
)
def test_a_txt_record_of_somebody_else_is_none_of_ours(data: bytes) -> None:
    assert decode_record(Record(Carriage.TXT, data, "hospital.example", TXT_TYPE)) is None


# records given without an owner


def test_a_compact_jws_counts_as_a_token_record() -> None:
    record = text_record(JWS)

    assert (record.carriage, record.owner, record.type_number) == (Carriage.TXT, "", TXT_TYPE)
    assert record.data == f"adem-token={JWS}".encode()


@pytest.mark.parametrize(
    "text", ["adem-token=x", "v=spf1 -all", "eyJ.x", "eyJhbGciOiJFUzI1NiJ9.e30.s.x", "é", "\ud800"]
)
def test_any_other_text_is_a_txt_value(text: str) -> None:
    assert text_record(text).data == text.encode("utf-8", "surrogatepass")


# record data of TXT


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"", b""), (b"\0", b""), (b"\x03abc", b"abc"), (b"\x01a\0\x02bc", b"abc"), (b"\xff" + b"x" * 255, b"x" * 255)],
)
def test_the_strings_of_a_txt_record_are_joined(data: bytes, text: bytes) -> None:
    assert join_strings(data) == text


@pytest.mark.parametrize("data", [b"\x01", b"\x03ab", b"\x01a\x05bc", b"\xff"])
def test_a_string_that_is_cut_short_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match=r"^TXT record data: found"):
        join_strings(data)


# hostile records


@given(st.sampled_from(Carriage), st.binary(max_size=200))
def test_random_bytes_are_a_record_or_a_problem_or_nothing(carriage: Carriage, data: bytes) -> None:
    decoded = decode_record(Record(carriage, data))

    assert decoded is None or decoded.problem is not None


@given(st.sampled_from(["adem-token=", "adem-key=", "adem-key={", "emblem-cwt="]), st.binary(max_size=200))
def test_random_bytes_after_one_of_our_names_are_a_problem(name: str, data: bytes) -> None:
    assert txt(name.encode() + data).problem is not None


GOOD = [
    Record(Carriage.IHLE, TOKEN),
    Record(Carriage.IHLE, cwt_token(cwt_endorsement({"log": [{"id": bytes(32), "index": 1}]}))),
    Record(Carriage.IHLE, cose_key()),
    Record(Carriage.TXT, f"adem-token-1={JWS}".encode()),
    Record(Carriage.TXT, f"adem-token={jws_token(jws_endorsement({'key': jwk()}))}".encode()),
    Record(Carriage.TXT, f"adem-key={json.dumps(jwk())}".encode()),
    Record(Carriage.TXT, f"adem-key={encode_base64(SPKI)}".encode()),
    Record(Carriage.TXT, write_text(TOKEN).encode()),
]


@given(st.sampled_from(GOOD), st.data(), st.binary(max_size=3), st.integers(0, 3))
def test_damage_to_a_good_record_raises_nothing(record: Record, data: st.DataObject, put: bytes, cut: int) -> None:
    position = data.draw(st.integers(0, len(record.data)))
    damaged = record.data[:position] + put + record.data[position + cut :]

    decoded = decode_record(Record(record.carriage, damaged))

    assert decoded is None or (decoded.problem is None) == (decoded.token is not None or decoded.keys != ())


@pytest.mark.parametrize(("name", "form"), [("emblem-cwt", Format.CWT), ("adem-token", Format.JWS)])
def test_a_record_with_a_set_name_that_is_none_belongs_to_no_set_and_says_why(name: str, form: Format) -> None:
    decoded = txt(f"{name}-a-b=x")

    assert (decoded.format, decoded.set_name) == (form, "")
    assert decoded.problem == Problem(
        ReasonCode.RECORD_MALFORMED, "set name: found 'a-b', expected printable ASCII without hyphen"
    )


def test_content_that_is_known_is_found_in_another_record_with_the_same_data() -> None:
    known, elsewhere = ihle(TOKEN), Record(Carriage.IHLE, TOKEN, "other.example", IHLE_TYPE)

    assert known.found_in(elsewhere) == decode_record(elsewhere)


LIMIT = f"expected {LARGEST_RECORD} at the most"


@pytest.mark.parametrize(
    ("name", "form", "set_name"),
    [
        ("emblem-cwt", Format.CWT, ""),
        ("emblem-cwt-new", Format.CWT, "new"),
        ("adem-token", Format.JWS, ""),
        ("adem-key-new", Format.JWS, "new"),
    ],
)
def test_a_txt_record_that_is_too_large_belongs_to_its_set_and_says_its_size(
    name: str, form: Format, set_name: str
) -> None:
    data = f"{name}=".encode().ljust(LARGEST_RECORD + 1, b"A")
    record = Record(Carriage.TXT, data, "hospital.example", TXT_TYPE)

    too_large = Problem(ReasonCode.RECORD_TOO_LARGE, f"record: found {LARGEST_RECORD + 1} bytes, {LIMIT}")
    assert decode_record(record) == DecodedRecord(record, form, set_name, problem=too_large)


def test_an_ihle_record_that_is_too_large_says_its_size() -> None:
    decoded = ihle(TOKEN.ljust(LARGEST_RECORD + 2, b"\0"))

    too_large = Problem(ReasonCode.RECORD_TOO_LARGE, f"record: found {LARGEST_RECORD + 2} bytes, {LIMIT}")
    assert decoded == DecodedRecord(decoded.record, Format.CWT, problem=too_large)


@pytest.mark.parametrize(
    ("text", "set_name", "said"),
    [
        ("emblem-cwt=!", "", "emblem-cwt: found '!', expected base64url"),
        ("emblem-cwt-a=!", "a", "emblem-cwt: found '!', expected base64url"),
        (f"emblem-cwt={encode_base64url(bytes.fromhex('d83d00'))}", "", "COSE_Sign1: found"),
        (f"emblem-cwt-a={encode_base64url(bytes.fromhex('a0'))}", "a", "COSE_Key parameter 1 (kty): found null"),
        ("adem-token=x", "", "JWS: found 1 parts"),
        ("adem-token-a=x", "a", "JWS: found 1 parts"),
        ("emblem-cwt-a=gA", "a", "record data: found first byte 0x80, expected a token or a COSE_Key"),
        ("adem-key=x", "", "adem-key: found 'x', expected base64"),
        ("adem-key=\f{}", "", "adem-key: found '\\x0c{}', expected base64"),
        ("adem-key={", "", "JWK: found"),
        ("adem-key-a={}", "a", "JWK member kty: found null"),
    ],
)
def test_what_is_malformed_belongs_to_its_set_and_names_the_field(text: str, set_name: str, said: str) -> None:
    decoded = txt(text)

    assert decoded.problem is not None
    assert decoded.problem.message.startswith(said)
    assert decoded.set_name == set_name
    assert decoded == DecodedRecord(decoded.record, decoded.format, set_name, problem=decoded.problem)


def test_the_emblem_of_the_demonstration_is_kept_with_its_record() -> None:
    value = cbor2.dumps(cbor2.CBORTag(18, [cbor2.dumps({1: -7}), {}, b"payload", b"signature"]))
    data = b"\0\1\0" + (65280).to_bytes(2, "big") + len(value).to_bytes(2, "big") + value
    record = Record(Carriage.HTTPS, data, "hospital.example", 65)

    assert decode_record(record) == DecodedRecord(record, Format.HTTPS, demonstration=decode_demonstration(value))


def test_a_record_is_written_without_a_set_unless_it_is_named() -> None:
    assert write_text(b"\0") == "emblem-cwt=AA"
