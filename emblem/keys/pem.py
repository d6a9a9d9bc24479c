"""Keys in PEM (RFC 7468): private ones as PKCS#8, encrypted or not, public ones as SubjectPublicKeyInfo."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from emblem.errors import KeyFileError, PassphraseError, UnknownAlgorithmError
from emblem.keys.algorithms import KNOWN_KINDS
from emblem.keys.ml_dsa import recognize_private_key
from emblem.keys.pkcs8 import encrypt_private_key
from emblem.keys.public import PublicKey
from emblem.keys.signing import SoftwareSigner

Passphrase = Callable[[], bytes]
"""Asks whoever knows it for a passphrase; called only where a key turns out to be encrypted."""

CertificateReader = Callable[[bytes], PublicKey]
"""Takes the public key out of one certificate in PEM."""

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_KNOWN_KEYS = f"a key for {KNOWN_KINDS}"
_PRIVATE, _PUBLIC, _CERTIFICATE = b"PRIVATE KEY", b"PUBLIC KEY", b"CERTIFICATE"
_LINE = 64


def write_private_key(signer: SoftwareSigner, passphrase: bytes | None) -> bytes:
    """The private key in PEM, encrypted unless the passphrase is None."""
    if passphrase is None:
        return signer.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    plain = signer.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    body = b64encode(encrypt_private_key(plain, passphrase)).decode()
    lines = [body[start : start + _LINE] for start in range(0, len(body), _LINE)]
    label = "ENCRYPTED PRIVATE KEY"
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")).encode()


def read_private_key(field: str, data: bytes, passphrase: Passphrase) -> SoftwareSigner:
    """Read a private key in PEM.

    Args:
        field: what is read, for the error.
        data: the PEM.
        passphrase: called only if the key is encrypted.

    Raises:
        PassphraseError: the passphrase is wrong.
        KeyFileError: this is no private key in PEM, or one that no known algorithm uses.
        UnknownAlgorithmError: the key is on a curve that no known algorithm uses.
    """
    if not holds_private_key(data):
        found = "a public key" if _PUBLIC in data else "no private key"
        raise KeyFileError(field, found, "a private key in PEM (-----BEGIN … PRIVATE KEY-----)")
    try:
        private = load_pem_private_key(data, None)
    except TypeError:
        private = _decrypt(field, data, passphrase())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFileError(field, "a private key that cannot be read", "PKCS#8 in PEM") from error
    if isinstance(private, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        return SoftwareSigner(private)
    for_ml_dsa = recognize_private_key(private)
    if for_ml_dsa is not None:
        return SoftwareSigner(for_ml_dsa)
    raise KeyFileError(field, f"a key of type {type(private).__name__}", _KNOWN_KEYS)


def holds_private_key(data: bytes) -> bool:
    """Whether there is a private key in PEM in the data, encrypted or not."""
    return any(_PRIVATE in label for label, _ in _blocks(data))


def is_encrypted(data: bytes) -> bool:
    """Whether a private key in PEM needs a passphrase, in PKCS#8 or in OpenSSL's older form (RFC 1421)."""
    return any(_PRIVATE in label and b"ENCRYPTED" in block for label, block in _blocks(data))


def read_public_keys(
    field: str, data: bytes, read_certificate: CertificateReader | None = None
) -> tuple[PublicKey, ...]:
    """Read the public keys in PEM, in their order; they have no algorithm.

    Args:
        field: what is read, for the errors.
        data: one PEM block or several, with any text around them.
        read_certificate: what takes the key out of a certificate; without it a certificate is refused.

    Raises:
        KeyFileError: there is a private key, a block of another kind, or none at all.
        UnknownAlgorithmError: a key is of a type that no known algorithm uses.
    """
    keys = tuple(_read_public_block(field, label, block, read_certificate) for label, block in _blocks(data))
    if not keys:
        raise KeyFileError(field, "no PEM block", "a public key or a certificate in PEM")
    return keys


def _blocks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    return ((match[1], match[0]) for match in _BLOCK.finditer(data))


def _read_public_block(field: str, label: bytes, block: bytes, read_certificate: CertificateReader | None) -> PublicKey:
    if _PRIVATE in label:
        raise KeyFileError(field, "a private key", "a public key; keep the private one to yourself")
    if label == _CERTIFICATE and read_certificate is not None:
        return read_certificate(block)
    if label != _PUBLIC:
        raise KeyFileError(field, f"a PEM block {label.decode()!r}", "a public key in PEM")
    return PublicKey.from_loaded(_load_public(field, block))


def _load_public(field: str, block: bytes) -> PublicKeyTypes:
    try:
        return load_pem_public_key(block)
    except UnsupportedAlgorithm as error:
        raise UnknownAlgorithmError(field, "a key of an unknown type", _KNOWN_KEYS) from error
    except (ValueError, TypeError) as error:
        raise KeyFileError(field, "a public key that cannot be read", "a SubjectPublicKeyInfo in PEM") from error


def _decrypt(field: str, data: bytes, passphrase: bytes) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(data, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        # With a wrong passphrase the decrypted bytes can be well padded by chance, and are then no key.
        raise PassphraseError(field, "a wrong passphrase", "the one that encrypts this key") from error
