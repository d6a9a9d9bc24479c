"""Keys in PEM: what is read, and what is refused by name."""

from __future__ import annotations

from base64 import b64encode
from typing import NoReturn

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from emblem.errors import KeyFileError, UnknownAlgorithmError
from emblem.keys.algorithms import KeyKind, default_algorithm
from emblem.keys.pem import holds_private_key, is_encrypted, read_private_key, read_public_keys, write_private_key
from emblem.keys.public import PublicKey
from emblem.keys.signing import SoftwareSigner

SIGNER = SoftwareSigner.generate(default_algorithm(KeyKind.P384))
OTHER = SoftwareSigner.generate(default_algorithm(KeyKind.ED25519))
PUBLIC = SIGNER.public_key.to_pem().encode()
PRIVATE = write_private_key(SIGNER, None)
FOREIGN_KEYS: dict[str, PrivateKeyTypes] = {
    "secp256k1": ec.generate_private_key(ec.SECP256K1()),
    "X25519": x25519.X25519PrivateKey.generate(),
    "Ed448": ed448.Ed448PrivateKey.generate(),
    "RSA": rsa.generate_private_key(65537, 2048),
}


def unasked() -> NoReturn:
    raise AssertionError("a passphrase was asked for")


def without_algorithm(signer: SoftwareSigner) -> PublicKey:
    return PublicKey.from_loaded(signer.public_key.loaded)


def test_several_public_keys_are_read_in_their_order_and_have_no_algorithm() -> None:
    data = b"Key of the root:\n" + PUBLIC + b"and of daily use:\n" + OTHER.public_key.to_pem().encode()

    assert read_public_keys("keys", data) == (without_algorithm(SIGNER), without_algorithm(OTHER))


def test_a_private_key_where_a_public_one_belongs_is_an_error_that_says_so() -> None:
    with pytest.raises(KeyFileError, match="found a private key, expected a public key"):
        read_public_keys("key", PUBLIC + PRIVATE)


def test_a_public_key_where_a_private_one_belongs_is_an_error_that_says_so() -> None:
    with pytest.raises(KeyFileError, match="found a public key, expected a private key"):
        read_private_key("key", PUBLIC, unasked)


@pytest.mark.parametrize("data", [b"", b"\x00\xff", b"-----BEGIN PUBLIC KEY-----", b"hello"])
def test_data_without_a_pem_block_holds_no_key(data: bytes) -> None:
    with pytest.raises(KeyFileError, match="no PEM block"):
        read_public_keys("key", data)


def test_a_damaged_public_key_is_refused() -> None:
    with pytest.raises(KeyFileError, match="cannot be read"):
        read_public_keys("key", PUBLIC.replace(b"MHY", b"MHX"))


def test_a_damaged_private_key_is_refused() -> None:
    with pytest.raises(KeyFileError, match="cannot be read"):
        read_private_key("key", PRIVATE.replace(b"MIG", b"MIH"), unasked)


def test_a_certificate_is_refused_where_nothing_reads_it() -> None:
    with pytest.raises(KeyFileError, match="'CERTIFICATE'"):
        read_public_keys("key", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")


@pytest.mark.parametrize("name", FOREIGN_KEYS)
def test_keys_of_other_types_are_refused_by_name(name: str) -> None:
    private = FOREIGN_KEYS[name]
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    with pytest.raises(UnknownAlgorithmError):
        read_public_keys("key", public)
    with pytest.raises((KeyFileError, UnknownAlgorithmError)):
        read_private_key("key", pem, unasked)


def pem(label: str, der: str) -> bytes:
    body = b64encode(bytes.fromhex(der)).decode()
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n".encode()


def test_a_key_of_a_type_that_nobody_knows_is_refused() -> None:
    algorithm = "3005" + "06032a0304"

    with pytest.raises(UnknownAlgorithmError, match="unknown type"):
        read_public_keys("key", pem("PUBLIC KEY", "300b" + algorithm + "03020000"))
    with pytest.raises(KeyFileError, match="cannot be read"):
        read_private_key("key", pem("PRIVATE KEY", "300d" + "020100" + algorithm + "040100"), unasked)


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_private_keys_that_openssl_encrypted_are_read(form: PrivateFormat) -> None:
    pem = SIGNER.private.private_bytes(Encoding.PEM, form, BestAvailableEncryption(b"secret"))

    assert is_encrypted(pem)
    assert holds_private_key(pem)
    assert read_private_key("key", pem, lambda: b"secret").public_key == SIGNER.public_key


def test_a_private_key_is_encrypted_anew_each_time() -> None:
    assert write_private_key(SIGNER, b"secret") != write_private_key(SIGNER, b"secret")
