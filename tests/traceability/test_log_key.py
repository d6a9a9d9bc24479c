"""The keys of logs verify what logs sign, in the algorithms that RFC 6962 allows."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import EmblemError, MalformedError, UnknownAlgorithmError
from emblem.traceability.log_key import LogKey
from emblem.traceability.sct import DigitallySigned
from tests.traceability.builders import ELM, OAK, LogForTests

RSA = LogForTests("rsa", rsa.generate_private_key(65537, 2048))
MESSAGE = b"what a log says"


def key(log: LogForTests) -> LogKey:
    return LogKey.decode("key", log.spki)


def signature(log: LogForTests, message: bytes = MESSAGE) -> DigitallySigned:
    encoded = log.sign(message)
    return DigitallySigned(encoded[0], encoded[1], encoded[4:])


@pytest.mark.parametrize("log", [OAK, RSA], ids=["ECDSA", "RSA"])
def test_a_signature_holds_for_its_message_and_key_alone(log: LogForTests) -> None:
    assert key(log).verify(signature(log), MESSAGE)
    assert not key(log).verify(signature(log), MESSAGE + b".")
    assert not key(ELM).verify(signature(log), MESSAGE)


@pytest.mark.parametrize(("hash_algorithm", "signature_algorithm"), [(4, 1), (2, 3), (5, 3), (0, 0), (4, 2)])
def test_a_signature_that_names_another_algorithm_does_not_hold(hash_algorithm: int, signature_algorithm: int) -> None:
    good = signature(OAK)

    assert not key(OAK).verify(DigitallySigned(hash_algorithm, signature_algorithm, good.signature), MESSAGE)


@given(st.binary(max_size=80))
def test_random_signatures_do_not_hold(data: bytes) -> None:
    assert not key(OAK).verify(DigitallySigned(4, 3, data), MESSAGE)
    assert not key(RSA).verify(DigitallySigned(4, 1, data), MESSAGE)


def test_a_log_is_named_by_the_hash_of_its_key() -> None:
    assert key(OAK).log_id == hashlib.sha256(OAK.spki).digest()


@pytest.mark.parametrize(
    "private",
    [
        ec.generate_private_key(ec.SECP384R1()),
        ed25519.Ed25519PrivateKey.generate(),
        rsa.generate_private_key(65537, 1024),
    ],
    ids=["P-384", "Ed25519", "short RSA"],
)
def test_a_key_of_another_kind_is_refused(private: PrivateKeyTypes) -> None:
    encoded = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    with pytest.raises(UnknownAlgorithmError, match="P-256"):
        LogKey.decode("key", encoded)


def test_a_key_of_a_type_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownAlgorithmError, match="P-256"):
        LogKey.decode("key", OAK.spki.replace(bytes.fromhex("2a8648ce3d0201"), bytes.fromhex("2a8648ce3d027f")))


@given(st.binary())
def test_random_bytes_are_no_key(data: bytes) -> None:
    with pytest.raises(EmblemError):
        LogKey.decode("key", data)


def test_a_key_that_is_cut_short_is_malformed() -> None:
    with pytest.raises(MalformedError, match="key"):
        LogKey.decode("key", OAK.spki[:-1])
