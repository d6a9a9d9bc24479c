"""The public key of a certificate is taken out of it."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.public import PublicKey
from emblem.traceability.certificates import public_key_of_certificate

EC_PUBLIC_KEY = bytes.fromhex("2a8648ce3d0201")
"""The object identifier of the key type id-ecPublicKey (RFC 5480, section 2.1.1)."""
VERSION_3 = bytes.fromhex("a003020102")
"""The field ``version`` of a certificate (RFC 5280, section 4.1.2.1)."""
START = datetime(2026, 1, 1, tzinfo=UTC)


def certificate(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relief.example")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, START, START + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def test_the_key_is_that_of_the_certificate() -> None:
    private = ec.generate_private_key(ec.SECP256R1())

    assert public_key_of_certificate(certificate(private)) == PublicKey.from_loaded(private.public_key())


def test_a_certificate_with_a_key_of_another_type_is_refused_by_name() -> None:
    with pytest.raises(UnknownAlgorithmError, match="RSA"):
        public_key_of_certificate(certificate(rsa.generate_private_key(65537, 2048)))


def test_a_certificate_with_a_key_of_a_type_that_nobody_knows_is_refused() -> None:
    der = x509.load_pem_x509_certificate(certificate(ec.generate_private_key(ec.SECP256R1()))).public_bytes(
        Encoding.DER
    )
    changed = der.replace(EC_PUBLIC_KEY, EC_PUBLIC_KEY[:-1] + b"\x7f")
    pem = b"-----BEGIN CERTIFICATE-----\n" + b64encode(changed) + b"\n-----END CERTIFICATE-----\n"

    with pytest.raises(UnknownAlgorithmError, match="key of certificate"):
        public_key_of_certificate(pem)


@pytest.mark.parametrize("data", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match="certificate"):
        public_key_of_certificate(data)


def test_a_certificate_of_an_unknown_version_is_malformed() -> None:
    pem = certificate(ec.generate_private_key(ec.SECP256R1()))
    der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    changed = der.replace(VERSION_3, VERSION_3[:-1] + b"\x05")

    with pytest.raises(MalformedError, match="certificate"):
        public_key_of_certificate(
            b"-----BEGIN CERTIFICATE-----\n" + b64encode(changed) + b"\n-----END CERTIFICATE-----\n"
        )
