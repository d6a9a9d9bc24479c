"""Reading one certificate that a stranger sent: wholly, or not at all."""

from __future__ import annotations

from cryptography import x509

from emblem.errors import MalformedError
from emblem.model.display import excerpt
from emblem.traceability.der import INTEGER, SEQUENCE, read_value, read_values


def load_certificate(field: str, data: bytes) -> x509.Certificate:
    """Read one certificate in DER, its extensions with it.

    Raises:
        MalformedError: it is none, or its extensions are malformed.
    """
    _check_serial_number(field, data)
    try:
        certificate = x509.load_der_x509_certificate(data)
        list(certificate.extensions)
    except (ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as e:
        raise MalformedError(field, f"{len(data)} bytes ({excerpt(e)})", "an X.509 certificate in DER") from e
    return certificate


def _check_serial_number(field: str, data: bytes) -> None:
    """Refuse a number that RFC 5280 does not allow: the library takes it with a warning, which would be shown."""
    body = next(read_values(field, read_value(field, data, SEQUENCE)), (0, b""))[1]
    number = next((value for tag, value in read_values(field, body) if tag == INTEGER), b"")
    if not number or number[0] & 0x80 or not any(number):
        raise MalformedError(field, f"the serial number {excerpt(number.hex())}", "a positive one")
