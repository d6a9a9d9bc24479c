"""Private keys are read from JWKs; nothing else is taken for one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from emblem.codec.base64 import encode_base64url
from emblem.codec.jwk import write_jwk
from emblem.codec.private_jwk import read_private_jwk
from emblem.errors import InputError, KeyFileError, MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import Algorithm, KeyKind, KeyType, default_algorithm
from emblem.keys.signing import SoftwareSigner


def private_members(signer: SoftwareSigner) -> dict[str, Any]:
    private, size = signer.private, signer.public_key.kind.size
    if isinstance(private, ec.EllipticCurvePrivateKey):
        value = private.private_numbers().private_value.to_bytes(size, "big")
    else:
        value = private.private_bytes_raw()
    member = "priv" if signer.public_key.kind.type is KeyType.AKP else "d"
    return {**write_jwk(signer.public_key), member: encode_base64url(value)}


def read(members: dict[str, Any]) -> SoftwareSigner:
    return read_private_jwk("key.jwk", json.dumps(members).encode())


SIGNER = SoftwareSigner.generate(default_algorithm(KeyKind.P256))
MEMBERS = private_members(SIGNER)


@pytest.mark.parametrize("algorithm", list(map(default_algorithm, KeyKind)), ids=lambda algorithm: algorithm.name)
def test_a_private_jwk_signs_what_its_public_half_verifies(algorithm: Algorithm) -> None:
    signer = SoftwareSigner.generate(algorithm)

    taken = read({**private_members(signer), "key_ops": ["sign"], "kid": "any"})

    assert taken.public_key == signer.public_key
    assert signer.public_key.verify(taken.sign(b"message"), b"message")


def test_a_public_jwk_is_no_private_key() -> None:
    with pytest.raises(KeyFileError, match="without member d"):
        read(write_jwk(SIGNER.public_key))


def test_a_public_jwk_for_ml_dsa_is_no_private_key() -> None:
    with pytest.raises(KeyFileError, match="without member priv"):
        read(write_jwk(SoftwareSigner.generate(default_algorithm(KeyKind.ML_DSA_44)).public_key))


@pytest.mark.parametrize("size", [0, 31, 33, 2560])
def test_a_private_key_for_ml_dsa_is_a_seed_of_32_bytes(size: int) -> None:
    members = private_members(SoftwareSigner.generate(default_algorithm(KeyKind.ML_DSA_44)))

    with pytest.raises(KeyFileError, match=f"found {size} bytes, expected a private key for ML-DSA-44"):
        read({**members, "priv": encode_base64url(bytes(size))})


def test_two_halves_of_different_keys_are_refused() -> None:
    other = private_members(SoftwareSigner.generate(default_algorithm(KeyKind.P256)))

    with pytest.raises(KeyFileError, match="another key"):
        read({**MEMBERS, "d": other["d"]})


@pytest.mark.parametrize("value", ["", "AA", "_" * 43, "_" * 40000, "=", "AB"], ids=len)
def test_a_value_that_is_no_private_key_is_refused(value: str) -> None:
    with pytest.raises(InputError):
        read({**MEMBERS, "d": value})


def test_a_value_that_is_no_base64url_is_refused_with_the_name_of_its_member() -> None:
    with pytest.raises(MalformedError, match=r"^JWK member d: found 'A=', expected base64url without padding"):
        read({**MEMBERS, "d": "A="})


def test_an_algorithm_that_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(UnknownAlgorithmError, match="ES999"):
        read({**MEMBERS, "alg": "ES999"})


@pytest.mark.parametrize("data", [b"", b"[]", b'{"d":"AA","d":"AA"}', b"\xff"])
def test_what_is_no_jwk_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match=r"^key\.jwk: found"):
        read_private_jwk("key.jwk", data)
