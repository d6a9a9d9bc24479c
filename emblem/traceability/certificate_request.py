"""Asking for a certificate: the request that a certification authority is sent (PKCS #10, RFC 2986)."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from emblem.keys.algorithms import KeyKind, default_algorithm
from emblem.keys.signing import SoftwareSigner


def generate_certificate_key() -> SoftwareSigner:
    """A new key on P-256, which every authority of the web PKI takes."""
    return SoftwareSigner.generate(default_algorithm(KeyKind.P256))


def certificate_request(names: Sequence[str], key: SoftwareSigner) -> bytes:
    """Request a certificate for DNS names, in PEM. Its subject is empty: a common name has no room for such names.

    Args:
        names: in A-labels, lower case.
        key: of the certificate, one for ECDSA.
    """
    builder = x509.CertificateSigningRequestBuilder(x509.Name([])).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=True
    )
    return builder.sign(key.private, hashes.SHA256()).public_bytes(Encoding.PEM)
