"""Private keys are read from JWKs; nothing else is taken for one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from emblem.codec.base64 import encode_base64url
from emblem.codec.jwk import write_jwk
from emblem.codec.private_jwk import read_private_jwk
from emblem.errors import InputError, KeyFileError, MalformedError, UnknownAlgorithmError
from emblem.keys.algorithms import Algorithm, Curve, default_algorithm
from emblem.keys.signing import SoftwareSigner


def private_members(signer: SoftwareSigner) -> dict[str, Any]:
    private, size = signer.private, signer.public_key.curve.size
    if isinstance(private, ed25519.Ed25519PrivateKey):
        value = private.private_bytes_raw()
    else:
        value = private.private_numbers().private_value.to_bytes(size, "big")
    return {**write_jwk(signer.public_key), "d": encode_base64url(value)}


def read(members: dict[str, Any]) -> SoftwareSigner:
    return read_private_jwk("key.jwk", json.dumps(members).encode())


SIGNER = SoftwareSigner.generate(default_algorithm(Curve.P256))
MEMBERS = private_members(SIGNER)


@pytest.mark.parametrize("algorithm", list(map(default_algorithm, Curve)), ids=lambda algorithm: algorithm.name)
def test_a_private_jwk_signs_what_its_public_half_verifies(algorithm: Algorithm) -> None:
    signer = SoftwareSigner.generate(algorithm)

    taken = read({**private_members(signer), "key_ops": ["sign"], "kid": "any"})

    assert taken.public_key == signer.public_key
    assert signer.public_key.verify(taken.sign(b"message"), b"message")


def test_a_public_jwk_is_no_private_key() -> None:
    with pytest.raises(KeyFileError, match="without member d"):
        read(write_jwk(SIGNER.public_key))


def test_two_halves_of_different_keys_are_refused() -> None:
    other = private_members(SoftwareSigner.generate(default_algorithm(Curve.P256)))

    with pytest.raises(KeyFileError, match="another key"):
        read({**MEMBERS, "d": other["d"]})


@pytest.mark.parametrize("value", ["", "AA", "_" * 43, "_" * 40000, "=", "AB"], ids=len)
def test_a_value_that_is_no_private_key_is_refused(value: str) -> None:
    with pytest.raises(InputError):
        read({**MEMBERS, "d": value})


def test_an_algorithm_that_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(UnknownAlgorithmError, match="ES999"):
        read({**MEMBERS, "alg": "ES999"})


@pytest.mark.parametrize("data", [b"", b"[]", b'{"d":"AA","d":"AA"}', b"\xff"])
def test_what_is_no_jwk_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_private_jwk("key.jwk", data)
