"""Tokens of the native format: every rule of header and claims, with a neighbour on each side."""

from __future__ import annotations

import math
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec import cbor, cwt
from emblem.errors import MalformedError
from emblem.keys.algorithms import ALGORITHMS, Algorithm
from emblem.keys.public import identifier_text
from emblem.keys.signing import SoftwareSigner
from emblem.model.asset import NameAsset, UnreadAsset
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.model.token import Constraints, Emblem, Endorsement, Format, LogEntry, UnknownVersion
from tests.codec.builders import (
    ENDORSED,
    EXPIRES,
    ISSUER,
    NOT_BEFORE,
    SIGNER,
    cwt_emblem,
    cwt_endorsement,
    cwt_header,
    cwt_token,
    identifier_bytes,
    refusal,
)

LOG_ID, LEAF_HASH = b"i" * 32, b"h" * 32
COMMITMENT = {"id": LOG_ID, "hash": LEAF_HASH}


def read_emblem(data: bytes) -> Emblem:
    claims = cwt.decode_token(data).claims
    assert isinstance(claims, Emblem)
    return claims


def read_endorsement(data: bytes) -> Endorsement:
    claims = cwt.decode_token(data).claims
    assert isinstance(claims, Endorsement)
    return claims


def refuse(message: str, claims: Any, **parts: Any) -> None:
    with pytest.raises(MalformedError, match=message):
        cwt.decode_token(cwt_token(claims, **parts))


# the whole


def test_an_emblem_is_read() -> None:
    token = cwt.decode_token(cwt_token(cwt_emblem({6: NOT_BEFORE})))

    assert (token.format, token.algorithm) == (Format.CWT, -7)
    assert token.key_identifier == SIGNER.public_key.cose_thumbprint
    assert SIGNER.public_key.verify(token.signature, token.signed)
    assert token.claims == Emblem(
        not_before=NOT_BEFORE,
        expires=EXPIRES,
        issued_at=NOT_BEFORE,
        issuer=Organization.parse(ISSUER),
        assets=(NameAsset("hospital.example", "hospital.example"),),
        purposes=Purpose.PROTECTIVE,
    )


def test_an_endorsement_is_read() -> None:
    token = cwt.decode_token(cwt_token(cwt_endorsement(), header=cwt_header({"log": [COMMITMENT]})))

    assert SIGNER.public_key.verify(token.signature, token.signed)
    assert token.claims == Endorsement(
        not_before=NOT_BEFORE,
        expires=EXPIRES,
        issuer=Organization.parse("https://authority.example"),
        subject=Organization.parse(ISSUER),
        key=ENDORSED.cose_thumbprint,
        may_endorse=True,
        constraints=Constraints(purposes=Purpose.PROTECTIVE | Purpose.INDICATIVE),
        log=(LogEntry(LOG_ID, leaf_hash=LEAF_HASH),),
    )


@pytest.mark.parametrize("tags", [(), (18,), (61,), (18, 61), (61, 61, 18), (61, 18, 18), (61, 17), (61, 98)])
def test_a_token_is_tag_61_around_tag_18(tags: tuple[int, ...]) -> None:
    item = cbor2.loads(cwt_token(cwt_emblem())).value.value
    for number in reversed(tags):
        item = cbor2.CBORTag(number, item)

    with pytest.raises(MalformedError):
        cwt.decode_token(cbor2.dumps(item))


def test_a_token_with_trailing_bytes_is_malformed() -> None:
    with pytest.raises(MalformedError, match="1 bytes after the item"):
        cwt.decode_token(cwt_token(cwt_emblem()) + b"\0")


@pytest.mark.parametrize("part", ["header_bytes", "payload_bytes"])
def test_trailing_bytes_in_header_and_payload_are_malformed(part: str) -> None:
    content = cwt_header() if part == "header_bytes" else cwt_emblem()

    refuse("1 bytes after the item", cwt_emblem(), **{part: cbor2.dumps(content) + b"\0"})


@pytest.mark.parametrize("part", ["header_bytes", "payload_bytes"])
@pytest.mark.parametrize("encoded", [b"", b"\x80", b"\xf6", b"\xbf\xff", b"\xd8\x3d\xa0", b"\xa2\x01\x26\x01\x26"])
def test_header_and_payload_are_each_one_map_without_tags_and_repetitions(part: str, encoded: bytes) -> None:
    field = "protected header" if part == "header_bytes" else "payload"

    refuse(f"^{field}: found", cwt_emblem(), **{part: encoded})


@pytest.mark.parametrize("unprotected", [{4: b""}, {1: -7}, {"log": []}, {33: b""}])
def test_the_unprotected_header_must_be_empty(unprotected: dict[Any, Any]) -> None:
    refuse("^unprotected header: found label .*, expected nothing", cwt_emblem(), unprotected=unprotected)


def test_a_control_character_in_a_label_does_not_reach_the_message() -> None:
    refuse(
        r"^unprotected header: found label '\\x1b\[2J\\n', expected",
        cwt_emblem(),
        unprotected={"\x1b[2J\n": 0},
    )


def test_longer_encodings_than_needed_and_unsorted_keys_are_accepted() -> None:
    kid = cwt_header()[4]
    header = b"\xa2" + b"\x04\x58\x20" + kid + b"\x18\x01\x39\x00\x06"

    assert cwt.decode_token(cwt_token(cwt_emblem(), header_bytes=header)).algorithm == -7


# protected header


@pytest.mark.parametrize("algorithm", [-7, -9, -8, -36, -47, -48, 5, 0, "ES256", "none", "other"])
def test_any_integer_or_text_is_an_algorithm(algorithm: int | str) -> None:
    assert cwt.decode_token(cwt_token(cwt_emblem(), header=cwt_header({1: algorithm}))).algorithm == algorithm


@pytest.mark.parametrize("algorithm", [None, b"ES256", -7.0, [-7], True])
def test_anything_else_is_no_algorithm(algorithm: object) -> None:
    refuse(r"^protected header alg \(1\): found", cwt_emblem(), header=cwt_header({1: algorithm}))


def test_a_missing_algorithm_is_malformed() -> None:
    refuse(r"^protected header alg \(1\): found null", cwt_emblem(), header=cwt_header(without=[1]))
    refuse(r"^protected header alg \(1\): found null", cwt_emblem(), header={})


@pytest.mark.parametrize("kid", [None, b"", bytes(31), bytes(33), "a" * 52, "a" * 32, 1])
def test_a_key_identifier_is_32_bytes(kid: object) -> None:
    refuse(
        r"^protected header kid \(4\): found .*, expected 32 bytes$",
        cwt_emblem(),
        header=cwt_header({4: kid}),
    )


@pytest.mark.parametrize("media_type", ["application/adem+cwt", "Application/adem", "adem", "", 60, None, b""])
def test_any_other_type_is_malformed(media_type: object) -> None:
    refuse(r"^protected header typ \(16\): found", cwt_emblem(), header=cwt_header({16: media_type}))


def test_the_type_may_be_left_out() -> None:
    read_emblem(cwt_token(cwt_emblem(), header=cwt_header(without=[16])))


@pytest.mark.parametrize("critical", [[1], [4], [16], [1, 4, 16], [4, 4]])
def test_critical_labels_that_we_understand_are_accepted(critical: list[Any]) -> None:
    read_emblem(cwt_token(cwt_emblem(), header=cwt_header({2: critical})))


def test_a_critical_log_is_understood() -> None:
    header = cwt_header({2: ["log"], "log": [COMMITMENT]})

    assert read_endorsement(cwt_token(cwt_endorsement(), header=header)).log is not None


@pytest.mark.parametrize("critical", [[], None, 1, {}, {1: 1}, "log", b"\x01"])
def test_critical_labels_are_a_non_empty_array(critical: object) -> None:
    refuse(r"^protected header crit \(2\): .* non-empty array", cwt_emblem(), header=cwt_header({2: critical}))


@pytest.mark.parametrize("label", [2, 3, 15, 34, "other", b"log", True, 1.0, None, [1], {}])
def test_a_critical_label_that_we_do_not_understand_is_malformed(label: object) -> None:
    refuse(r"^protected header crit \(2\): ", cwt_emblem(), header=cwt_header({2: [1, label], 34: 0, "other": 0}))


@pytest.mark.parametrize("label", [16, "log"])
def test_a_critical_label_that_is_absent_is_malformed(label: int | str) -> None:
    header = cwt_header({2: [label]}, without=[16])

    refuse(r"^protected header crit \(2\): .* present in the header", cwt_endorsement(), header=header)


@pytest.mark.parametrize("label", [3, 15, 33, 258, -1, "other"])
def test_unknown_labels_that_are_not_critical_are_ignored(label: int | str) -> None:
    read_emblem(cwt_token(cwt_emblem(), header=cwt_header({label: [1, {}]})))


# version


@pytest.mark.parametrize("version", [0, 2, 3, 255])
def test_a_version_that_we_do_not_know_keeps_its_times(version: int) -> None:
    claims = cwt.decode_token(cwt_token(cwt_emblem({"ver": version}))).claims

    assert claims == UnknownVersion(str(version), NOT_BEFORE, EXPIRES)


@pytest.mark.parametrize("date", ["soon", None, math.inf, True, [1]])
def test_a_version_that_we_do_not_know_may_have_times_that_we_cannot_read(date: object) -> None:
    claims = cwt.decode_token(cwt_token({"ver": 2, 4: date, 3: "other", b"x": 1})).claims

    assert claims == UnknownVersion("2", None, None)


@pytest.mark.parametrize("version", [-1, 256, 2**64 - 1, 1.0, True, False, None, "1", "v1", b"\x01", [1]])
def test_any_other_version_is_malformed(version: object) -> None:
    refuse("^claim ver: found .*, expected an unsigned integer up to 255$", cwt_emblem({"ver": version}))


def test_a_missing_version_is_malformed() -> None:
    refuse("^claim ver: found null", cwt_emblem(without=["ver"]))


# kinds of claims


@pytest.mark.parametrize("key", [0, 3, 7, 8, 38, -1, -65537, 1.0, 1.5, False, None, b"prp", (1,)])
def test_claim_keys_are_texts_or_the_integers_of_the_table(key: object) -> None:
    without = [1] if key == 1.0 else []

    refuse("^claim key: found", cwt_emblem({"x": 0}, without=without) | {key: 0})


@pytest.mark.parametrize("claims", [cwt_emblem, cwt_endorsement])
@pytest.mark.parametrize("key", ["", "aud", "other", "emb", "Ver"])
def test_unknown_text_claims_are_ignored(claims: Any, key: str) -> None:
    assert cwt.decode_token(cwt_token(claims({key: {"a": [1]}}))).claims == cwt.decode_token(cwt_token(claims())).claims


@pytest.mark.parametrize(
    "claims",
    [
        cwt_emblem(without=["assets"]),
        cwt_endorsement({"assets": ["hospital.example"]}),
        cwt_emblem({"key": bytes(32)}),
        cwt_emblem({"end": True}),
        cwt_endorsement(without=["key"]),
        cwt_endorsement(without=["end"]),
        cwt_endorsement({"assets": None}),
    ],
)
def test_a_token_is_either_an_emblem_or_an_endorsement(claims: dict[Any, Any]) -> None:
    refuse(r"^claims: found .*, expected either assets \(an emblem\) or key and end", claims)


def test_an_emblem_with_a_subject_is_malformed() -> None:
    refuse(r"^claim sub \(2\): found .*, expected none in an emblem$", cwt_emblem({2: ISSUER}))


def test_an_emblem_with_a_log_is_malformed_wherever_it_stands() -> None:
    refuse("^log: found .*, expected none in an emblem$", cwt_emblem({"log": [COMMITMENT]}))
    refuse("^log: found .*, expected none in an emblem$", cwt_emblem(), header=cwt_header({"log": [COMMITMENT]}))


# dates


@pytest.mark.parametrize("key", [4, 5, 6])
@pytest.mark.parametrize("date", [0, -1, -(2**64), 2**64 - 1, 1.5, -1.5, 1e308, 5e-324])
def test_a_date_is_an_integer_or_a_finite_float(key: int, date: float) -> None:
    claims = read_emblem(cwt_token(cwt_emblem({key: date})))

    assert {4: claims.expires, 5: claims.not_before, 6: claims.issued_at}[key] == date


@pytest.mark.parametrize("claims", [cwt_emblem, cwt_endorsement])
@pytest.mark.parametrize(("key", "name"), [(4, "exp"), (5, "nbf"), (6, "iat")])
@pytest.mark.parametrize("date", [math.nan, math.inf, -math.inf, True, None, "1790000000", b"", [1], {}])
def test_anything_else_is_no_date(claims: Any, key: int, name: str, date: object) -> None:
    refuse(rf"^claim {name} \({key}\): found .*, expected a number of seconds", claims({key: date}))


@pytest.mark.parametrize("claims", [cwt_emblem, cwt_endorsement])
@pytest.mark.parametrize(
    "date", ["c1 1a6ab13b80", "c2 49010000000000000000", "c0 74323032362d30362d31375430303a31303a30305a"]
)
def test_a_tagged_date_is_malformed(claims: Any, date: str) -> None:
    encoded = cbor2.dumps(claims(without=[4]))
    payload = bytes([encoded[0] + 1]) + encoded[1:] + b"\x04" + bytes.fromhex(date)

    refuse("^payload: found a tag", None, payload_bytes=payload)


@pytest.mark.parametrize("claims", [cwt_emblem, cwt_endorsement])
@pytest.mark.parametrize(("key", "name"), [(4, "exp"), (5, "nbf")])
def test_expiry_and_start_are_required(claims: Any, key: int, name: str) -> None:
    refuse(rf"^claim {name} \({key}\): found nothing", claims(without=[key]))


def test_an_expiry_before_the_start_is_no_matter_of_form() -> None:
    read_emblem(cwt_token(cwt_emblem({4: 1, 5: 2})))


# organizations


def test_an_issuer_may_be_absent() -> None:
    assert read_emblem(cwt_token(cwt_emblem(without=[1]))).issuer is None
    assert read_endorsement(cwt_token(cwt_endorsement(without=[1, 2]))).subject is None


@pytest.mark.parametrize("value", ["", "redcross.example", "https://redcross.example/", "https://Redcross.example"])
@pytest.mark.parametrize(("key", "name"), [(1, "iss"), (2, "sub")])
def test_an_issuer_and_a_subject_are_organization_identifiers(key: int, name: str, value: str) -> None:
    refuse(rf"^claim {name} \({key}\): found .*, expected https:// and", cwt_endorsement({key: value}))


@pytest.mark.parametrize("value", [None, b"https://redcross.example", 1, ["https://redcross.example"]])
@pytest.mark.parametrize(("key", "name"), [(1, "iss"), (2, "sub")])
def test_an_issuer_and_a_subject_are_texts(key: int, name: str, value: object) -> None:
    refuse(
        rf"^claim {name} \({key}\): found .*, expected an organization identifier",
        cwt_endorsement({key: value}),
    )


# purposes


@pytest.mark.parametrize("claims", [cwt_emblem, cwt_endorsement])
@pytest.mark.parametrize("purposes", [1, 2, 3, 16, 31])
def test_purposes_are_a_bitmap(claims: Any, purposes: int) -> None:
    read = cwt.decode_token(cwt_token(claims({"prp": purposes}))).claims

    assert isinstance(read, Emblem | Endorsement)
    assert (read.purposes if isinstance(read, Emblem) else read.constraints.purposes) == Purpose(purposes)


@pytest.mark.parametrize("claims", [cwt_emblem, cwt_endorsement])
@pytest.mark.parametrize("purposes", [0, 32, 33, -1, 1.0, True, None, "protective", ["protective"], b"\x01"])
def test_any_other_purposes_are_malformed(claims: Any, purposes: object) -> None:
    refuse("^claim prp: found .*, expected an unsigned integer from 1 to 31$", claims({"prp": purposes}))


@pytest.mark.parametrize("claims", [cwt_emblem, cwt_endorsement])
def test_purposes_are_required(claims: Any) -> None:
    refuse("^claim prp: found null", claims(without=["prp"]))


# assets


def test_assets_are_names_in_normal_form_with_their_text_kept() -> None:
    claims = read_emblem(cwt_token(cwt_emblem({"assets": ["Hospital.Example.", "bücher.example"]})))

    assert claims.assets == (
        NameAsset("Hospital.Example.", "hospital.example"),
        NameAsset("bücher.example", "xn--bcher-kva.example"),
    )


@pytest.mark.parametrize("entry", ["", "*.example", "[2001:db8::1]", "two words", "https://hospital.example"])
def test_an_entry_that_is_no_name_does_not_spoil_the_token(entry: str) -> None:
    claims = read_emblem(cwt_token(cwt_emblem({"assets": [entry, "hospital.example"]})))

    assert claims.assets == (UnreadAsset(entry), NameAsset("hospital.example", "hospital.example"))


@pytest.mark.parametrize("assets", [[], None, "hospital.example", [b"hospital.example"], ["a.example", 1], {}, 1])
def test_assets_are_a_non_empty_array_of_texts(assets: object) -> None:
    refuse("^claim assets: found .*, expected a non-empty array of texts$", cwt_emblem({"assets": assets}))


# sign


@pytest.mark.parametrize("sign", Sign)
def test_a_sign_is_read(sign: Sign) -> None:
    claims = read_emblem(cwt_token(cwt_emblem({"sign": sign.value})))

    assert (claims.sign, claims.sign_text) == (sign, None)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("red-lion", "the text 'red-lion'"),
        ("Red-Cross", "the text 'Red-Cross'"),
        (1, "the number 1"),
        (None, "null"),
    ],
)
def test_a_sign_that_we_do_not_know_is_kept_as_written(value: object, text: str) -> None:
    claims = read_emblem(cwt_token(cwt_emblem({"sign": value})))

    assert (claims.sign, claims.sign_text) == (None, text)


def test_no_sign_is_no_sign() -> None:
    claims = read_emblem(cwt_token(cwt_emblem()))

    assert (claims.sign, claims.sign_text) == (None, None)


def test_a_sign_in_an_endorsement_is_ignored() -> None:
    assert read_endorsement(cwt_token(cwt_endorsement({"sign": 1}))) == read_endorsement(cwt_token(cwt_endorsement()))


# endorsed key and right to endorse


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), "a" * 52, None, {1: 2}])
def test_an_endorsed_key_is_an_identifier_of_32_bytes(key: object) -> None:
    refuse("^claim key: found .*, expected a key identifier of 32 bytes$", cwt_endorsement({"key": key}))


@pytest.mark.parametrize("may_endorse", [True, False])
def test_the_right_to_endorse_is_a_boolean(may_endorse: bool) -> None:
    assert read_endorsement(cwt_token(cwt_endorsement({"end": may_endorse}))).may_endorse is may_endorse


@pytest.mark.parametrize("value", [0, 1, None, "true", b"\x01", []])
def test_anything_else_is_no_right_to_endorse(value: object) -> None:
    refuse("^claim end: found .*, expected true or false$", cwt_endorsement({"end": value}))


# log


@pytest.mark.parametrize("place", ["claims", "header"])
@pytest.mark.parametrize(
    ("entry", "read"),
    [
        (COMMITMENT, LogEntry(LOG_ID, leaf_hash=LEAF_HASH)),
        ({"id": LOG_ID, "index": 0}, LogEntry(LOG_ID, index=0)),
        ({"index": 2**64 - 1, "id": LOG_ID}, LogEntry(LOG_ID, index=2**64 - 1)),
    ],
)
def test_a_log_is_read_from_the_header_or_the_claims(place: str, entry: dict[str, Any], read: LogEntry) -> None:
    in_claims = {"log": [entry, entry]} if place == "claims" else {}
    in_header = {"log": [entry, entry]} if place == "header" else {}

    assert read_endorsement(cwt_token(cwt_endorsement(in_claims), header=cwt_header(in_header))).log == (
        read,
        read,
    )


def test_an_endorsement_without_a_log_names_no_commitment() -> None:
    assert read_endorsement(cwt_token(cwt_endorsement())).log is None


def test_a_log_in_both_places_is_malformed() -> None:
    log = {"log": [COMMITMENT]}

    refuse(
        "^log: found one as claim and one in the protected header",
        cwt_endorsement(log),
        header=cwt_header(log),
    )


@pytest.mark.parametrize("place", ["claims", "header"])
@pytest.mark.parametrize("log", [[], None, {}, COMMITMENT, "log", 1])
def test_a_log_is_a_non_empty_array(place: str, log: object) -> None:
    in_claims, in_header = ({"log": log}, {}) if place == "claims" else ({}, {"log": log})

    refuse(
        "^log: found .*, expected a non-empty array$",
        cwt_endorsement(in_claims),
        header=cwt_header(in_header),
    )


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        {},
        {"id": LOG_ID},
        {"hash": LEAF_HASH},
        {"id": LOG_ID, "hash": LEAF_HASH, "index": 1},
        {"id": LOG_ID, "hash": LEAF_HASH, "other": 1},
        {"id": LOG_ID, "index": 1, 1: 1},
        {"id": LOG_ID[1:], "hash": LEAF_HASH},
        {"id": "i" * 32, "hash": LEAF_HASH},
        {"id": LOG_ID, "hash": LEAF_HASH[1:]},
        {"id": LOG_ID, "hash": "h" * 32},
        {"id": LOG_ID, "index": -1},
        {"id": LOG_ID, "index": 1.0},
        {"id": LOG_ID, "index": True},
        {"id": LOG_ID, "index": b"\x01"},
        {"id": LOG_ID, "index": 1, "\x1b\n": 1},
    ],
)
def test_a_log_entry_is_an_id_and_either_a_hash_or_an_index(entry: object) -> None:
    with pytest.raises(MalformedError, match=r"^log entry") as caught:
        cwt.decode_token(cwt_token(cwt_endorsement({"log": [COMMITMENT, entry]})))

    assert str(caught.value).isprintable()


# writing


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_a_token_is_signed_in_the_algorithm_of_its_key(algorithm: Algorithm) -> None:
    signer = SoftwareSigner.generate(algorithm)

    token = cwt.decode_token(cwt.sign_token(read_emblem(cwt_token(cwt_emblem())), signer))

    assert token.algorithm == algorithm.cose
    assert token.key_identifier == signer.public_key.cose_thumbprint
    assert signer.public_key.verify(token.signature, token.signed)


def test_the_same_claims_always_give_the_same_token() -> None:
    claims = read_emblem(cwt_token(cwt_emblem()))

    assert cwt.sign_token(claims, SIGNER) == cwt.sign_token(claims, SIGNER)


def test_a_token_is_written_in_deterministic_cbor() -> None:
    data = cwt.sign_token(read_endorsement(cwt_token(cwt_endorsement())), SIGNER)

    outer = cbor2.loads(data)
    protected, unprotected, payload, _ = outer.value.value
    assert cbor2.dumps(outer, canonical=True) == data
    for part in (protected, payload):
        assert cbor2.dumps(cbor2.loads(part), canonical=True) == part
    assert unprotected == {}


def test_the_header_has_algorithm_key_identifier_and_type() -> None:
    data = cwt.sign_token(read_emblem(cwt_token(cwt_emblem())), SIGNER)

    assert cbor2.loads(cbor2.loads(data).value.value[0]) == cwt_header()


def test_the_log_is_written_into_the_header() -> None:
    claims = read_endorsement(cwt_token(cwt_endorsement({"log": [COMMITMENT]})))

    protected, _, payload, _ = cbor2.loads(cwt.sign_token(claims, SIGNER)).value.value

    assert cbor2.loads(protected)["log"] == [COMMITMENT]
    assert "log" not in cbor2.loads(payload)


NAME = NameAsset("hospital.example", "hospital.example")
IDENTIFIER = identifier_text(identifier_bytes(ENDORSED))


@pytest.mark.parametrize(
    "claims",
    [
        Emblem(not_before=1, expires=2, assets=(NAME,)),
        Emblem(not_before=1, expires=2, assets=(), purposes=Purpose(1)),
        Emblem(not_before=1, expires=2, assets=(NAME,), purposes=Purpose(32)),
        Emblem(not_before=math.nan, expires=2, assets=(NAME,), purposes=Purpose(1)),
        Emblem(not_before=1, expires=math.inf, assets=(NAME,), purposes=Purpose(1)),
        Emblem(not_before=1, expires=2**64, assets=(NAME,), purposes=Purpose(1)),
        Emblem(not_before=1, expires=2, assets=(NAME,), purposes=Purpose(1), channels=frozenset({"dns"})),
        Emblem(not_before=1, expires=2, assets=(NAME,), purposes=Purpose(1), sign_text="red-lion"),
        Emblem(not_before=1, expires=2, assets=(NAME,), purposes=Purpose(1), issuer=Organization("a")),
        Emblem(
            not_before=1,
            expires=2,
            assets=(NameAsset("*.example", "example", wildcard=True),),
            purposes=Purpose(1),
        ),
        Endorsement(not_before=1, expires=2, key=IDENTIFIER, may_endorse=True),
        Endorsement(not_before=1, expires=2, key="short", may_endorse=True, constraints=Constraints(Purpose(1))),
        Endorsement(not_before=1, expires=2, key="a" * 51 + "b", may_endorse=True, constraints=Constraints(Purpose(1))),
        Endorsement(
            not_before=1,
            expires=2,
            key=IDENTIFIER,
            may_endorse=True,
            constraints=Constraints(Purpose(1), window=1),
        ),
        Endorsement(
            not_before=1,
            expires=2,
            key=IDENTIFIER,
            may_endorse=True,
            constraints=Constraints(Purpose(1)),
            log=(),
        ),
        Endorsement(
            not_before=1,
            expires=2,
            key=IDENTIFIER,
            may_endorse=True,
            constraints=Constraints(Purpose(1)),
            log=(LogEntry(b"short", index=1),),
        ),
    ],
)
def test_claims_that_the_format_cannot_express_are_not_signed(claims: Emblem | Endorsement) -> None:
    with pytest.raises(MalformedError):
        cwt.sign_token(claims, SIGNER)


def test_an_endorsement_with_everything_is_read_as_it_was_signed() -> None:
    logs = (LogEntry(bytes(32), index=2**64 - 1), LogEntry(bytes(range(32)), leaf_hash=bytes(32)))
    claims = Endorsement(
        not_before=1,
        expires=2.5,
        issued_at=3,
        issuer=Organization.parse("https://relief.example"),
        subject=Organization.parse("https://other.example"),
        key=IDENTIFIER,
        may_endorse=False,
        constraints=Constraints(purposes=Purpose(31)),
        log=logs,
    )

    assert cwt.decode_token(cwt.sign_token(claims, SIGNER)).claims == claims


# the usual encoding, which is read without the general decoder


def in_general(data: bytes) -> bytes:
    """The same token with its first tag encoded in an unusual width, so that the general decoder reads it."""
    assert data.startswith(b"\xd8\x3d")
    return b"\xd9\x00\x3d" + data[2:]


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.name)
def test_of_a_token_as_we_write_it_only_the_claims_are_left_to_the_general_decoder(
    algorithm: Algorithm, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = cwt.sign_token(read_emblem(cwt_token(cwt_emblem())), SoftwareSigner.generate(algorithm))
    general, decoded = cbor.decode, list[str]()

    def decode(field: str, item: bytes) -> Any:
        decoded.append(field)
        return general(field, item)

    monkeypatch.setattr(cbor, "decode", decode)

    cwt.decode_token(data)

    assert decoded == ["payload"]


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.name)
@pytest.mark.parametrize("changes", [{}, {2: ["log"], "log": [COMMITMENT]}, {2: [4]}, {99: 1}], ids=str)
def test_a_token_in_the_usual_encoding_is_read_like_any_other(algorithm: Algorithm, changes: dict[Any, Any]) -> None:
    data = cwt_token(cwt_endorsement(), header=cwt_header({1: algorithm.cose, **changes}))

    assert cwt.decode_token(data) == cwt.decode_token(in_general(data))


@given(st.booleans(), st.data())
def test_a_damaged_token_is_read_as_the_general_decoder_reads_it(marks: bool, data: st.DataObject) -> None:
    whole = bytearray(cwt_token(cwt_emblem() if marks else cwt_endorsement()))
    for _ in range(data.draw(st.integers(1, 2))):
        whole[data.draw(st.integers(2, len(whole) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(whole)

    refused = refusal(cwt.decode_token, in_general(damaged))

    assert str(refusal(cwt.decode_token, damaged)) == str(refused)
    assert refused is not None or cwt.decode_token(damaged) == cwt.decode_token(in_general(damaged))


@pytest.mark.parametrize("count", [1, 2, 8])
def test_certificates_are_read_as_they_were_written(count: int) -> None:
    certificates = tuple(bytes([number]) for number in range(1, count + 1))
    token = cwt.sign_token(read_emblem(cwt_token(cwt_emblem())), SIGNER, certificates)

    assert cwt.decode_token(token).certificates == certificates


def test_no_more_certificates_are_written_than_are_read() -> None:
    with pytest.raises(MalformedError, match="certificates: found 9, expected 8 at the most"):
        cwt.sign_token(read_emblem(cwt_token(cwt_emblem())), SIGNER, (b"certificate",) * 9)


@pytest.mark.parametrize("value", [b"", [], [b"one"], [b"one", b""], [b"one", "two"], [b"x"] * 9, "x", 1, None, {}])
def test_what_is_no_chain_of_certificates_is_read_as_an_empty_one(value: object) -> None:
    assert cwt.decode_token(cwt_token(cwt_emblem(), header=cwt_header({33: value}))).certificates == ()


def test_a_token_without_the_header_has_no_certificates() -> None:
    assert cwt.decode_token(cwt_token(cwt_emblem())).certificates is None


def test_certificates_that_are_critical_must_be_some() -> None:
    good = cwt_token(cwt_emblem(), header=cwt_header({2: [33], 33: b"certificate"}))

    assert cwt.decode_token(good).certificates == (b"certificate",)
    refuse(r"^protected header x5chain \(33\): ", cwt_emblem(), header=cwt_header({2: [33], 33: []}))


def test_critical_certificates_that_are_none_are_malformed_and_said() -> None:
    refuse(
        r"^protected header x5chain \(33\): found the number 7, expected certificates, since it is critical$",
        cwt_emblem(),
        header=cwt_header({2: [33], 33: 7}),
    )


def test_bytes_that_are_no_item_are_said_to_be_no_token() -> None:
    with pytest.raises(MalformedError, match=r"^token: found 1 bytes after the item"):
        cwt.decode_token(cwt_token(cwt_emblem()) + b"\0")


def test_the_sign_is_written_as_a_claim() -> None:
    emblem = Emblem(0, 1, (NameAsset("a.example", "a.example"),), purposes=Purpose.PROTECTIVE, sign=Sign.RED_CRYSTAL)

    token = cbor2.loads(cwt.sign_token(emblem, SIGNER))

    assert cbor2.loads(token.value.value[2])["sign"] == "red-crystal"
