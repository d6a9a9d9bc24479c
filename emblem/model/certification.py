"""Certificates that a token carries: what validation needs to know of them, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from emblem.model.organization import Organization
from emblem.model.token import NumericDate


@dataclass(frozen=True, slots=True)
class CertificationNeed:
    """Whether the certificates in a token's header certify its key to its issuer, for what its emblem marks.

    Args:
        certificates: in DER, that of the key first, each issued by the next.
        key_identifier: of the key, in the native format.
        issuer: whose key it is said to be.
        assets: the names that the emblem marks, in normal form.
        at: the time as of which they must be valid.
    """

    certificates: tuple[bytes, ...]
    key_identifier: str
    issuer: Organization
    assets: tuple[str, ...]
    at: NumericDate


class CertificationResult(StrEnum):
    """What the check of certificates came to. One that was not made has no result at all."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class PathCertificate:
    """What a certificate says, for people. Texts are a stranger's.

    Args:
        subject: its name (RFC 4514).
        issuer: the name of who issued it.
        names: the first of its DNS names.
        not_before: the first second in which it is valid.
        expires: the first in which it no longer is.
        fingerprint: the SHA-256 of its DER, in hexadecimal.
        key_identifiers: of its key, in both kinds; none where its key is of a type that we do not know.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: NumericDate
    expires: NumericDate
    fingerprint: str
    key_identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Certification:
    """The answer to a :class:`CertificationNeed`.

    Args:
        result: ``VERIFIED`` where the certificates are good and lead somewhere: to ``anchors``, or by ``domain``.
        detail: what it rests on, for a person.
        anchors: the certificates of authorities, of those that the verifier was given, to which they lead; in DER.
        domain: the issuer's own domain names them, in a zone whose answers are authentic (TLSA, RFC 6698).
        certificates: what they say, that of the key first, up to the highest that was used.
    """

    result: CertificationResult
    detail: str
    anchors: tuple[bytes, ...] = ()
    domain: bool = False
    certificates: tuple[PathCertificate, ...] = ()


@dataclass(frozen=True, slots=True)
class CertificationReport:
    """What the certificates of one token on the path came to.

    Args:
        token: counts in the set's tokens.
        result: of the check; None: it was not made.
        detail: what it rests on.
        authorities: whom the verifier trusts that certify the key, here and for this.
        domain: the issuer's own domain names the certificates.
        certificates: what they say; empty where nobody has read them.
    """

    token: int
    result: CertificationResult | None
    detail: str
    authorities: tuple[Organization, ...] = ()
    domain: bool = False
    certificates: tuple[PathCertificate, ...] = ()
