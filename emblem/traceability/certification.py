"""Whether certificates certify a key to an organization, for what it marks (``specs/profile.md``, "Certificates").

A pure function of the certificates, the authorities that the verifier trusts, what the organization's domain says, and
the time. The path itself is validated by the library (RFC 5280, section 6); what it does not look at is done here.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from emblem.errors import InputError, MalformedError
from emblem.keys.public import PublicKey
from emblem.model.certification import Certification, CertificationNeed, CertificationResult, PathCertificate
from emblem.model.display import excerpt
from emblem.model.limits import MOST_CERTIFICATES
from emblem.model.time import datetime_of, numeric_date
from emblem.model.token import Format
from emblem.traceability.dane import Association
from emblem.traceability.loading import load_certificate
from emblem.traceability.subtrees import Subtrees, dns_names, find_extension, is_covered, read_subtrees

_MOST_NAMES = 16
_LONGEST_NAME = 200
_NO_PLACE_TO_LEAD = "it leads to no authority that you trust"


class _FlawError(Exception):
    """A certificate says that it must not count."""


def certify(
    need: CertificationNeed, anchors: Iterable[bytes], associations: Sequence[Association] = (), unsaid: str = ""
) -> Certification:
    """Judge certificates.

    Args:
        need: what is asked of them.
        anchors: the certificates (DER) of authorities that the verifier trusts.
        associations: what the organization's own domain says, in a zone whose answers are authentic.
        unsaid: why it says nothing, for a person, where that is worth knowing.
    """
    try:
        certificates = [_load(data, number) for number, data in enumerate(need.certificates, 1)]
        summaries = tuple(map(read_certificate, certificates))
    except MalformedError as error:
        return Certification(CertificationResult.FAILED, str(error))
    try:
        _check(need, certificates)
    except _FlawError as flaw:
        return Certification(CertificationResult.FAILED, str(flaw), certificates=summaries)
    except UnsupportedAlgorithm as error:
        unknown = f"a certificate is in an algorithm that is not known here ({error})"
        return Certification(CertificationResult.UNDETERMINED, unknown, certificates=summaries)
    return _Paths(need, certificates, summaries).lead(anchors, associations, unsaid)


def read_certificate(certificate: x509.Certificate) -> PathCertificate:
    """What a certificate says, for people.

    Raises:
        MalformedError: it says it in a form that cannot be read.
    """
    try:
        subject, issuer = certificate.subject.rfc4514_string(), certificate.issuer.rfc4514_string()
        return PathCertificate(
            subject=subject[:_LONGEST_NAME] or "no name",
            issuer=issuer[:_LONGEST_NAME] or "no name",
            names=dns_names(certificate)[:_MOST_NAMES],
            not_before=numeric_date(certificate.not_valid_before_utc),
            # The last second counts (RFC 5280, section 4.1.2.5).
            expires=numeric_date(certificate.not_valid_after_utc) + 1,
            fingerprint=hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
            key_identifiers=_identifiers(certificate),
        )
    except (ValueError, OverflowError) as error:
        raise MalformedError("certificate", excerpt(error), "names and dates that can be read") from error


def check_authority(field: str, data: bytes) -> None:
    """Refuse a certificate that cannot be an authority's.

    Args:
        field: what it is, for the errors.
        data: in DER.

    Raises:
        InputError: it cannot.
    """
    certificate = load_certificate(field, data)
    try:
        _check_authority(certificate, "it", 0)
    except _FlawError as flaw:
        raise InputError(field, str(flaw), "the certificate of an authority") from flaw


def beyond(certificates: Sequence[bytes], assets: Iterable[str]) -> tuple[str, ...]:
    """The names that lie neither within a certificate's own nor within what the authorities with it are limited to.

    Args:
        certificates: in DER, that of the key first.
        assets: in normal form.

    Raises:
        MalformedError: a certificate is malformed.
    """
    first, *authorities = [_load(data, number) for number, data in enumerate(certificates, 1)]
    names, subtrees = dns_names(first), [read_subtrees(authority) for authority in authorities]
    return tuple(asset for asset in assets if not is_covered(asset, names, subtrees))


def last_moment(certificates: Sequence[bytes]) -> datetime:
    """Until when all of some certificates (DER) are valid; errors as in :func:`beyond`."""
    return min(_load(data, number).not_valid_after_utc for number, data in enumerate(certificates, 1))


def _load(data: bytes, number: int) -> x509.Certificate:
    return load_certificate(f"certificate {number}", data)


def _identifiers(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        key = PublicKey.from_loaded(certificate.public_key())
    except (InputError, ValueError, UnsupportedAlgorithm):
        return ()
    return key.identifier(Format.CWT), key.identifier(Format.JWS)


def _check(need: CertificationNeed, certificates: Sequence[x509.Certificate]) -> None:
    """What must hold wherever the certificates lead."""
    first, authorities = certificates[0], certificates[1:]
    if need.key_identifier not in _identifiers(first):
        raise _FlawError("the first certificate is not of the key that signed")
    for number, (lower, upper) in enumerate(zip(certificates, authorities, strict=False), 1):
        if lower.issuer != upper.subject:
            raise _FlawError(f"they are in the wrong order: certificate {number} was not issued by the next one")
        if not _issued(upper, lower):
            raise _FlawError(f"the signature of certificate {number} does not hold")
    for number, certificate in enumerate(certificates, 1):
        _check_period(certificate, need, number)
    _check_end(first)
    for number, authority in enumerate(authorities):
        _check_authority(authority, f"certificate {number + 2}", number)
    _check_names(need, first, authorities)


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether a signature holds; raises UnsupportedAlgorithm where it is in one that the library does not know."""
    try:
        # Asking for it tells an algorithm that is not known from a signature that does not hold.
        _ = certificate.signature_hash_algorithm
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _check_period(certificate: x509.Certificate, need: CertificationNeed, number: int) -> None:
    if need.at >= numeric_date(certificate.not_valid_after_utc) + 1:
        raise _FlawError(f"certificate {number} expired at {certificate.not_valid_after_utc.isoformat()}")
    if need.at < numeric_date(certificate.not_valid_before_utc):
        raise _FlawError(f"certificate {number} is valid only from {certificate.not_valid_before_utc.isoformat()}")


def _check_end(certificate: x509.Certificate) -> None:
    constraints = find_extension(certificate, x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        raise _FlawError("the first certificate is that of an authority")
    usage = find_extension(certificate, x509.KeyUsage)
    if usage is not None and not usage.digital_signature:
        raise _FlawError("the key of the first certificate is not for signatures (keyUsage)")


def _check_authority(certificate: x509.Certificate, which: str, below: int) -> None:
    """Whether a certificate is that of an authority, with so many authorities between it and the first one."""
    constraints = find_extension(certificate, x509.BasicConstraints)
    if constraints is None or not constraints.ca:
        raise _FlawError(f"{which} is not that of an authority (basicConstraints)")
    if constraints.path_length is not None and below > constraints.path_length:
        raise _FlawError(f"{which} allows {constraints.path_length} authorities below it")
    usage = find_extension(certificate, x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        raise _FlawError(f"{which} is not for certificates (keyUsage)")


def _check_names(need: CertificationNeed, first: x509.Certificate, authorities: Sequence[x509.Certificate]) -> None:
    names = dns_names(first)
    subtrees = [read_subtrees(authority) for authority in authorities]
    for name in names:
        if not all(one.permits(name) for one in subtrees):
            raise _FlawError(f"an authority must not certify the name {excerpt(name)}")
    if need.issuer.host not in names:
        raise _FlawError(f"{need.issuer.host} is none of its names: {excerpt(', '.join(names) or 'none')}")


def _check_assets(need: CertificationNeed, first: x509.Certificate, subtrees: Sequence[Subtrees]) -> None:
    names = dns_names(first)
    for asset in need.assets:
        if not is_covered(asset, names, subtrees):
            raise _FlawError(f"{asset} is none of its names, and in no subtree that its authorities are limited to")


class _Paths:
    """Where certificates that are good in themselves lead to."""

    def __init__(
        self,
        need: CertificationNeed,
        certificates: Sequence[x509.Certificate],
        summaries: tuple[PathCertificate, ...],
    ) -> None:
        self._need = need
        self._certificates = certificates
        self._summaries = summaries
        self._refusals: list[str] = []
        self._flaws: list[str] = []

    def lead(self, anchors: Iterable[bytes], associations: Sequence[Association], unsaid: str) -> Certification:
        """The answer, once it is known where they lead."""
        reached = [anchor for data in anchors if (anchor := self._reach(data)) is not None]
        record = self._find_record(associations)
        if not reached and record is None and self._flaws:
            flaws = "; ".join(dict.fromkeys(self._flaws))
            return Certification(CertificationResult.FAILED, flaws, certificates=self._summaries)
        if not reached and record is None:
            why = "; ".join(dict.fromkeys([*self._refusals, _NO_PLACE_TO_LEAD, *([unsaid] if unsaid else [])]))
            return Certification(CertificationResult.UNDETERMINED, why, certificates=self._summaries)
        subjects = [f"a path to {_name(anchor)}" for anchor in reached]
        return Certification(
            CertificationResult.VERIFIED,
            "; ".join([*subjects, *([record] if record is not None else [])]),
            tuple(anchor.public_bytes(Encoding.DER) for anchor in reached),
            record is not None,
            self._with_top(reached),
        )

    def _with_top(self, reached: Sequence[x509.Certificate]) -> tuple[PathCertificate, ...]:
        """The summaries up to where the path ends, the authority's own among them."""
        summaries = list(self._summaries)
        for anchor in reached[:1]:
            summary = read_certificate(anchor)
            known = [one.fingerprint for one in summaries]
            if summary.fingerprint in known:
                return tuple(summaries[: known.index(summary.fingerprint) + 1])
            summaries.append(summary)
        return tuple(summaries)

    def _reach(self, data: bytes) -> x509.Certificate | None:
        try:
            anchor = load_certificate("authority", data)
        except MalformedError:
            return None
        return anchor if self._is_relevant(anchor) and self._leads_to(anchor) else None

    def _is_relevant(self, anchor: x509.Certificate) -> bool:
        return any(anchor.subject == certificate.issuer for certificate in self._certificates)

    def _leads_to(self, anchor: x509.Certificate) -> bool:
        """Whether there is a valid path, and it allows what the emblem marks."""
        verifier = (
            PolicyBuilder()
            .store(Store([anchor]))
            .time(datetime_of(math.floor(self._need.at)))
            .max_chain_depth(MOST_CERTIFICATES)
            .extension_policies(ca_policy=_OF_AUTHORITIES, ee_policy=ExtensionPolicy.permit_all())
            .build_client_verifier()
        )
        first, *others = self._certificates
        try:
            path = verifier.verify(first, others).chain
        except VerificationError as error:
            self._refusals.append(f"no valid path to {_name(anchor)} ({_cause(error)})")
            return False
        return self._is_sound(path, [read_subtrees(authority) for authority in path[1:]])

    def _is_sound(self, path: Sequence[x509.Certificate], subtrees: Sequence[Subtrees]) -> bool:
        """What the library leaves out: keyUsage of authorities, and the emblem's names within what each allows."""
        try:
            for number, authority in enumerate(path[1:]):
                _check_authority(authority, f"the certificate of {_name(authority)}", number)
            _check_assets(self._need, path[0], subtrees)
        except _FlawError as flaw:
            self._flaws.append(str(flaw))
            return False
        return True

    def _find_record(self, associations: Sequence[Association]) -> str | None:
        """What the domain says that fits, in words."""
        first, *authorities = self._certificates
        for one in associations:
            # Nobody vouches for the authorities here: what they are limited to says nothing.
            if one.names_key and one.matches(first) and self._is_sound([first], ()):
                return f"its TLSA record 3 {one.selector} {one.matching} names the certificate"
            if one.names_authority and any(map(self._leads_to, self._named(one, authorities))):
                return f"its TLSA record 2 {one.selector} {one.matching} names the authority"
        return None

    def _named(self, one: Association, authorities: Sequence[x509.Certificate]) -> Iterator[x509.Certificate]:
        matching = [authority for authority in authorities if one.matches(authority)]
        given = one.given_certificate
        if not matching and given is not None and self._is_relevant(given):
            matching.append(given)
        yield from matching[:1]


def _cause(error: VerificationError) -> str:
    """What the library says, in its last words: the first ones are always the same."""
    return excerpt(str(error).removeprefix("validation failed: ").removeprefix("candidates exhausted: "))


def _name(certificate: x509.Certificate) -> str:
    return excerpt(certificate.subject.rfc4514_string() or "no name")


_OF_AUTHORITIES = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, None)
    .may_be_present(x509.NameConstraints, Criticality.AGNOSTIC, None)
)
"""Private authorities follow no common profile: only what RFC 5280 asks for is asked for."""
