"""JWS tokens: every rule of header and claims, with a neighbour on each side."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from emblem.codec import jws
from emblem.codec.assets import read_jws_asset
from emblem.codec.base64 import decode_base64url, encode_base64url
from emblem.errors import MalformedError
from emblem.keys.algorithms import ALGORITHMS, Algorithm, KeyKind
from emblem.keys.public import PublicKey, UnknownKey
from emblem.keys.signing import SoftwareSigner
from emblem.model.asset import NameAsset, NetworkAsset, UnreadAsset
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.token import Constraints, Emblem, Endorsement, Format, LogEntry, UnknownVersion
from tests.codec.builders import (
    ENDORSED,
    EXPIRES,
    ISSUER,
    NOT_BEFORE,
    SIGNER,
    jwk,
    jws_emblem,
    jws_endorsement,
    jws_header,
    jws_token,
    signer_on,
)

LOG_ID, LEAF_HASH = b"i" * 32, b"h" * 32
LOG_ID_TEXT, LEAF_HASH_TEXT = b64encode(LOG_ID).decode(), b64encode(LEAF_HASH).decode()
COMMITMENT = {"ver": "v1", "id": LOG_ID_TEXT, "hash": LEAF_HASH_TEXT}
NAME = NameAsset("hospital.example", "hospital.example")


def read_emblem(text: str) -> Emblem:
    claims = jws.decode_token(text)[0].claims
    assert isinstance(claims, Emblem)
    return claims


def read_endorsement(text: str) -> Endorsement:
    claims = jws.decode_token(text)[0].claims
    assert isinstance(claims, Endorsement)
    return claims


def refuse(message: str, claims: Any, header: Any = None) -> None:
    with pytest.raises(MalformedError, match=message):
        jws.decode_token(jws_token(claims, header))


# the whole


def test_an_emblem_is_read() -> None:
    token, keys = jws.decode_token(jws_token(jws_emblem()))

    assert (token.format, token.algorithm, keys) == (Format.JWS, "ES256", ())
    assert token.key_identifier == SIGNER.public_key.jwk_thumbprint
    assert SIGNER.public_key.verify(token.signature, token.signed)
    assert token.claims == Emblem(
        not_before=NOT_BEFORE,
        expires=EXPIRES,
        issued_at=NOT_BEFORE,
        issuer=Organization.parse(ISSUER),
        assets=(NAME,),
        purposes=Purpose.PROTECTIVE,
        channels=frozenset({"dns"}),
    )


def test_an_endorsement_is_read() -> None:
    constraints = {"prp": ["indicative"], "assets": ["*.example"], "dst": ["dns"], "wnd": 172800}
    token, _ = jws.decode_token(jws_token(jws_endorsement({"emb": constraints, "log": [COMMITMENT]})))

    assert SIGNER.public_key.verify(token.signature, token.signed)
    assert token.claims == Endorsement(
        not_before=NOT_BEFORE,
        expires=EXPIRES,
        issuer=Organization.parse("https://authority.example"),
        subject=Organization.parse(ISSUER),
        key=ENDORSED.jwk_thumbprint,
        may_endorse=True,
        constraints=Constraints(
            purposes=Purpose.INDICATIVE,
            assets=(NameAsset("*.example", "example", wildcard=True),),
            channels=frozenset({"dns"}),
            window=172800,
        ),
        log=(LogEntry(LOG_ID, leaf_hash=LEAF_HASH),),
    )


@pytest.mark.parametrize("text", ["", ".", "a.b", "a.b.c.d", "a.b.c.d.e", "adem"])
def test_a_token_has_three_parts(text: str) -> None:
    with pytest.raises(MalformedError, match=r"^JWS: found . parts, expected three"):
        jws.decode_token(text)


@pytest.mark.parametrize("part", [0, 1, 2])
@pytest.mark.parametrize("change", ["=", "\n", "+", "!", "ä"])
def test_every_part_is_strict_base64url(part: int, change: str) -> None:
    parts = jws_token(jws_emblem()).split(".")
    parts[part] += change

    with pytest.raises(MalformedError, match=r"^JWS (header|payload|signature): found .* base64url"):
        jws.decode_token(".".join(parts))


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'{"a":1,"a":1}', b'{"a":NaN}', b"{}{}", b"\xff"])
def test_header_and_payload_are_each_one_strict_object(content: bytes) -> None:
    refuse(r"^JWS header: found", jws_emblem(), content)
    refuse(r"^JWS payload: found", content, jws_header())


def test_a_token_without_a_signature_is_read_and_does_not_verify() -> None:
    text = jws_token(jws_emblem()).rpartition(".")[0] + "."

    token, _ = jws.decode_token(text)

    assert not SIGNER.public_key.verify(token.signature, token.signed)


# header


@pytest.mark.parametrize("algorithm", ["ES256", "ES512", "EdDSA", "Ed25519", "none", "HS256", "RS256", "other", ""])
def test_any_text_is_an_algorithm(algorithm: str) -> None:
    text = jws_token(jws_emblem(), jws_header(changes={"alg": algorithm}))

    assert jws.decode_token(text)[0].algorithm == algorithm


@pytest.mark.parametrize("algorithm", [None, -7, True, ["ES256"], {}])
def test_anything_else_is_no_algorithm(algorithm: object) -> None:
    refuse(r"^JWS header alg: found", jws_emblem(), jws_header(changes={"alg": algorithm}))


def test_a_missing_algorithm_is_malformed() -> None:
    refuse(r"^JWS header alg: found null", jws_emblem(), jws_header(without=["alg"]))


@pytest.mark.parametrize("critical", [[], ["alg"], ["b64"], None, "exp", {}])
def test_critical_members_are_refused_whatever_they_are(critical: object) -> None:
    refuse(r"^JWS header crit: .* no extension is understood$", jws_emblem(), jws_header(changes={"crit": critical}))


@pytest.mark.parametrize("extra", [{"typ": "JWT"}, {"typ": 1}, {"x5c": []}, {"other": {"a": 1}}])
def test_the_type_and_other_members_are_ignored(extra: dict[str, Any]) -> None:
    read_emblem(jws_token(jws_emblem(), jws_header(changes=extra)))


@pytest.mark.parametrize("kind", ["", "adem", "ADEM-EMB", "adem-emb ", None, 1, ["adem-emb"], {}])
def test_the_content_type_names_an_emblem_or_an_endorsement(kind: object) -> None:
    refuse(r"^JWS header cty: .* expected adem-emb or adem-end$", jws_emblem(), jws_header(changes={"cty": kind}))


def test_a_missing_content_type_is_malformed() -> None:
    refuse(r"^JWS header cty: found null", jws_emblem(), jws_header(without=["cty"]))


def test_the_content_type_decides_the_kind_and_claims_of_the_other_kind_are_ignored() -> None:
    claims: dict[str, Any] = {**jws_endorsement(), **jws_emblem()}

    assert read_emblem(jws_token(claims, jws_header("adem-emb"))) == read_emblem(jws_token(jws_emblem()))
    endorsement = read_endorsement(jws_token(claims, jws_header("adem-end")))
    assert endorsement.key == ENDORSED.jwk_thumbprint
    ignored: dict[str, Any] = {"key": 1, "end": 1, "sub": 1, "log": 1}
    assert read_emblem(jws_token(jws_emblem(ignored), jws_header("adem-emb")))
    assert read_endorsement(jws_token(jws_endorsement({"assets": 1, "bearers": 1})))


IDENTIFIER = SIGNER.public_key.jwk_thumbprint


@pytest.mark.parametrize(
    "kid", [None, 1, "", IDENTIFIER[:-1], IDENTIFIER + "a", IDENTIFIER.upper(), "1" + IDENTIFIER[1:], [IDENTIFIER]]
)
def test_a_key_identifier_is_52_characters_of_lower_case_base32(kid: object) -> None:
    refuse(r"^JWS header kid: .* 52 characters of lower-case base32$", jws_emblem(), jws_header(changes={"kid": kid}))


def test_a_header_without_key_and_identifier_is_malformed() -> None:
    refuse(r"^JWS header: found neither kid nor jwk, expected one of them$", jws_emblem(), jws_header(without=["kid"]))


@pytest.mark.parametrize("without", [[], ["kid"]])
def test_a_key_in_the_header_is_identified_by_what_it_is(without: list[str]) -> None:
    token, keys = jws.decode_token(jws_token(jws_emblem(), jws_header(changes={"jwk": jwk()}, without=without)))

    assert keys == (SIGNER.public_key,)
    assert token.key_identifier == IDENTIFIER


def test_a_key_and_an_identifier_that_disagree_are_malformed() -> None:
    header = jws_header(changes={"jwk": jwk(), "kid": ENDORSED.jwk_thumbprint})

    refuse(rf"^JWS header kid: .* expected the identifier of its jwk, {IDENTIFIER}$", jws_emblem(), header)


@pytest.mark.parametrize("key", [None, [], "key", {}, jwk(without=["alg"]), jwk({"d": "AA"}), jwk({"x": "AA"})])
def test_a_malformed_key_in_the_header_makes_the_token_malformed(key: object) -> None:
    refuse(r"^(JWS header jwk|JWK member|key parameter)", jws_emblem(), jws_header(changes={"jwk": key}))


def test_a_key_in_an_unknown_algorithm_is_handed_on_as_such() -> None:
    header = jws_header(changes={"jwk": jwk({"alg": "ES256K"}), "alg": "ES256K"}, without=["kid"])

    token, keys = jws.decode_token(jws_token(jws_emblem(), header))

    assert keys == (UnknownKey(IDENTIFIER, "ES256K"),)
    assert token.key_identifier == IDENTIFIER


@pytest.mark.parametrize(("without", "identifier"), [(["kid"], None), ([], IDENTIFIER)])
def test_a_key_of_an_unknown_type_has_no_identifier_but_the_one_that_is_written(
    without: list[str], identifier: str | None
) -> None:
    header = jws_header(changes={"jwk": {"kty": "other", "alg": "ML-DSA-44", "pub": ""}}, without=without)

    token, keys = jws.decode_token(jws_token(jws_emblem(), header))

    assert (token.key_identifier, keys) == (identifier, ())


# version


@pytest.mark.parametrize("version", ["", "v0", "v2", "V1", "1"])
@pytest.mark.parametrize("kind", ["adem-emb", "adem-end"])
def test_a_version_that_we_do_not_know_keeps_its_times(version: str, kind: str) -> None:
    claims = jws.decode_token(jws_token(jws_emblem({"ver": version}), jws_header(kind)))[0].claims

    assert claims == UnknownVersion(version, NOT_BEFORE, EXPIRES)


def test_a_version_that_we_do_not_know_may_have_times_that_we_cannot_read() -> None:
    claims = jws.decode_token(jws_token({"ver": "v2", "exp": "soon"}, jws_header()))[0].claims

    assert claims == UnknownVersion("v2", None, None)


@pytest.mark.parametrize("version", [1, None, True, ["v1"], {}])
def test_a_version_that_is_no_text_is_malformed(version: object) -> None:
    refuse(r"^claim ver: found", jws_emblem({"ver": version}))


def test_a_missing_version_is_malformed() -> None:
    refuse(r"^claim ver: found null", jws_emblem(without=["ver"]))


# dates and organizations


@pytest.mark.parametrize("name", ["nbf", "exp", "iat"])
@pytest.mark.parametrize("date", [0, -1, 1.5, 10**40, 1e308])
def test_a_date_is_an_integer_or_a_finite_number(name: str, date: float) -> None:
    claims = read_emblem(jws_token(jws_emblem({name: date})))

    assert {"nbf": claims.not_before, "exp": claims.expires, "iat": claims.issued_at}[name] == date


@pytest.mark.parametrize("claims", [jws_emblem, jws_endorsement])
@pytest.mark.parametrize("name", ["nbf", "exp", "iat"])
@pytest.mark.parametrize("date", [True, None, "1790000000", [1], {}])
def test_anything_else_is_no_date(claims: Any, name: str, date: object) -> None:
    refuse(rf"^claim {name}: found .*, expected a number of seconds since 1970$", claims({name: date}))


@pytest.mark.parametrize("claims", [jws_emblem, jws_endorsement])
@pytest.mark.parametrize("name", ["nbf", "exp"])
def test_expiry_and_start_are_required(claims: Any, name: str) -> None:
    refuse(rf"^claim {name}: found nothing", claims(without=[name]))


@pytest.mark.parametrize(("claims", "name"), [(jws_emblem, "iss"), (jws_endorsement, "iss"), (jws_endorsement, "sub")])
@pytest.mark.parametrize("value", [None, 1, "", "redcross.example", "https://redcross.example/", ["https://a.b"]])
def test_an_issuer_and_a_subject_are_organization_identifiers(claims: Any, name: str, value: object) -> None:
    refuse(rf"^claim {name}: found", claims({name: value}))


def test_an_issuer_a_subject_and_a_time_of_issue_may_be_absent() -> None:
    claims = read_endorsement(jws_token(jws_endorsement(without=["iss", "sub"])))

    assert (claims.issuer, claims.subject, claims.issued_at) == (None, None, None)


# assets


@pytest.mark.parametrize("name", ["assets", "bearers"])
def test_assets_are_read_under_both_their_names(name: str) -> None:
    claims = jws_emblem({name: ["hospital.example", "[192.0.2.1]", "192.0.2.1"]}, without={"assets"} - {name})

    assets = read_emblem(jws_token(claims)).assets

    assert assets[0] == NAME
    assert isinstance(assets[1], NetworkAsset)
    assert assets[2] == UnreadAsset("192.0.2.1")


def test_assets_under_both_names_at_once_are_malformed() -> None:
    refuse(r"^claims: found assets and bearers, expected one of them$", jws_emblem({"bearers": ["hospital.example"]}))


@pytest.mark.parametrize("assets", [None, [], "hospital.example", [1], ["a.example", None], {}])
def test_assets_are_a_non_empty_array_of_texts(assets: object) -> None:
    refuse(r"^claim assets: found .*, expected a non-empty array of texts$", jws_emblem({"assets": assets}))
    refuse(r"^claim bearers: found .*", jws_emblem({"bearers": assets}, without=["assets"]))


def test_an_emblem_without_assets_is_malformed() -> None:
    refuse(r"^claim assets: found nothing", jws_emblem(without=["assets"]))


# what an emblem claims and an endorsement allows


@pytest.mark.parametrize(
    ("details", "purposes", "channels"),
    [
        ({}, Purpose(0), frozenset[str]()),
        ({"prp": []}, Purpose(0), frozenset[str]()),
        ({"prp": ["protective", "indicative", "protective"]}, Purpose(3), frozenset[str]()),
        ({"dst": []}, Purpose(0), frozenset[str]()),
        ({"dst": ["tls", "anything"]}, Purpose(0), frozenset({"tls", "anything"})),
        ({"assets": 1, "wnd": "x", "other": {}}, Purpose(0), frozenset[str]()),
    ],
)
def test_an_emblem_claims_purposes_and_channels(
    details: dict[str, Any], purposes: Purpose, channels: frozenset[str]
) -> None:
    claims = read_emblem(jws_token(jws_emblem({"emb": details})))

    assert (claims.purposes, claims.channels) == (purposes, channels)


def test_an_emblem_without_details_claims_nothing_in_particular() -> None:
    claims = read_emblem(jws_token(jws_emblem(without=["emb"])))

    assert (claims.purposes, claims.channels) == (Purpose(0), frozenset())


@pytest.mark.parametrize(
    ("details", "constraints"),
    [
        ({}, Constraints()),
        ({"prp": []}, Constraints(purposes=Purpose(0))),
        ({"assets": []}, Constraints(assets=())),
        ({"bearers": ["hospital.example"]}, Constraints(assets=(NAME,))),
        ({"assets": ["*"]}, Constraints(assets=(UnreadAsset("*"),))),
        ({"dst": []}, Constraints(channels=frozenset())),
        ({"wnd": 0}, Constraints(window=0)),
        ({"wnd": 1.5}, Constraints(window=1.5)),
    ],
)
def test_an_endorsement_constrains_what_it_names(details: dict[str, Any], constraints: Constraints) -> None:
    assert read_endorsement(jws_token(jws_endorsement({"emb": details}))).constraints == constraints


@pytest.mark.parametrize("claims", [jws_emblem, jws_endorsement])
@pytest.mark.parametrize("details", [None, [], "protective", 1])
def test_details_are_an_object(claims: Any, details: object) -> None:
    refuse(r"^claim emb: found .*, expected a JSON object$", claims({"emb": details}))


@pytest.mark.parametrize("claims", [jws_emblem, jws_endorsement])
@pytest.mark.parametrize("name", ["prp", "dst"])
@pytest.mark.parametrize("value", [None, "protective", [1], ["protective", None], {}, 1])
def test_purposes_and_channels_are_arrays_of_texts(claims: Any, name: str, value: object) -> None:
    refuse(rf"^claim emb\.{name}: found .*, expected an array of texts$", claims({"emb": {name: value}}))


@pytest.mark.parametrize("claims", [jws_emblem, jws_endorsement])
@pytest.mark.parametrize("purpose", ["", "Protective", "dangerous-forces", "civil-defence", "other"])
def test_purposes_are_protective_and_indicative_only(claims: Any, purpose: str) -> None:
    refuse(r"^claim emb\.prp: .* expected protective or indicative$", claims({"emb": {"prp": ["protective", purpose]}}))


@pytest.mark.parametrize("name", ["assets", "bearers"])
@pytest.mark.parametrize("value", [None, "hospital.example", [1], {}])
def test_constrained_assets_are_an_array_of_texts(name: str, value: object) -> None:
    refuse(rf"^claim emb\.{name}: found", jws_endorsement({"emb": {name: value}}))


def test_constrained_assets_under_both_names_at_once_are_malformed() -> None:
    refuse(r"^claims: found assets and bearers", jws_endorsement({"emb": {"assets": [], "bearers": []}}))


@pytest.mark.parametrize("window", [-1, -0.5, None, "1", True, [1]])
def test_a_window_is_a_number_of_seconds_and_not_negative(window: object) -> None:
    refuse(r"^claim emb\.wnd: found", jws_endorsement({"emb": {"wnd": window}}))


# endorsed key and right to endorse


def test_an_endorsed_key_may_be_a_whole_key_which_is_then_at_hand() -> None:
    token, keys = jws.decode_token(jws_token(jws_endorsement({"key": jwk()})))

    assert isinstance(token.claims, Endorsement)
    assert token.claims.key == IDENTIFIER
    assert keys == (SIGNER.public_key,)


def test_an_endorsed_key_may_be_in_an_unknown_algorithm() -> None:
    token, keys = jws.decode_token(jws_token(jws_endorsement({"key": jwk({"alg": "ES256K"})})))

    assert isinstance(token.claims, Endorsement)
    assert token.claims.key == IDENTIFIER
    assert keys == (UnknownKey(IDENTIFIER, "ES256K"),)


@pytest.mark.parametrize(
    "key", [None, 1, "", IDENTIFIER[:-1], IDENTIFIER.upper(), [], {}, jwk(without=["alg"]), jwk({"kty": "oct"})]
)
def test_any_other_endorsed_key_is_malformed(key: object) -> None:
    refuse(r"^(claim key|JWK member)", jws_endorsement({"key": key}))


def test_an_endorsement_without_a_key_is_malformed() -> None:
    refuse(r"^claim key: found null", jws_endorsement(without=["key"]), jws_header("adem-end"))


@pytest.mark.parametrize(
    ("changes", "without", "may"), [({}, ["end"], False), ({"end": False}, [], False), ({}, [], True)]
)
def test_a_missing_right_to_endorse_is_none(changes: dict[str, Any], without: list[str], may: bool) -> None:
    assert read_endorsement(jws_token(jws_endorsement(changes, without=without))).may_endorse is may


@pytest.mark.parametrize("value", [None, 0, 1, "true", []])
def test_a_right_to_endorse_is_a_boolean(value: object) -> None:
    refuse(r"^claim end: found .*, expected true or false$", jws_endorsement({"end": value}))


# log


@pytest.mark.parametrize(
    ("log", "read"),
    [
        ([COMMITMENT], (LogEntry(LOG_ID, leaf_hash=LEAF_HASH),)),
        ([{"ver": "static", "id": LOG_ID_TEXT, "index": 0}], (LogEntry(LOG_ID, index=0),)),
        ([{"ver": "static", "id": LOG_ID_TEXT, "index": 2**64 - 1}], (LogEntry(LOG_ID, index=2**64 - 1),)),
        ([{**COMMITMENT, "other": 1}], (LogEntry(LOG_ID, leaf_hash=LEAF_HASH),)),
        ([{"ver": "v2", "id": 1}, COMMITMENT], (LogEntry(LOG_ID, leaf_hash=LEAF_HASH),)),
        ([{"ver": "v2"}], ()),
    ],
)
def test_a_log_is_read_and_entries_of_unknown_kinds_are_ignored(log: list[Any], read: tuple[LogEntry, ...]) -> None:
    assert read_endorsement(jws_token(jws_endorsement({"log": log}))).log == read


def test_an_endorsement_without_a_log_names_no_commitment() -> None:
    assert read_endorsement(jws_token(jws_endorsement())).log is None


@pytest.mark.parametrize("log", [None, [], {}, COMMITMENT, "log", 1])
def test_a_log_is_a_non_empty_array(log: object) -> None:
    refuse(r"^claim log: found .*, expected a non-empty array$", jws_endorsement({"log": log}))


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        {},
        {**COMMITMENT, "ver": 1},
        {"ver": "v1", "id": LOG_ID_TEXT},
        {"ver": "v1", "hash": LEAF_HASH_TEXT},
        {**COMMITMENT, "id": LOG_ID_TEXT.rstrip("=")},
        {**COMMITMENT, "id": encode_base64url(b"\xff" * 32)},
        {**COMMITMENT, "id": b64encode(LOG_ID[1:]).decode()},
        {**COMMITMENT, "hash": b64encode(LEAF_HASH + b"h").decode()},
        {**COMMITMENT, "hash": 1},
        {"ver": "static", "id": LOG_ID_TEXT},
        {"ver": "static", "id": LOG_ID_TEXT, "index": -1},
        {"ver": "static", "id": LOG_ID_TEXT, "index": 2**64},
        {"ver": "static", "id": LOG_ID_TEXT, "index": 1.0},
        {"ver": "static", "id": LOG_ID_TEXT, "index": True},
        {"ver": "static", "id": LOG_ID_TEXT, "index": "1"},
        {"ver": "static", "index": 1},
    ],
)
def test_a_malformed_log_entry_makes_the_token_malformed(entry: object) -> None:
    refuse(r"^log entry", jws_endorsement({"log": [COMMITMENT, entry]}))


# writing


@pytest.mark.parametrize("algorithm", [known for known in ALGORITHMS if known.jose], ids=lambda known: known.name)
@pytest.mark.parametrize("embed_key", [False, True])
def test_a_token_is_signed_in_the_algorithm_of_its_key(algorithm: Algorithm, embed_key: bool) -> None:
    signer = SoftwareSigner.generate(algorithm)

    token, keys = jws.decode_token(jws.sign_token(read_emblem(jws_token(jws_emblem())), signer, embed_key=embed_key))

    assert token.algorithm == algorithm.jose
    assert token.key_identifier == signer.public_key.jwk_thumbprint
    assert keys == ((signer.public_key,) if embed_key else ())
    assert signer.public_key.verify(token.signature, token.signed)


def test_an_algorithm_without_a_name_in_jose_is_written_as_the_usual_one() -> None:
    esp256 = next(known for known in ALGORITHMS if known.name == "ESP256")
    signer = SoftwareSigner.generate(esp256)

    token, keys = jws.decode_token(jws.sign_token(read_emblem(jws_token(jws_emblem())), signer, embed_key=True))

    assert token.algorithm == "ES256"
    assert isinstance(keys[0], PublicKey)
    assert keys[0].algorithm is not None
    assert keys[0].algorithm.name == "ES256"


def test_absent_claims_are_not_written() -> None:
    claims = Emblem(not_before=1, expires=2, assets=(NAME,))

    payload = jws.sign_token(claims, signer_on(KeyKind.P256)).split(".")[1]

    assert json.loads(decode_base64url("payload", payload)) == {
        "ver": "v1",
        "nbf": 1,
        "exp": 2,
        "assets": ["hospital.example"],
        "emb": {},
    }


def test_a_key_is_named_by_its_identifier_unless_the_whole_of_it_is_asked_for() -> None:
    token = jws.sign_token(Emblem(not_before=1, expires=2, assets=(NAME,)), SIGNER)

    assert json.loads(decode_base64url("header", token.split(".")[0])) == {
        "alg": "ES256",
        "cty": "adem-emb",
        "typ": "JWT",
        "kid": IDENTIFIER,
    }


def test_a_token_is_written_without_spaces_between_its_members() -> None:
    header, payload, _ = jws.sign_token(Emblem(not_before=1, expires=2, assets=(NAME,)), SIGNER).split(".")

    assert decode_base64url("header", header).startswith(b'{"alg":"ES256","cty":"adem-emb"')
    assert decode_base64url("payload", payload) == (
        b'{"ver":"v1","nbf":1,"exp":2,"assets":["hospital.example"],"emb":{}}'
    )


def test_names_in_other_scripts_are_written_as_they_are() -> None:
    claims = Emblem(not_before=1, expires=2, assets=(read_jws_asset("hôpital.example"),))

    payload = jws.sign_token(claims, SIGNER).split(".")[1]

    assert '["hôpital.example"]'.encode() in decode_base64url("payload", payload)


@pytest.mark.parametrize(
    "claims",
    [
        Emblem(not_before=1, expires=2, assets=()),
        Emblem(not_before=1, expires=2, assets=(NAME,), purposes=Purpose.CIVIL_DEFENCE),
        Emblem(not_before=float("nan"), expires=2, assets=(NAME,)),
        Emblem(not_before=1, expires=float("inf"), assets=(NAME,)),
        Emblem(not_before=1, expires=2, assets=(NAME,), sign_text="red-lion"),
        Emblem(not_before=1, expires=2, assets=(NameAsset("a.example", "b.example"),)),
        Endorsement(not_before=1, expires=2, key="short", may_endorse=True),
        Endorsement(not_before=1, expires=2, key=IDENTIFIER, may_endorse=True, log=()),
        Endorsement(not_before=1, expires=2, key=IDENTIFIER, may_endorse=True, log=(LogEntry(b"short", index=1),)),
        Endorsement(not_before=1, expires=2, key=IDENTIFIER, may_endorse=True, log=(LogEntry(LOG_ID),)),
        Endorsement(not_before=1, expires=2, key=IDENTIFIER, may_endorse=True, constraints=Constraints(window=-1)),
    ],
)
def test_claims_that_the_format_cannot_express_are_not_signed(claims: Emblem | Endorsement) -> None:
    with pytest.raises(MalformedError):
        jws.sign_token(claims, SIGNER)


@pytest.mark.parametrize("may_endorse", [False, True])
def test_an_endorsement_with_everything_is_read_as_it_was_signed(may_endorse: bool) -> None:
    logs = (LogEntry(bytes(32), index=2**64 - 1), LogEntry(bytes(range(32)), leaf_hash=bytes(32)))
    claims = Endorsement(
        not_before=1,
        expires=2.5,
        issued_at=3,
        issuer=Organization.parse("https://relief.example"),
        subject=Organization.parse("https://other.example"),
        key=IDENTIFIER,
        may_endorse=may_endorse,
        constraints=Constraints(
            Purpose(3),
            tuple(map(read_jws_asset, ("*.relief.example", "[192.0.2.0/24]"))),
            frozenset({"dns", "tls"}),
            0.5,
        ),
        log=logs,
    )

    assert jws.decode_token(jws.sign_token(claims, SIGNER))[0].claims == claims
