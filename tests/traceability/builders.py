"""Certificates, logs and log lists, made without the code that is tested."""

from __future__ import annotations

import hashlib
import json
import struct
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from emblem.model.organization import Organization
from emblem.traceability.chain import CertificateChain
from emblem.traceability.commitment import Binding

DATA = Path(__file__).parents[1] / "data" / "ct"
TIMESTAMPS = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
"""The extension with the embedded timestamps (RFC 6962, section 3.3)."""
START = datetime(2026, 1, 1, tzinfo=UTC)
LOGGED = 1_774_533_278_453
"""Milliseconds since 1970, at 2026-03-26T13:54:38Z."""
RELIEF = Organization.parse("https://relief.example")
KEY_IDENTIFIER = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrst"
BINDING = Binding(KEY_IDENTIFIER, RELIEF)
KEY_NAME = f"{KEY_IDENTIFIER}.adem-configuration.relief.example"
NAMES = (KEY_NAME, "relief.example")
LogPrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@cache
def elliptic(label: str) -> ec.EllipticCurvePrivateKey:
    """A key on P-256, the same for the same label."""
    return ec.derive_private_key(int.from_bytes(hashlib.sha256(label.encode()).digest()) >> 1, ec.SECP256R1())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(_name(issuer), _name(subject), key, 7, START, START + timedelta(days=90))


def authority_certificate(name: str = "authority", issuer: str | None = None) -> x509.Certificate:
    """The certificate of an authority, by another one or itself."""
    builder = _builder(name, issuer or name, elliptic(name).public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(elliptic(issuer or name), hashes.SHA256())


def certificate(
    *names: str, timestamps: bytes | None = None, extensions: tuple[x509.ExtensionType, ...] = ()
) -> x509.Certificate:
    """A certificate of the authority for these names, with a timestamp list where one is given.

    The list stands before the last extension, as it may.
    """
    builder = _builder("holder", "authority", elliptic("holder").public_key())
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    if timestamps is not None:
        octets = _der(0x04, timestamps)
        builder = builder.add_extension(x509.UnrecognizedExtension(TIMESTAMPS, octets), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return builder.sign(elliptic("authority"), hashes.SHA256())


def _der(tag: int, contents: bytes) -> bytes:
    length = len(contents)
    if length < 0x80:
        return bytes([tag, length]) + contents
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 + size]) + length.to_bytes(size) + contents


def pem(*certificates: x509.Certificate) -> bytes:
    """A file of certificates."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def issued(*names: str, **how: Any) -> CertificateChain:
    """A certificate for these names and its issuer's."""
    return CertificateChain(certificate(*names, **how), authority_certificate())


def vector(size: int, data: bytes) -> bytes:
    return len(data).to_bytes(size) + data


def precertificate_entry(*names: str, **how: Any) -> bytes:
    """The entry for a certificate before its timestamps were embedded, with its type."""
    spki = elliptic("authority").public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    body = certificate(*names, **how).tbs_certificate_bytes
    return b"\0\1" + hashlib.sha256(spki).digest() + vector(3, body)


def final_certificate_entry(logged: x509.Certificate) -> bytes:
    """The entry for a final certificate, with its type."""
    return b"\0\0" + vector(3, logged.public_bytes(Encoding.DER))


def leaf_index(index: int) -> bytes:
    """The extension of a static log's timestamp."""
    return b"\0\0\5" + index.to_bytes(5)


def timestamp_list(*timestamps: bytes) -> bytes:
    """A SignedCertificateTimestampList."""
    return vector(2, b"".join(vector(2, timestamp) for timestamp in timestamps))


@dataclass(frozen=True)
class LogForTests:
    """A log that signs whatever it is given."""

    label: str
    private: LogPrivateKey

    @property
    def spki(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def log_id(self) -> bytes:
        return hashlib.sha256(self.spki).digest()

    def sign(self, data: bytes) -> bytes:
        """A DigitallySigned."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return b"\4\1" + vector(2, self.private.sign(data, padding.PKCS1v15(), hashes.SHA256()))
        return b"\4\3" + vector(2, self.private.sign(data, ec.ECDSA(hashes.SHA256())))

    def timestamp(self, entry: bytes, extensions: bytes = b"", time: int = LOGGED) -> bytes:
        """A SignedCertificateTimestamp for an entry with its type."""
        signature = self.sign(struct.pack(">BBQ", 0, 0, time) + entry + vector(2, extensions))
        return b"\0" + self.log_id + struct.pack(">Q", time) + vector(2, extensions) + signature

    def answer(self, entry: bytes, extensions: bytes = b"", /, **changes: Any) -> bytes:
        """An answer to add-chain, with some members changed; those that are None are left out."""
        signature = self.timestamp(entry, extensions)[1 + 32 + 8 + 2 + len(extensions) :]
        members = {
            "sct_version": 0,
            "id": base64(self.log_id),
            "timestamp": LOGGED,
            "extensions": base64(extensions),
            "signature": base64(signature),
        }
        return json.dumps({name: value for name, value in (members | changes).items() if value is not None}).encode()

    def listed(self, **changes: Any) -> dict[str, Any]:
        """Its entry in a log list, with some members changed; those that are None are left out."""
        members = {
            "description": f"{self.label} 2026",
            "log_id": base64(self.log_id),
            "key": base64(self.spki),
            "url": f"https://{self.label}.example/2026/",
            "mmd": 86400,
            "state": {"usable": {"timestamp": "2026-01-01T00:00:00Z"}},
            "temporal_interval": {
                "start_inclusive": "2026-01-01T00:00:00Z",
                "end_exclusive": "2026-07-01T00:00:00Z",
            },
        }
        return {name: value for name, value in (members | changes).items() if value is not None}


def log_list(*logs: dict[str, Any], tiled: tuple[dict[str, Any], ...] = (), **changes: Any) -> bytes:
    """A log list of one operator, with some members changed; those that are None are left out."""
    members: dict[str, Any] = {
        "version": "60.1",
        "log_list_timestamp": "2026-03-01T00:00:00Z",
        "operators": [{"name": "Operator", "email": [], "logs": list(logs), "tiled_logs": list(tiled)}],
    }
    return json.dumps({name: value for name, value in (members | changes).items() if value is not None}).encode()


def base64(data: bytes) -> str:
    return b64encode(data).decode()


OAK = LogForTests("oak", elliptic("oak"))
ELM = LogForTests("elm", elliptic("elm"))


def logged(*names: str, logs: tuple[LogForTests, ...] = (OAK,), extensions: bytes = b"") -> x509.Certificate:
    """A certificate with a timestamp of each of the logs."""
    entry = precertificate_entry(*names)
    return certificate(*names, timestamps=timestamp_list(*(log.timestamp(entry, extensions) for log in logs)))
