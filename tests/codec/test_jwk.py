"""JSON Web Keys: which are a public key for us, which are one that we do not know, which are none."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from emblem.codec.base64 import encode_base64url
from emblem.codec.jwk import read_jwk, write_jwk
from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import ALGORITHMS, Algorithm, KeyKind
from emblem.keys.public import PublicKey, UnknownKey, identifier_text
from tests.codec.builders import SIGNER, jwk, refusal, signer_on

KEY = SIGNER.public_key
X = encode_base64url(KEY.x)
UNNAMED = [known for known in ALGORITHMS if known.jose is None and known.kind.curve is not None]


def unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


# writing and reading


@pytest.mark.parametrize("algorithm", [known for known in ALGORITHMS if known.jose], ids=lambda known: known.name)
def test_a_key_is_read_as_it_was_written(algorithm: Algorithm) -> None:
    public = signer_on(algorithm.kind).public_key
    key = PublicKey.from_parameters(algorithm.kind, public.x, public.y, algorithm)

    assert read_jwk(write_jwk(key)) == key


@pytest.mark.parametrize("algorithm", UNNAMED, ids=lambda known: known.name)
def test_an_algorithm_without_a_name_in_jose_is_written_as_the_usual_one(algorithm: Algorithm) -> None:
    public = signer_on(algorithm.kind).public_key

    written = write_jwk(PublicKey.from_parameters(algorithm.kind, public.x, public.y, algorithm))

    assert written["alg"] == {KeyKind.P256: "ES256", KeyKind.P384: "ES384", KeyKind.P521: "ES512"}[algorithm.kind]


def test_a_key_is_written_with_its_public_members_and_algorithm_only() -> None:
    assert KEY.y is not None
    assert write_jwk(KEY) == {
        "alg": "ES256",
        "crv": "P-256",
        "kty": "EC",
        "x": X,
        "y": encode_base64url(KEY.y),
    }
    assert set(write_jwk(signer_on(KeyKind.ED25519).public_key)) == {"alg", "crv", "kty", "x"}


# identifiers


def test_the_published_example_of_rfc_7638_section_3_1_has_its_thumbprint() -> None:
    key = read_jwk(
        {
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRX"
            "jBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8"
            "KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xB"
            "niIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB",
            "alg": "RS256",
            "kid": "2011-04-29",
        }
    )

    thumbprint = identifier_text(unpadded("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"))
    assert key == UnknownKey(thumbprint, "RS256")


def test_the_published_example_of_rfc_8037_appendix_a_3_has_its_thumbprint() -> None:
    members = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}

    key = read_jwk({**members, "alg": "EdDSA"})

    assert isinstance(key, PublicKey)
    assert key.jwk_thumbprint == identifier_text(unpadded("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"))


def test_a_key_identifier_that_is_written_in_the_key_is_not_believed() -> None:
    assert read_jwk(jwk({"kid": "a" * 52})) == KEY


# members


@pytest.mark.parametrize("extra", [{"kid": 1}, {"use": "sig"}, {"key_ops": ["verify"]}, {"ext": True}, {"x5c": []}])
def test_members_that_do_not_matter_are_ignored(extra: dict[str, Any]) -> None:
    assert read_jwk(jwk(extra)) == KEY


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"])
def test_a_private_key_is_refused_and_the_message_says_so(member: str) -> None:
    with pytest.raises(MalformedError, match=f"^JWK member {member}: found a private key, expected public"):
        read_jwk(jwk({member: "AA"}))


@pytest.mark.parametrize("use", ["enc", "", None, 1, ["sig"]])
def test_a_key_for_another_use_is_refused(use: object) -> None:
    with pytest.raises(MalformedError, match=r"^JWK member use"):
        read_jwk(jwk({"use": use}))


@pytest.mark.parametrize("operations", [[], ["sign"], "verify", None, {"verify": 1}, [["verify"]]])
def test_key_operations_must_contain_verify(operations: object) -> None:
    with pytest.raises(MalformedError, match=r"^JWK member key_ops"):
        read_jwk(jwk({"key_ops": operations}))


@pytest.mark.parametrize("member", ["kty", "alg", "crv", "x", "y"])
@pytest.mark.parametrize("value", [None, 1, ["EC"], True, {}])
def test_a_member_must_be_a_text(member: str, value: object) -> None:
    with pytest.raises(MalformedError, match=f"^JWK member {member}: found"):
        read_jwk(jwk({member: value}))


@pytest.mark.parametrize("member", ["kty", "alg", "crv", "x", "y"])
def test_a_member_must_be_there(member: str) -> None:
    with pytest.raises(MalformedError, match=f"^JWK member {member}: found null"):
        read_jwk(jwk(without=[member]))


@pytest.mark.parametrize("member", ["x", "y"])
@pytest.mark.parametrize("change", ["=", "A", "AAAA", "\n", "+"])
def test_a_coordinate_is_base64url_of_full_length(member: str, change: str) -> None:
    with pytest.raises(MalformedError):
        read_jwk(jwk({member: jwk()[member] + change}))


def test_a_coordinate_with_loose_bits_is_malformed() -> None:
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    loose = X[:-1] + last[last.index(X[-1]) + 1]

    with pytest.raises(MalformedError, match="loose bits"):
        read_jwk(jwk({"x": loose}))


def test_a_coordinate_without_its_leading_zero_is_malformed() -> None:
    private = next(
        candidate
        for candidate in (ec.derive_private_key(secret, ec.SECP256R1()) for secret in range(1, 2000))
        if candidate.public_key().public_numbers().x < 2**248
    )
    key = PublicKey.from_loaded(private.public_key())
    written = write_jwk(key)

    assert isinstance(read_jwk(written), PublicKey)
    with pytest.raises(MalformedError, match="31 bytes, expected 32"):
        read_jwk({**written, "x": encode_base64url(key.x[1:])})


def test_a_point_that_is_not_on_the_curve_is_malformed() -> None:
    with pytest.raises(MalformedError, match="key point"):
        read_jwk(jwk({"y": X}))


# curves and algorithms that fit, do not fit, or are not known


@pytest.mark.parametrize(
    ("curve", "fitting"),
    [
        (KeyKind.P256, {"ES256"}),
        (KeyKind.P384, {"ES384"}),
        (KeyKind.P521, {"ES512"}),
        (KeyKind.ED25519, {"EdDSA", "Ed25519"}),
    ],
)
def test_a_known_algorithm_of_another_curve_is_malformed(curve: KeyKind, fitting: set[str]) -> None:
    written = write_jwk(signer_on(curve).public_key)

    for name in ("ES256", "ES384", "ES512", "EdDSA", "Ed25519"):
        error = refusal(read_jwk, {**written, "alg": name})
        assert type(error) is (type(None) if name in fitting else MalformedError)


@pytest.mark.parametrize(("key_type", "curve"), [("OKP", "P-256"), ("EC", "Ed25519")])
def test_a_curve_of_another_key_type_is_malformed(key_type: str, curve: str) -> None:
    with pytest.raises(MalformedError, match=f"^JWK member crv: found {curve}, expected a curve of key type"):
        read_jwk(jwk({"kty": key_type, "crv": curve}))


@pytest.mark.parametrize("name", ["RS256", "ES256K", "HS256", "none", "es256", ""])
def test_a_key_in_an_unknown_algorithm_has_the_identifier_that_it_would_have_otherwise(name: str) -> None:
    assert read_jwk(jwk({"alg": name})) == UnknownKey(KEY.jwk_thumbprint, name)


@pytest.mark.parametrize("name", ["EdDSA", "Ed25519", "Ed448", "ES256"])
def test_ed448_is_unknown_with_any_algorithm(name: str) -> None:
    key = read_jwk({"kty": "OKP", "crv": "Ed448", "x": encode_base64url(bytes(57)), "alg": name})

    assert isinstance(key, UnknownKey)
    assert key.algorithm == name


@pytest.mark.parametrize("curve", ["secp256k1", "P-224", "p-256", "X25519", ""])
def test_a_key_on_an_unknown_curve_is_unknown(curve: str) -> None:
    assert isinstance(read_jwk(jwk({"crv": curve})), UnknownKey)


def test_identifiers_of_unknown_keys_differ_with_every_member() -> None:
    keys = [
        jwk({"crv": "secp256k1"}),
        jwk({"crv": "P-224"}),
        jwk({"crv": "P-224", "x": "AAAA"}),
        jwk({"crv": "P-224", "y": "AAAA"}),
        jwk({"kty": "OKP", "crv": "P-224"}),
        {"kty": "RSA", "alg": "RS256", "e": "AQAB", "n": "AAAA"},
        {"kty": "RSA", "alg": "RS256", "e": "AQAB", "n": "AAAB"},
    ]

    read = [read_jwk(key) for key in keys]

    assert len({key.identifier for key in read if isinstance(key, UnknownKey)}) == len(keys)


@pytest.mark.parametrize("changes", [{"x": "A=="}, {"x": None}, {"y": "A"}, {"y": 1}])
def test_a_key_on_an_unknown_curve_still_needs_its_coordinates(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedError, match=r"^JWK member [xy]: found"):
        read_jwk(jwk({"crv": "secp256k1", **changes}))


@pytest.mark.parametrize("key_type", ["oct", "akp", "ec", ""])
def test_a_key_of_an_unknown_type_is_unknown(key_type: str) -> None:
    with pytest.raises(UnknownAlgorithmError, match=r"^JWK member kty: found"):
        read_jwk(jwk({"kty": key_type}))


values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.lists(st.text()))


@given(st.dictionaries(st.sampled_from(["kty", "alg", "crv", "x", "y", "use", "key_ops"]), values))
def test_any_value_in_any_member_raises_nothing_unforeseen(changes: dict[str, Any]) -> None:
    error = refusal(read_jwk, jwk(changes))

    assert type(error) in (type(None), MalformedError, UnknownAlgorithmError)


def test_the_thumbprint_of_a_key_on_a_curve_with_another_script_is_over_utf_8() -> None:
    members = f'{{"crv":"Kurve-ä","kty":"OKP","x":"{X}"}}'

    key = read_jwk({"kty": "OKP", "crv": "Kurve-ä", "x": X, "alg": "new"})

    assert key == UnknownKey(identifier_text(sha256(members.encode()).digest()), "new")
