"""Certificates in the words of a verdict."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from emblem.model.display import printable
from emblem.model.evidence import CertificateSummary
from emblem.model.time import numeric_date

_LONGEST_NAME = 200


@lru_cache(maxsize=64)
def summarize(certificate: x509.Certificate) -> CertificateSummary:
    """What a person wants to know of a certificate."""
    return summarize_encoded(certificate, certificate.public_bytes(Encoding.DER))


def summarize_encoded(certificate: x509.Certificate, encoded: bytes) -> CertificateSummary:
    """The same, of a certificate whose DER is at hand: for the library it is a third of the work to write that."""
    return CertificateSummary(
        _name_text(certificate.subject),
        _name_text(certificate.issuer),
        f"{certificate.serial_number:x}",
        numeric_date(certificate.not_valid_before_utc),
        numeric_date(certificate.not_valid_after_utc),
        hashlib.sha256(encoded).digest(),
    )


def was_valid(certificate: x509.Certificate, at: datetime) -> bool:
    """Whether a time lies in the period of a certificate."""
    return certificate.not_valid_before_utc <= at.astimezone(UTC) <= certificate.not_valid_after_utc


def _name_text(name: x509.Name) -> str:
    text = printable(name.rfc4514_string()) or "no name"
    return text if len(text) <= _LONGEST_NAME else text[:_LONGEST_NAME] + "…"
