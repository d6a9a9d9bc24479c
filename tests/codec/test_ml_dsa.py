"""ML-DSA in COSE_Keys, JWKs and tokens (RFC 9964)."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec import cbor, cwt, jws
from emblem.codec.assets import read_name_asset
from emblem.codec.base64 import encode_base64url
from emblem.codec.carriage import decode_record
from emblem.codec.cose import read_sign1
from emblem.codec.cose_key import decode_key, encode_key
from emblem.codec.jwk import read_jwk, read_token_key, write_jwk
from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import KeyKind, KeyType, default_algorithm
from emblem.keys.public import PublicKey, UnknownKey, identifier_text
from emblem.model.purpose import Purpose
from emblem.model.record import Carriage, Record
from emblem.model.token import Emblem
from tests.codec.builders import EXPIRES, NOT_BEFORE, jws_emblem, jws_header, jws_token, refusal, signer_on

KINDS = [kind for kind in KeyKind if kind.type is KeyType.AKP]
KEY = signer_on(KeyKind.ML_DSA_44).public_key
EXAMPLE = Path(__file__).parent.parent / "data" / "cose" / "rfc9964-ml-dsa-44.hex"


def cose_key(changes: dict[Any, Any] | None = None, *, without: tuple[int, ...] = ()) -> bytes:
    parameters = {1: 7, 3: -48, -1: KEY.x, **(changes or {})}
    return cbor2.dumps({label: value for label, value in parameters.items() if label not in without})


def jwk(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    return {**write_jwk(KEY), **(changes or {})}


# COSE_Key


@pytest.mark.parametrize("kind", KINDS)
def test_a_cose_key_has_type_algorithm_and_public_key_only(kind: KeyKind) -> None:
    key = signer_on(kind).public_key

    data = encode_key(key)

    assert cbor2.loads(data) == {1: 7, 3: default_algorithm(kind).cose, -1: key.x}
    assert decode_key(data) == key
    assert len(data) == kind.size + 10


def test_the_bytes_of_a_key_are_deterministic() -> None:
    assert encode_key(KEY) == bytes.fromhex("a3010703382f20590520") + KEY.x


@pytest.mark.parametrize("extra", [{2: b"anything"}, {5: b"iv"}, {-3: b"y"}, {-4: b"d"}, {4: [2]}, {"x": 1}])
def test_parameters_that_do_not_matter_are_ignored(extra: dict[Any, Any]) -> None:
    assert decode_key(cose_key(extra)) == KEY


def test_a_private_key_is_refused_and_the_message_says_so() -> None:
    with pytest.raises(MalformedError, match=r"^COSE_Key parameter -2: found a private key"):
        decode_key(cose_key({-2: bytes(32)}))


@pytest.mark.parametrize("public", [None, "text", 1, b""])
def test_the_public_key_must_be_a_byte_string_of_full_length(public: object) -> None:
    with pytest.raises(MalformedError, match="pub"):
        decode_key(cose_key({-1: public}))


def test_the_public_key_must_be_there() -> None:
    with pytest.raises(MalformedError, match=r"parameter -1 \(pub\): found null"):
        decode_key(cose_key(without=(-1,)))


def test_the_algorithm_must_be_there() -> None:
    with pytest.raises(MalformedError, match=r"parameter 3 \(alg\): found null"):
        decode_key(cose_key(without=(3,)))


@pytest.mark.parametrize("algorithm", [-49, -50])
def test_a_public_key_of_another_parameter_set_has_the_wrong_length(algorithm: int) -> None:
    with pytest.raises(MalformedError, match="found 1312 bytes"):
        decode_key(cose_key({3: algorithm}))


@pytest.mark.parametrize("algorithm", [-7, -8, -19, -52])
def test_an_algorithm_of_a_curve_is_malformed(algorithm: int) -> None:
    with pytest.raises(MalformedError, match=r"parameter 3 \(alg\): found .*, expected an algorithm of key type 7"):
        decode_key(cose_key({3: algorithm}))


@pytest.mark.parametrize("kind", [kind for kind in KeyKind if kind.curve is not None])
def test_ml_dsa_by_a_key_on_a_curve_is_malformed(kind: KeyKind) -> None:
    written = cbor2.loads(encode_key(signer_on(kind).public_key))

    with pytest.raises(MalformedError, match="key algorithm: found ML-DSA-44"):
        decode_key(cbor2.dumps({**written, 3: -48}))


@pytest.mark.parametrize("algorithm", [-47, -53, -70000, "new"])
def test_an_algorithm_key_pair_in_an_unknown_algorithm_is_unknown_and_its_identifier_is_computed(
    algorithm: int | str,
) -> None:
    key = decode_key(cose_key({3: algorithm, -1: b"short"}))

    required = cbor2.dumps({1: 7, 3: algorithm, -1: b"short"}, canonical=True)
    assert key == UnknownKey(identifier_text(sha256(required).digest()), algorithm)


def test_an_algorithm_key_pair_in_an_unknown_algorithm_still_needs_its_public_key() -> None:
    with pytest.raises(MalformedError, match=r"parameter -1 \(pub\)"):
        decode_key(cose_key({3: -70000}, without=(-1,)))


# JWK


@pytest.mark.parametrize("kind", KINDS)
def test_a_jwk_has_type_algorithm_and_public_key_only(kind: KeyKind) -> None:
    key = signer_on(kind).public_key

    written = write_jwk(key)

    assert written == {"alg": kind.label, "kty": "AKP", "pub": encode_base64url(key.x)}
    assert read_jwk(written) == key


@pytest.mark.parametrize("member", ["d", "priv"])
def test_a_private_jwk_is_refused(member: str) -> None:
    with pytest.raises(MalformedError, match=f"^JWK member {member}: found a private key"):
        read_jwk(jwk({member: encode_base64url(bytes(32))}))


@pytest.mark.parametrize("public", [None, 1, "", "AA", "A", "=="])
def test_the_public_key_of_a_jwk_must_be_base64url_of_full_length(public: object) -> None:
    with pytest.raises(MalformedError, match="pub"):
        read_jwk(jwk({"pub": public}))


@pytest.mark.parametrize("name", ["ES256", "EdDSA", "Ed25519"])
def test_a_jwk_with_an_algorithm_of_a_curve_is_malformed(name: str) -> None:
    with pytest.raises(MalformedError, match=r"^JWK member alg: found .*, expected an algorithm of key type AKP"):
        read_jwk(jwk({"alg": name}))


def test_the_name_of_ml_dsa_is_unknown_in_a_key_on_a_curve() -> None:
    assert isinstance(read_jwk({**write_jwk(signer_on(KeyKind.P256).public_key), "alg": "ML-DSA-44"}), UnknownKey)


def test_a_jwk_in_an_unknown_algorithm_is_unknown_and_its_identifier_covers_the_algorithm() -> None:
    members = {"alg": "SLH-DSA-SHA2-128s", "kty": "AKP", "pub": "AAAA"}

    key = read_jwk(members)

    text = json.dumps(members, separators=(",", ":"))
    assert key == UnknownKey(identifier_text(sha256(text.encode()).digest()), "SLH-DSA-SHA2-128s")


# JWS tokens: the field has no ML-DSA there


def test_in_jws_tokens_a_key_for_ml_dsa_is_one_that_we_do_not_know() -> None:
    assert read_token_key(jwk()) == UnknownKey(KEY.jwk_thumbprint, "ML-DSA-44")


def test_a_key_record_for_ml_dsa_is_one_that_we_do_not_know() -> None:
    decoded = decode_record(Record(Carriage.TXT, b"adem-key=" + json.dumps(jwk()).encode()))

    assert decoded is not None
    assert decoded.keys == (UnknownKey(KEY.jwk_thumbprint, "ML-DSA-44"),)


def test_a_token_with_a_key_for_ml_dsa_names_it() -> None:
    header = jws_header(changes={"alg": "ML-DSA-44", "jwk": jwk()}, without=["kid"])

    token, keys = jws.decode_token(jws_token(jws_emblem(), header))

    assert token.key_identifier == KEY.jwk_thumbprint
    assert keys == (UnknownKey(KEY.jwk_thumbprint, "ML-DSA-44"),)


@pytest.mark.parametrize("kind", KINDS)
def test_no_jws_token_is_signed_with_ml_dsa(kind: KeyKind) -> None:
    claims = Emblem(NOT_BEFORE, EXPIRES, (read_name_asset("hospital.example"),))

    with pytest.raises(UnknownAlgorithmError, match=f"signing key: found an {kind.label} key"):
        jws.sign_token(claims, signer_on(kind))


# COSE_Sign1


def test_the_published_example_of_rfc_9964_appendix_a_2_verifies() -> None:
    data = bytes.fromhex("".join(EXAMPLE.read_text(encoding="ascii").split()))
    signed = read_sign1(cbor.decode("example", data, tags=(18,)))
    key = signer_on(KeyKind.ML_DSA_44, 0).public_key

    assert signed.payload == b"hello post quantum signatures"
    assert signed.protected[1] == -48
    assert identifier_text(signed.protected[4]) == key.cose_thumbprint
    assert key.verify(signed.signature, signed.to_be_signed)


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_carries_the_number_of_its_parameter_set_and_the_identifier_of_its_key(kind: KeyKind) -> None:
    signer = signer_on(kind)

    token = cwt.decode_token(
        cwt.sign_token(Emblem(1, 2, (read_name_asset("a.example"),), purposes=Purpose.PROTECTIVE), signer)
    )

    assert token.algorithm == default_algorithm(kind).cose
    assert token.key_identifier == signer.public_key.cose_thumbprint
    assert signer.public_key.verify(token.signature, token.signed)


# any value


values = st.one_of(
    st.none(), st.booleans(), st.integers(-100, 100), st.floats(), st.text(max_size=4), st.binary(max_size=4)
)


@given(st.dictionaries(st.sampled_from([1, 2, 3, 4, -1, -2, -3]), st.one_of(values, st.lists(values, max_size=3))))
def test_any_value_in_any_parameter_raises_nothing_unforeseen(changes: dict[int, object]) -> None:
    error = refusal(decode_key, cose_key(changes))

    assert type(error) in (type(None), MalformedError, UnknownAlgorithmError)


@given(st.sampled_from(KINDS), st.binary(min_size=32, max_size=32))
def test_any_key_is_read_as_it_was_written_in_both_forms(kind: KeyKind, seed: bytes) -> None:
    key = signer_on(kind, int.from_bytes(seed)).public_key

    assert decode_key(encode_key(key)) == key
    assert read_jwk(write_jwk(key)) == key


@given(st.binary(min_size=1312, max_size=1312))
def test_any_bytes_of_full_length_are_a_public_key(data: bytes) -> None:
    key = decode_key(cose_key({-1: data}))

    assert isinstance(key, PublicKey)
    assert key.x == data
