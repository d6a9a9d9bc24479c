"""Certificates (X.509) by authorities whose keys everybody can compute; their signatures never change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from test_vectors.generator.keys import EMBLEM, Key, key
from test_vectors.generator.vector import DAY, NOW, ORG, TARGET, Document

BEGIN, END = NOW - 30 * DAY, NOW + 60 * DAY
"""The first and the last second of a certificate unless a vector says otherwise."""
HOST = ORG.removeprefix("https://")


@dataclass(frozen=True)
class Certificate:
    """A certificate, to be changed in every way before it is signed.

    Args:
        subject: the name of whose key it is.
        key: that key.
        issuer: the certificate of who signs; None: it signs itself.
        names: its DNS names.
        authority: what basicConstraints says; None: there is none.
        path_length: the same.
        usage: "sign" or "certify": what keyUsage allows; None: there is none.
        permitted, excluded: name constraints on DNS names.
        period: the first and the last second.
        strange: has a critical extension that nobody knows.
    """

    subject: str
    key: Key
    issuer: Certificate | None = None
    names: tuple[str, ...] = ()
    authority: bool | None = None
    path_length: int | None = None
    usage: str | None = None
    permitted: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    period: tuple[int, int] = (BEGIN, END)
    strange: bool = False

    def but(self, **changes: object) -> Certificate:
        """The same with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def signed(self) -> x509.Certificate:
        """The certificate."""
        signer = self.issuer or self
        start, end = (datetime.fromtimestamp(second, UTC) for second in self.period)
        serial = int.from_bytes(hashlib.sha256(repr(self).encode()).digest()[:8], "big")
        builder = x509.CertificateBuilder(
            _name(signer.subject), _name(self.subject), self.key.private.public_key(), serial, start, end
        )
        for extension, critical in self._extensions():
            builder = builder.add_extension(extension, critical)
        private = signer.key.private
        if isinstance(private, ed25519.Ed25519PrivateKey):
            return builder.sign(private, None)
        return builder.sign(private, hashes.SHA256(), ecdsa_deterministic=True)

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self.signed.public_bytes(Encoding.DER)

    @property
    def pem(self) -> str:
        """The certificate in PEM."""
        return self.signed.public_bytes(Encoding.PEM).decode()

    def _extensions(self) -> list[tuple[x509.ExtensionType, bool]]:
        found: list[tuple[x509.ExtensionType, bool]] = []
        if self.authority is not None:
            found.append((x509.BasicConstraints(self.authority, self.path_length), True))
        if self.usage is not None:
            found.append((_usage(self.usage), True))
        if self.names:
            found.append((x509.SubjectAlternativeName([x509.DNSName(name) for name in self.names]), False))
        if self.permitted or self.excluded:
            found.append((x509.NameConstraints(_subtrees(self.permitted), _subtrees(self.excluded)), True))
        if self.strange:
            found.append((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00"), True))
        return found


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(name: str) -> x509.KeyUsage:
    sign, certify = name == "sign", name == "certify"
    return x509.KeyUsage(sign, False, False, False, False, certify, certify, False, False)


def _subtrees(names: Sequence[str]) -> list[x509.GeneralName] | None:
    return [x509.DNSName(name) for name in names] or None


@dataclass(frozen=True, slots=True)
class TrustedCertificate:
    """A certificate of an authority that the verifier is given out of band, for an organization."""

    certificate: Certificate
    organization: str
    scope: Document | None = None

    @property
    def document(self) -> Document:
        """As the vector writes it."""
        document: Document = {"certificate": self.certificate.der.hex(), "organization": self.organization}
        return document if self.scope is None else document | {"scope": self.scope}


PKI = Certificate("Ministry", key("ministry pki"), authority=True, usage="certify")
"""The authority at the top."""
OFFICE = Certificate("Office of the Ministry", key("office pki"), PKI, authority=True, usage="certify")
"""One below it."""
OTHER_PKI = Certificate("Federation", key("federation pki"), authority=True, usage="certify")
"""An authority that has nothing to do with it."""
LEAF = Certificate("Relief", EMBLEM, PKI, names=(HOST, TARGET), usage="sign")
"""The certificate of the emblem's key, by the authority at the top."""
BELOW = LEAF.but(issuer=OFFICE)
"""The same, by the one below it."""
