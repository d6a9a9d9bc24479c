"""The public key of a certificate is taken out of it."""

from __future__ import annotations

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


@pytest.mark.parametrize("data", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_no_certificate_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError, match="certificate"):
        public_key_of_certificate(data)
