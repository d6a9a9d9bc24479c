"""The certificate that commits a key, and the one that issued it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from emblem.errors import InputError, MalformedError
from emblem.traceability.der import OCTET_STRING, SEQUENCE, read_value, read_values, write_value

LARGEST_CHAIN = 512 * 1024
"""Bytes of a file of certificates: enough for one with a few thousand names."""
MOST_CERTIFICATES = 10
"""Certificates in such a file."""

_FIELD = "extensions of certificate"
_BEGIN = b"-----BEGIN "
_EXTENSIONS = 0xA3
_DNS_NAME = 0x82
# The object identifiers of extensions, encoded: an extension begins with its own.
_SUBJECT_ALTERNATIVE_NAME = bytes.fromhex("0603551d11")
_TIMESTAMP_LIST = bytes.fromhex("060a2b06010401d679020402")
_POISON = bytes.fromhex("060a2b06010401d679020403")
_EXPECTED = "the certificate first, the certificate of its issuer second"


@dataclass(frozen=True, slots=True)
class CertificateChain:
    """A final certificate and its issuer's.

    The issuer's key has signed the certificate; nothing else is checked: no period, no root, no revocation. ``further``
    are certificates of other issuers that came along.
    """

    certificate: x509.Certificate
    issuer: x509.Certificate
    further: tuple[x509.Certificate, ...] = ()

    @property
    def encoded(self) -> bytes:
        """The certificate in DER."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def names(self) -> tuple[str, ...]:
        """The DNS names among the subject alternative names, as they are written, in their order.

        Raises:
            MalformedError: the extension is malformed.
        """
        return dns_names(self.certificate)

    @property
    def timestamp_list(self) -> bytes | None:
        """The SignedCertificateTimestampList that is embedded (RFC 6962, section 3.3), or None.

        Raises:
            MalformedError: the extension is malformed.
        """
        value = extension_value(self.certificate, _TIMESTAMP_LIST)
        return None if value is None else read_value("embedded timestamps", value, OCTET_STRING)

    @property
    def without_timestamps(self) -> bytes:
        """The to-be-signed part of the certificate without the extension of the timestamps, in DER.

        This is what the log had before there were timestamps (RFC 6962, section 3.2).

        Raises:
            MalformedError: there is no such extension, or one of any kind twice.
        """
        try:
            return self.certificate.tbs_precertificate_bytes
        except (ValueError, x509.DuplicateExtension) as error:
            raise MalformedError("extensions of certificate", str(error), "timestamps, and each kind once") from error

    @property
    def issuer_key_hash(self) -> bytes:
        """The SHA-256 of the issuer's SubjectPublicKeyInfo in DER.

        Raises:
            MalformedError: its certificate has the key in another encoding than the usual one of its type.
        """
        return issuer_key_hash(self.issuer)


def read_chain(field: str, data: bytes) -> CertificateChain:
    """Read a certificate and its issuer's from PEM; those of further issuers may follow and are not looked at.

    Args:
        field: the name of the file, for the errors.
        data: what it holds.

    Raises:
        InputError: the certificates stand in another order, or one of the two is missing, or the first is a
            precertificate.
        MalformedError: these are no certificates, or too many.
    """
    certificates = _read_certificates(field, data)
    if len(certificates) == 1:
        raise InputError(field, "one certificate only", f"a chain: {_EXPECTED}")
    certificate, issuer, *further = certificates
    for number, other in enumerate(certificates[1:], 2):
        if other != certificate and _issued(certificate, other):
            raise InputError(
                field, f"the wrong order: the first certificate issued the one in place {number}", _EXPECTED
            )
    if not _issued(issuer, certificate):
        place = next((number for number, other in enumerate(further, 3) if _issued(other, certificate)), None)
        found = "no certificate of the issuer" if place is None else f"the certificate of the issuer in place {place}"
        raise InputError(field, found, _EXPECTED)
    if extension_value(certificate, _POISON) is not None:
        raise InputError(field, "a precertificate", "the final certificate that was issued for it")
    return CertificateChain(certificate, issuer, tuple(further))


def dns_names(certificate: x509.Certificate) -> tuple[str, ...]:
    """The DNS names among the subject alternative names, as they are written, in their order.

    Raises:
        MalformedError: the extension is malformed.
    """
    value = extension_value(certificate, _SUBJECT_ALTERNATIVE_NAME)
    if value is None:
        return ()
    field = "subject alternative names"
    names = read_values(field, read_value(field, value, SEQUENCE))
    return tuple(_name_text(field, name) for tag, name in names if tag == _DNS_NAME)


def issuer_key_hash(issuer: x509.Certificate) -> bytes:
    """The SHA-256 of a certificate's SubjectPublicKeyInfo in DER.

    Raises:
        MalformedError: it has the key in another encoding than the usual one of its type, or a key of unknown type.
    """
    field = "key of issuer"
    try:
        encoded = issuer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MalformedError(field, str(error), "a key of a known type") from error
    # The library gives the key newly encoded; what is hashed must be what the certificate has.
    if encoded not in issuer.tbs_certificate_bytes:
        raise MalformedError(field, "an unusual encoding", "the DER encoding usual for its type")
    return hashlib.sha256(encoded).digest()


def without_poison(precertificate: x509.Certificate) -> bytes:
    """The to-be-signed part of a precertificate without the extension that makes it one (RFC 6962, section 3.2).

    Raises:
        MalformedError: it is no precertificate, or has another encoding than DER.
    """
    body = _read_body(precertificate)
    if body.value_of(_POISON) is None:
        raise MalformedError("precertificate", "a certificate without the poison extension", "one with it")
    kept = b"".join(write_value(*one) for one in body.extensions if not one[1].startswith(_POISON))
    extensions = write_value(SEQUENCE, kept)
    return write_value(
        SEQUENCE,
        b"".join(write_value(tag, extensions if tag == _EXTENSIONS else contents) for tag, contents in body.members),
    )


def encoded_certificates(field: str, data: bytes) -> tuple[bytes, ...]:
    """All certificates of a file in PEM, in DER and in their order; nothing of them is checked.

    Args:
        field: the name of the file, for the errors.
        data: what it holds.

    Raises:
        MalformedError: these are no certificates, or too many.
    """
    return tuple(one.public_bytes(Encoding.DER) for one in _read_certificates(field, data))


def _read_certificates(field: str, data: bytes) -> Sequence[x509.Certificate]:
    if len(data) > LARGEST_CHAIN:
        raise MalformedError(field, f"{len(data)} bytes", f"{LARGEST_CHAIN} bytes at the most")
    if (count := data.count(_BEGIN)) > MOST_CERTIFICATES:
        raise MalformedError(field, f"{count} blocks of PEM", f"{MOST_CERTIFICATES} at the most")
    try:
        return x509.load_pem_x509_certificates(data)
    except (ValueError, x509.InvalidVersion) as error:
        raise MalformedError(field, f"{len(data)} bytes that are none", "X.509 certificates in PEM") from error


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


class _Body(NamedTuple):
    """The to-be-signed part of a certificate, and its extensions: the tags and contents of the values in either."""

    members: tuple[tuple[int, bytes], ...]
    extensions: tuple[tuple[int, bytes], ...]

    def value_of(self, identifier: bytes) -> bytes | None:
        """The value of an extension, by its object identifier; None where it is not there."""
        found = [contents for _, contents in self.extensions if contents.startswith(identifier)]
        if len(found) > 1:
            raise MalformedError(_FIELD, "one of them twice", "each once")
        return list(read_values(_FIELD, found[0]))[-1][1] if found else None


@lru_cache(maxsize=4)
def _read_body(certificate: x509.Certificate) -> _Body:
    """The to-be-signed part of a certificate; several things are asked of one, one after the other."""
    members = tuple(read_values(_FIELD, read_value(_FIELD, certificate.tbs_certificate_bytes, SEQUENCE)))
    lists = [read_value(_FIELD, contents, SEQUENCE) for tag, contents in members if tag == _EXTENSIONS]
    return _Body(members, tuple(one for each in lists for one in read_values(_FIELD, each)))


def extension_value(certificate: x509.Certificate, identifier: bytes) -> bytes | None:
    """The value of an extension, by its encoded object identifier; None where it is not there.

    Raises:
        MalformedError: it is there twice, or the extensions are malformed.
    """
    return _read_body(certificate).value_of(identifier)


def _name_text(field: str, name: bytes) -> str:
    try:
        return name.decode("ascii")
    except UnicodeDecodeError as error:
        raise MalformedError(field, repr(name), "names in ASCII") from error
