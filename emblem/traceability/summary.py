"""Logged certificates in words, for people; what a verdict rests on are their bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from emblem.model.display import printable
from emblem.model.time import numeric_date
from emblem.model.token import NumericDate
from emblem.traceability.loading import MALFORMED

_LONGEST_NAME = 200
_UNREADABLE = "a name that cannot be read"


@dataclass(frozen=True, slots=True)
class CertificateSummary:
    """A certificate, as much as a person wants to know of it; ``fingerprint`` is the SHA-256 of its DER."""

    subject: str
    issuer: str
    serial: str
    not_before: NumericDate
    not_after: NumericDate
    fingerprint: bytes


def summarize(encoded: bytes) -> CertificateSummary:
    """What a person wants to know of a certificate that is given in DER, and was read before.

    Raises:
        ValueError: it is none.
    """
    certificate = x509.load_der_x509_certificate(encoded)
    return CertificateSummary(
        _subject(certificate),
        _issuer(certificate),
        f"{certificate.serial_number:x}",
        numeric_date(certificate.not_valid_before_utc),
        numeric_date(certificate.not_valid_after_utc),
        hashlib.sha256(encoded).digest(),
    )


def was_valid(certificate: x509.Certificate, at: datetime) -> bool:
    """Whether a time lies in the period of a certificate."""
    return certificate.not_valid_before_utc <= at.astimezone(UTC) <= certificate.not_valid_after_utc


def _subject(certificate: x509.Certificate) -> str:
    try:
        return _name_text(certificate.subject)
    except MALFORMED:
        return _UNREADABLE


def _issuer(certificate: x509.Certificate) -> str:
    try:
        return _name_text(certificate.issuer)
    except MALFORMED:
        return _UNREADABLE


def _name_text(name: x509.Name) -> str:
    text = printable(name.rfc4514_string()) or "no name"
    return text if len(text) <= _LONGEST_NAME else text[:_LONGEST_NAME] + "…"
