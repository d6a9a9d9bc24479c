"""Signing emblems and endorsements in the native format (``specs/profile.md``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from emblem.codec.cwt import decode_token, sign_token
from emblem.errors import InputError, MalformedError
from emblem.keys.public import PublicKey
from emblem.keys.signing import Signer
from emblem.model.asset import NameAsset
from emblem.model.certification import CertificationNeed, CertificationResult
from emblem.model.limits import LARGEST_RECORD
from emblem.model.organization import Organization
from emblem.model.purpose import USE_OF_SIGN, Purpose
from emblem.model.sign import Sign
from emblem.model.target import Target
from emblem.model.token import Constraints, Emblem, Endorsement, LogEntry


def issue(
    assets: Sequence[str],
    *,
    signer: Signer,
    sign: Sign | None,
    not_before: datetime,
    expires: datetime,
    issuer: Organization | None,
    purposes: Purpose = Purpose.PROTECTIVE,
    certificates: Sequence[bytes] = (),
) -> bytes:
    """Sign an emblem.

    Args:
        assets: the host names that it marks, and addresses, which are marked by their reverse names.
        signer: holds the key of the issuer.
        sign: which of the three emblems the issuer bears; None leaves it unsaid.
        not_before: from when it holds; a fraction of a second is dropped, here and in ``expires``.
        expires: when it ceases to hold.
        issuer: who marks them; without one the emblem speaks for nobody.
        purposes: what the emblem is used for.
        certificates: of the key, in DER, each issued by the next; their authority need not be among them. They are
            checked as a verifier would check them, as far as that takes no trust.

    Returns:
        The data of one ``IHLE`` record.

    Raises:
        InvalidNameError: an asset is neither a host name nor an address.
        InputError: there are no assets or no purposes, a time has no zone, the end is not after the start, a sign
            is given without a purpose that uses it, the certificates are not of this key, issuer or time, or the token
            is too large for a record.
    """
    if not assets:
        raise InputError("assets", "none", "one host name or address at least")
    _check_purposes(purposes)
    if sign is not None and not purposes & USE_OF_SIGN:
        raise InputError("sign", sign.value, "none, since no purpose is protective or indicative")
    names = [Target.parse(asset).name for asset in assets]
    start, end = _period(not_before, expires)
    emblem = Emblem(
        not_before=start,
        expires=end,
        assets=tuple(NameAsset(name, name) for name in dict.fromkeys(names)),
        issuer=issuer,
        purposes=purposes,
        sign=sign,
    )
    if certificates:
        _check_certificates(emblem, signer, tuple(certificates))
    return _signed(emblem, signer, tuple(certificates))


def endorse(
    key: PublicKey,
    *,
    signer: Signer,
    issuer: Organization | None,
    subject: Organization | None,
    purposes: Purpose,
    may_endorse: bool,
    not_before: datetime,
    expires: datetime,
    log: Sequence[LogEntry] = (),
    certificates: Sequence[bytes] = (),
) -> bytes:
    """Sign an endorsement: the issuer states that a key is the subject's.

    Args:
        key: the endorsed key.
        signer: holds the key of the issuer.
        issuer: who endorses. An organization endorses its own keys with itself as issuer and subject.
        subject: whose the key is.
        purposes: what emblems under that key may be used for.
        may_endorse: whether that key may endorse further keys. Verifiers count an endorsement by another
            organization only if it may.
        not_before: from when it holds; a fraction of a second is dropped, here and in ``expires``.
        expires: when it ceases to hold.
        log: where the certificates are logged that commit the signer's key to the issuer.
        certificates: of the signer's key, as in :func:`issue`; they count in an organization's endorsements of its own
            keys only.

    Returns:
        The data of one ``IHLE`` record.

    Raises:
        InputError: there are no purposes, a time has no zone, the end is not after the start, the signer
            endorses its own key, the certificates are not of that, or the token is too large for a record.
    """
    endorsement = draw_up_endorsement(
        key,
        issuer=issuer,
        subject=subject,
        purposes=purposes,
        may_endorse=may_endorse,
        not_before=not_before,
        expires=expires,
        log=log,
    )
    if certificates:
        if issuer != subject:
            found = f"an endorsement of a key of {subject}"
            raise InputError("certificates", found, "one of an own key: in others they count for nothing")
        _check_certificates(endorsement, signer, tuple(certificates))
    return sign_endorsement(endorsement, signer, certificates)


def draw_up_endorsement(
    key: PublicKey,
    *,
    issuer: Organization | None,
    subject: Organization | None,
    purposes: Purpose,
    may_endorse: bool,
    not_before: datetime,
    expires: datetime,
    log: Sequence[LogEntry] = (),
) -> Endorsement:
    """What :func:`endorse` would sign, to be looked at before it is signed; arguments and errors as there."""
    _check_purposes(purposes)
    start, end = _period(not_before, expires)
    return Endorsement(
        not_before=start,
        expires=end,
        key=key.cose_thumbprint,
        may_endorse=may_endorse,
        issuer=issuer,
        subject=subject,
        constraints=Constraints(purposes=purposes),
        log=tuple(log) or None,
    )


def sign_endorsement(endorsement: Endorsement, signer: Signer, certificates: Sequence[bytes] = ()) -> bytes:
    """Sign an endorsement that was drawn up.

    Raises:
        InputError: the signer endorses its own key, or the token is too large for a record.
    """
    if endorsement.key == signer.public_key.cose_thumbprint:
        raise InputError("endorsed key", endorsement.key, "another key than the one that signs")
    return _signed(endorsement, signer, tuple(certificates))


def _check_purposes(purposes: Purpose) -> None:
    if not purposes:
        raise InputError("purposes", "none", "one at least")


def _period(not_before: datetime, expires: datetime) -> tuple[int, int]:
    for name, time in (("not before", not_before), ("expires", expires)):
        if time.utcoffset() is None:
            raise InputError(name, time.isoformat(), "a time with its offset from UTC")
    start, end = int(not_before.timestamp() // 1), int(expires.timestamp() // 1)
    if end <= start:
        raise InputError("expires", expires.isoformat(), f"a time after the start, {not_before.isoformat()}")
    return start, end


def _check_certificates(claims: Emblem | Endorsement, signer: Signer, certificates: tuple[bytes, ...]) -> None:
    from emblem.traceability.certification import certify

    if claims.issuer is None:
        raise InputError("certificates", "a token without an issuer", "the organization to which they certify a key")
    marked = claims.assets if isinstance(claims, Emblem) else ()
    assets = tuple(asset.name for asset in marked if isinstance(asset, NameAsset))
    identifier = signer.public_key.cose_thumbprint
    need = CertificationNeed(certificates, identifier, claims.issuer, assets, claims.not_before)
    found = certify(need, [])
    if found.result is CertificationResult.FAILED:
        expected = f"a chain for key {identifier} of {claims.issuer}"
        raise InputError("certificates", found.detail, expected)


def _signed(claims: Emblem | Endorsement, signer: Signer, certificates: tuple[bytes, ...] = ()) -> bytes:
    """Sign, and read the result as a verifier would: what does not hold there is not handed out."""
    token = sign_token(claims, signer, certificates)
    if len(token) > LARGEST_RECORD:
        fewer = "assets or certificates" if certificates else "assets"
        raise InputError("token", f"{len(token)} bytes", f"{LARGEST_RECORD} at the most: name fewer {fewer}")
    decoded = decode_token(token)
    if not signer.public_key.verify(decoded.signature, decoded.signed):
        raise MalformedError("signature", "one that its own key does not verify", "a key that signs correctly")
    return token
