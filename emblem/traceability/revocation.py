"""Whether a certificate was revoked, by the list that its authority publishes (RFC 5280, sections 5 and 6.3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from emblem.errors import MalformedError
from emblem.model.display import excerpt
from emblem.model.evidence import Revocation
from emblem.traceability.chain import extension_value
from emblem.traceability.der import SEQUENCE, read_value, read_values
from emblem.traceability.loading import MALFORMED
from emblem.traceability.resources import Resource

LARGEST_LIST = 16 * 1024 * 1024
"""Bytes of a list."""
MOST_POINTS = 2
"""Distribution points of one certificate that are asked."""
RevocationList = x509.CertificateRevocationList
"""A list that was read, its signature not yet checked."""
_FIELD = "distribution points"
_DISTRIBUTION_POINTS = bytes.fromhex("0603551d1f")
_POINT_NAME, _FULL_NAME, _URI = 0xA0, 0xA0, 0x86
SKEW = timedelta(minutes=5)
"""By how much a list's time may lie in the future."""


@dataclass(frozen=True, slots=True)
class RevocationFinding:
    """What a list says of a certificate, and in words why."""

    state: Revocation
    detail: str


class ListSignatures:
    """What was found out of the signatures of lists: certificates of one authority are on one list, signed once."""

    def __init__(self) -> None:
        self._known: list[tuple[RevocationList, x509.Certificate, bool]] = []

    def hold(self, by: RevocationList, issuer: x509.Certificate) -> bool:
        """Whether a list is signed with the key of an authority's certificate."""
        for known_list, known_issuer, held in self._known:
            if known_issuer == issuer and known_list == by:
                return held
        held = _is_signed_by(by, issuer)
        self._known.append((by, issuer, held))
        return held


def revocation_resources(certificate: x509.Certificate) -> tuple[Resource, ...]:
    """The lists that a certificate names, to be fetched; they are signed, and mostly offered over ``http:`` only."""
    return tuple(
        Resource(address, LARGEST_LIST, "revocation list", unencrypted=True)
        for address in _points(certificate)[:MOST_POINTS]
    )


def load_list(field: str, data: bytes) -> RevocationList:
    """Read a list in DER or PEM.

    Raises:
        MalformedError: it is none, or too large.
    """
    if len(data) > LARGEST_LIST:
        raise MalformedError(field, f"{len(data)} bytes", f"{LARGEST_LIST} bytes at the most")
    try:
        if data.lstrip().startswith(b"-----BEGIN"):
            return x509.load_pem_x509_crl(data)
        return x509.load_der_x509_crl(data)
    except (ValueError, x509.InvalidVersion) as error:
        raise MalformedError(field, f"{len(data)} bytes that are none", "a revocation list (CRL)") from error


def judge_revocation(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    lists: Iterable[RevocationList],
    at: datetime,
    signatures: ListSignatures | None = None,
) -> RevocationFinding:
    """What lists say of a certificate: one that names it is believed, of whatever time; silence only one that counts.

    Args:
        certificate: the certificate.
        issuer: that of the authority that issued it.
        lists: those at hand, of whomever.
        at: the time as of which it matters.
        signatures: what is known of the lists' signatures already; what is found out is added.
    """
    signatures = signatures or ListSignatures()
    why = "no list of its authority is at hand"
    for one in lists:
        try:
            finding = _judge_by(certificate, issuer, one, at, signatures)
        except MALFORMED as error:
            # The library reads most of a list only when it is asked for.
            finding = _unknown(f"the list is malformed: {excerpt(error)}")
        if finding.state is not Revocation.UNKNOWN:
            return finding
        why = finding.detail
    return RevocationFinding(Revocation.UNKNOWN, why)


def _judge_by(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    by: RevocationList,
    at: datetime,
    signatures: ListSignatures,
) -> RevocationFinding:
    if by.issuer != certificate.issuer or not signatures.hold(by, issuer):
        return _unknown("the list is not signed by the authority that issued the certificate")
    entry = by.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if entry is not None and entry.revocation_date_utc <= at:
        return RevocationFinding(
            Revocation.REVOKED, f"its authority revoked the certificate at {_text(entry.revocation_date_utc)}"
        )
    return (
        _unknown(doubt)
        if (doubt := _doubt(certificate, by, at))
        else RevocationFinding(Revocation.NOT_REVOKED, "a list of its authority that counts does not name it")
    )


def _doubt(certificate: x509.Certificate, by: RevocationList, at: datetime) -> str | None:
    """Why it means nothing that a list does not name a certificate; None where it does."""
    if at > certificate.not_valid_after_utc:
        return "lists do not name certificates that have expired"
    if by.next_update_utc is None or by.next_update_utc < at:
        return "the list is too old"
    if by.last_update_utc > at + SKEW and by.last_update_utc > certificate.not_valid_after_utc:
        return "the list was made after the certificate had expired"
    for extension in by.extensions:
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            if not _covers(extension.value, certificate):
                return "the list is for other certificates"
        elif extension.critical:
            return f"the list has an extension that is not known here ({extension.oid.dotted_string})"
    return None


def _covers(scope: x509.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    partial = (
        scope.only_contains_ca_certs,
        scope.only_contains_attribute_certs,
        scope.indirect_crl,
        bool(scope.only_some_reasons),
        scope.relative_name is not None,
    )
    if any(partial):
        return False
    addresses = _uris(scope.full_name)
    return scope.full_name is None or not set(addresses).isdisjoint(_points(certificate))


def _points(certificate: x509.Certificate) -> tuple[str, ...]:
    """The addresses of the lists that are for all reasons, and by the issuer itself (RFC 5280, section 4.2.1.13).

    Read here, since the library reads every extension to give one.
    """
    try:
        value = extension_value(certificate, _DISTRIBUTION_POINTS)
        points = () if value is None else tuple(read_values(_FIELD, read_value(_FIELD, value, SEQUENCE)))
        addresses = [address for _, point in points for address in _addresses(point)]
    except (MalformedError, UnicodeDecodeError):
        return ()
    return tuple(dict.fromkeys(one for one in addresses if one.startswith(("http://", "https://"))))


def _addresses(point: bytes) -> Iterator[str]:
    members = dict(read_values(_FIELD, point))
    if not members.keys() <= {_POINT_NAME}:
        return
    for tag, names in read_values(_FIELD, members.get(_POINT_NAME, b"")):
        if tag == _FULL_NAME:
            yield from (name.decode("ascii") for kind, name in read_values(_FIELD, names) if kind == _URI)


def _uris(names: Iterable[x509.GeneralName] | None) -> list[str]:
    return [name.value for name in names or () if isinstance(name, x509.UniformResourceIdentifier)]


def _is_signed_by(by: RevocationList, issuer: x509.Certificate) -> bool:
    try:
        # The library takes the keys that sign certificates; another raises a TypeError.
        return by.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def _unknown(detail: str) -> RevocationFinding:
    return RevocationFinding(Revocation.UNKNOWN, detail)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
