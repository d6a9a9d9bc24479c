"""Reading one certificate that a stranger sent: wholly, or not at all."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from emblem.errors import MalformedError
from emblem.model.display import excerpt
from emblem.traceability.der import INTEGER, SEQUENCE, read_value, read_values

MALFORMED = (
    ValueError,
    TypeError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    UnsupportedAlgorithm,
)
"""What the library raises of certificates and lists that break their rules, at whatever time it comes to read them."""


def load_certificate(field: str, data: bytes) -> x509.Certificate:
    """Read one certificate in DER, its names and extensions with it: the library reads them when they are asked for.

    Raises:
        MalformedError: it is none, or its names or extensions are malformed.
    """
    _check_serial_number(field, data)
    try:
        certificate = x509.load_der_x509_certificate(data)
        _ = certificate.subject, certificate.issuer, list(certificate.extensions)
    except MALFORMED as error:
        raise MalformedError(field, f"{len(data)} bytes ({excerpt(error)})", "an X.509 certificate in DER") from error
    return certificate


def _check_serial_number(field: str, data: bytes) -> None:
    """Refuse a number that RFC 5280 does not allow: the library takes it with a warning, which would be shown."""
    body = next(read_values(field, read_value(field, data, SEQUENCE)), (0, b""))[1]
    number = next((value for tag, value in read_values(field, body) if tag == INTEGER), b"")
    if not number or number[0] & 0x80 or not any(number):
        raise MalformedError(field, f"the serial number {excerpt(number.hex())}", "a positive one")
