"""X.509 certificates (RFC 5280). Nothing outside this room parses one."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from emblem.errors import MalformedError, UnknownAlgorithmError
from emblem.keys.public import PublicKey


def public_key_of_certificate(data: bytes) -> PublicKey:
    """Take the public key out of one certificate in PEM; nothing of the certificate is checked.

    Raises:
        MalformedError: this is no certificate.
        UnknownAlgorithmError: its key is of a type that no known algorithm uses.
    """
    try:
        key = x509.load_pem_x509_certificate(data).public_key()
    except UnsupportedAlgorithm as error:
        expected = "P-256, P-384, P-521 or Ed25519"
        raise UnknownAlgorithmError("key of certificate", str(error), expected) from error
    except (ValueError, x509.InvalidVersion) as error:
        raise MalformedError("certificate", f"{len(data)} bytes", "an X.509 certificate in PEM") from error
    return PublicKey.from_loaded(key)
