"""A web PKI of our own: a root, an authority below it, certificates and precertificates, revocation lists.

Keys come from their labels and signatures are deterministic (RFC 6979), so that every run makes the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

TIMESTAMPS = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
"""The extension with the embedded timestamps (RFC 6962, section 3.3)."""
START = datetime(2027, 1, 1, tzinfo=UTC)
"""When certificates begin, unless a vector says otherwise; they last 90 days, those of authorities ten years."""


@cache
def key_of(label: str) -> ec.EllipticCurvePrivateKey:
    """A key on P-256, the same for the same label."""
    return ec.derive_private_key(int.from_bytes(hashlib.sha256(label.encode()).digest()) >> 1, ec.SECP256R1())


def der(certificate: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    """A certificate or a list in DER."""
    return certificate.public_bytes(Encoding.DER)


def pem(*certificates: x509.Certificate) -> str:
    """A file of certificates."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates).decode()


def spki(public: ec.EllipticCurvePublicKey) -> bytes:
    """A SubjectPublicKeyInfo in DER."""
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True, slots=True)
class Authority:
    """A certification authority and the certificates above it, from its own up to the root."""

    label: str
    chain: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate:
        """Its own certificate."""
        return self.chain[0]

    @property
    def root(self) -> x509.Certificate:
        """The last certificate above it, or its own."""
        return self.chain[-1]

    @classmethod
    def top(cls, label: str) -> Authority:
        """A root."""
        return cls(label, (_authority(label, label),))

    def below(self, label: str) -> Authority:
        """An authority that this one has certified."""
        return Authority(label, (_authority(label, self.label), *self.chain))

    def revoke(
        self,
        *serials: int,
        revoked: datetime = START + timedelta(days=20),
        made: datetime = START + timedelta(days=50),
        days: int = 30,
        extensions: Iterable[tuple[x509.ExtensionType, bool]] = (),
        signed_by: str | None = None,
    ) -> x509.CertificateRevocationList:
        """A revocation list."""
        builder = x509.CertificateRevocationListBuilder(_name(self.label), made, made + timedelta(days=days))
        for serial in serials:
            builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder(serial, revoked).build())
        builder = builder.add_extension(x509.CRLNumber(1), critical=False)
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(key_of(signed_by or self.label), hashes.SHA256(), ecdsa_deterministic=True)


@dataclass(frozen=True, slots=True)
class Request:
    """A certificate that is asked for: its names, and what is unusual about it."""

    names: tuple[str, ...]
    serial: int = 7
    start: datetime = START
    days: int = 90
    list_address: str | None = None
    usage: x509.ObjectIdentifier = field(default=ExtendedKeyUsageOID.SERVER_AUTH)

    def final(self, authority: Authority, timestamps: bytes | None = None) -> x509.Certificate:
        """The certificate, with an embedded timestamp list where there is one."""
        if timestamps is None:
            return self._sign(self._builder(authority), authority)
        octets = _der(0x04, timestamps)
        builder = self._builder(authority).add_extension(x509.UnrecognizedExtension(TIMESTAMPS, octets), False)
        return self._sign(builder, authority)

    def precertificate(self, authority: Authority) -> x509.Certificate:
        """The same, poisoned, as it is sent to logs."""
        return self._sign(self._builder(authority).add_extension(x509.PrecertPoison(), critical=True), authority)

    def but(self, **changes: object) -> Request:
        """The same with some of it changed."""
        return replace(self, **changes)  # type: ignore[arg-type]  # names of its own fields

    def _builder(self, authority: Authority) -> x509.CertificateBuilder:
        public = key_of("holder").public_key()
        end = self.start + timedelta(days=self.days)
        builder = x509.CertificateBuilder(_name(authority.label), x509.Name([]), public, self.serial, self.start, end)
        names = [x509.DNSName(name) for name in self.names]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=True)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([self.usage]), critical=False)
        builder = builder.add_extension(_authority_key(authority.label), critical=False)
        if self.list_address is not None:
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(self.list_address)], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        return builder

    def _sign(self, builder: x509.CertificateBuilder, authority: Authority) -> x509.Certificate:
        return builder.sign(key_of(authority.label), hashes.SHA256(), ecdsa_deterministic=True)


def _authority(label: str, issuer: str) -> x509.Certificate:
    public = key_of(label).public_key()
    serial = int.from_bytes(hashlib.sha256(f"serial of {label}".encode()).digest()[:8]) >> 1
    start = datetime(2025, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(_name(issuer), _name(label), public, serial, start, start + timedelta(days=3650))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    builder = builder.add_extension(usage, critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    builder = builder.add_extension(_authority_key(issuer), critical=False)
    return builder.sign(key_of(issuer), hashes.SHA256(), ecdsa_deterministic=True)


def _authority_key(label: str) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key_of(label).public_key())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _der(tag: int, contents: bytes) -> bytes:
    length = len(contents)
    if length < 0x80:
        return bytes([tag, length]) + contents
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 + size]) + length.to_bytes(size) + contents
