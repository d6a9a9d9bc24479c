"""Time stamps of RFC 3161, made by hand so that they are always the same, of whatever time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from test_vectors.generator.commitments.pki import Authority, der, key_of, pem

_INTEGER, _OCTETS, _NULL, _OBJECT, _TIME, _SEQUENCE, _SET = 0x02, 0x04, 0x05, 0x06, 0x18, 0x30, 0x31
_FIRST = 0xA0
"""The tag ``[0]``, constructed."""
_SHA256 = "2.16.840.1.101.3.4.2.1"
_ECDSA_SHA256 = "1.2.840.10045.4.3.2"
_SIGNED_DATA, _STAMP = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _DIGEST, _CERTIFICATE = (
    "1.2.840.113549.1.9.3",
    "1.2.840.113549.1.9.4",
    "1.2.840.113549.1.9.16.2.47",
)
_POLICY = "1.2.3.4.1"
STAMPED = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
"""When stamps are made unless a vector says otherwise."""


@dataclass(frozen=True, slots=True)
class StampingAuthority:
    """An authority whose certificate a root of its own issued.

    Args:
        label: its name, and the root's.
        usage: what its certificate is for.
        critical: whether that must be understood.
        lasts: days from 2027-01-01 on.
    """

    label: str
    usage: x509.ObjectIdentifier = field(default=ExtendedKeyUsageOID.TIME_STAMPING)
    critical: bool = True
    lasts: int = 90

    @property
    def root(self) -> str:
        """The root's certificate in PEM."""
        return pem(self._root.certificate)

    @property
    def _root(self) -> Authority:
        return Authority.top(f"{self.label} root")

    @property
    def certificate(self) -> x509.Certificate:
        """Its own certificate."""
        start = datetime(2027, 1, 1, tzinfo=UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.label)])
        issuer, public = self._root.certificate.subject, key_of(self.label).public_key()
        builder = x509.CertificateBuilder(issuer, name, public, 11, start, start + timedelta(days=self.lasts))
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([self.usage]), critical=self.critical)
        return builder.sign(key_of(f"{self.label} root"), hashes.SHA256(), ecdsa_deterministic=True)

    def stamp(self, message: bytes, at: datetime = STAMPED) -> bytes:
        """The TimeStampResp about a message."""
        imprint = _sequence(_sequence(_object(_SHA256), _value(_NULL)), _value(_OCTETS, _sha256(message)))
        time = _value(_TIME, at.strftime("%Y%m%d%H%M%SZ").encode())
        content = _sequence(_number(1), _object(_POLICY), imprint, _number(1), time)
        token = _sequence(_object(_SIGNED_DATA), _value(_FIRST, self._signed(content)))
        return _sequence(_sequence(_number(0)), token)

    def refusal(self) -> bytes:
        """The response that nothing is stamped."""
        return _sequence(_sequence(_number(2)))

    def _signed(self, content: bytes) -> bytes:
        certificate, digest = der(self.certificate), _sequence(_object(_SHA256))
        # What is signed has the tag of a set, what is sent the tag [0] (RFC 5652, section 5.4).
        attributes = b"".join(
            sorted(
                (
                    _attribute(_CONTENT_TYPE, _object(_STAMP)),
                    _attribute(_DIGEST, _value(_OCTETS, _sha256(content))),
                    _attribute(_CERTIFICATE, _sequence(_sequence(_sequence(_value(_OCTETS, _sha256(certificate)))))),
                )
            )
        )
        scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        signature = key_of(self.label).sign(_value(_SET, attributes), scheme)
        signer = _sequence(
            _number(1),
            _sequence(self.certificate.issuer.public_bytes(), _number(self.certificate.serial_number)),
            digest,
            _value(_FIRST, attributes),
            _sequence(_object(_ECDSA_SHA256)),
            _value(_OCTETS, signature),
        )
        return _sequence(
            _number(3),
            _value(_SET, digest),
            _sequence(_object(_STAMP), _value(_FIRST, _value(_OCTETS, content))),
            _value(_FIRST, certificate),
            _value(_SET, signer),
        )


def _attribute(kind: str, value: bytes) -> bytes:
    return _sequence(_object(kind), _value(_SET, value))


def _sequence(*parts: bytes) -> bytes:
    return _value(_SEQUENCE, b"".join(parts))


def _number(number: int) -> bytes:
    return _value(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1))


def _object(identifier: str) -> bytes:
    first, second, *rest = map(int, identifier.split("."))
    octets = bytes([first * 40 + second])
    for number in rest:
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.insert(0, number & 0x7F | 0x80)
        octets += bytes(groups)
    return _value(_OBJECT, octets)


def _value(tag: int, contents: bytes = b"") -> bytes:
    length = len(contents)
    if length < 0x80:
        return bytes([tag, length]) + contents
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 + size]) + length.to_bytes(size) + contents


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
