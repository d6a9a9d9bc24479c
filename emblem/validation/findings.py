"""A standing in the words of the verdict: status, fields, and the reasons that decided it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from emblem.model.asset import Asset, NameAsset, NetworkAsset, UnreadAsset
from emblem.model.need import AddressesNeed, Need
from emblem.model.organization import Organization
from emblem.model.purpose import USE_OF_SIGN
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.sign import Sign
from emblem.model.target import Target
from emblem.model.token import Emblem, Format
from emblem.model.verdict import ChainEntry, ChainRole, CommitmentState, Level, SetVerdict, Status, TokenReport
from emblem.validation.levels import Evidence, Standing, commitment_need
from emblem.validation.matching import Match
from emblem.validation.policy import shortcomings, suffices
from emblem.validation.sets import RecordSet

# Looking a member up in its class takes as long as a call, before Python 3.12: those that every set needs are at hand.
_EMBLEM = ChainRole.EMBLEM
_ENDORSEMENT = ChainRole.ENDORSEMENT
_AUTHORITY = ChainRole.AUTHORITY
_NOT_APPLICABLE = CommitmentState.NOT_APPLICABLE
_TRUSTED = CommitmentState.TRUSTED
_NO_MATCH = Match.NONE
_NEEDS_ADDRESSES = Match.NEEDS_ADDRESSES
_THROUGH_NAME = Match.THROUGH_NAME
_UNDETERMINED = Status.UNDETERMINED
_PROTECTED = Status.PROTECTED
_INFO = Severity.INFO
_WARNING = Severity.WARNING

_CHANNEL = "dns"


def describe_standing(
    records: RecordSet,
    tokens: tuple[TokenReport, ...],
    reasons: tuple[Reason, ...],
    standing: Standing,
    match: Match,
    evidence: Evidence,
) -> SetVerdict:
    """The verdict of a set whose emblem is valid: what it says of the target, and its status.

    Args:
        records: the set.
        tokens: the report of each of its tokens.
        reasons: what was decided before.
        standing: how far the chain reaches.
        match: how the emblem's assets relate to the target.
        evidence: trust, target and time.
    """
    claims = standing.emblem.claims
    path = [one.claims for one in standing.path]
    sign, sign_reasons = _read_sign(claims)
    chain = _chain_entries(standing)
    if evidence.commitments:
        chain = _with_evidence(chain, standing, evidence)
    status, status_reasons, needs = _decide(standing, match, chain, evidence)
    decided = status is not _UNDETERMINED
    not_before, expires = max([one.not_before for one in path]), min([one.expires for one in path])
    if standing.certified.period is not None:
        begin, end = standing.certified.period
        not_before, expires = max(not_before, begin), min(expires, end)
    return SetVerdict(
        carriage=records.carriage,
        owner=records.owner,
        set=records.set_name,
        type_number=records.type_number,
        format=records.format,
        tokens=tokens,
        status=status,
        level=standing.level if decided else Level.NONE,
        trusted=standing.trusted and decided,
        sign=sign,
        purposes=claims.purposes,
        issuer=claims.issuer,
        endorsed_by=_issuers(standing),
        assets=tuple([asset.text for asset in claims.assets]),
        not_before=not_before,
        expires=expires,
        commitment=standing.commitment,
        reasons=(
            *reasons,
            *standing.reasons,
            *sign_reasons,
            *(_check_channel(claims, standing.emblem.token.format) if claims.channels else ()),
            *status_reasons,
        ),
        chain=chain,
        certifications=standing.certified.reports,
        needs=(*needs, *standing.needs) if match is not _NO_MATCH else (),
    )


def _decide(
    standing: Standing, match: Match, chain: tuple[ChainEntry, ...], evidence: Evidence
) -> tuple[Status, tuple[Reason, ...], tuple[Need, ...]]:
    target, policy = evidence.target, evidence.trust.policy
    if match is _NO_MATCH:
        message = f"the emblem marks {_list(standing.emblem.claims.assets)}, not {target}"
        return Status.REJECTED, (Reason(ReasonCode.ASSET_MISMATCH, Severity.ERROR, message),), ()
    if match is _NEEDS_ADDRESSES:
        return _needs_addresses(standing.emblem.claims, target)
    if match is _THROUGH_NAME:
        message = (
            f"every address given for {target} is marked, not the name itself: an emblem of shared addresses "
            "does not speak for every service behind them"
        )
        return Status.CLAIMED, (Reason(ReasonCode.MARKED_THROUGH_NAME, _WARNING, message),), ()
    if not suffices(standing, policy):
        return Status.CLAIMED, (*_out_of_scope(standing, evidence), _untrusted_reason(standing)), ()
    short = tuple(shortcomings(standing, policy))
    if short:
        return Status.CLAIMED, short, ()
    if standing.trusted:
        return _PROTECTED, (_trusted_reason(chain, standing),), ()
    message = f"its level is {standing.level}, and you accept {policy.accept} without a trusted key"
    return _PROTECTED, (Reason(ReasonCode.LEVEL_ACCEPTED, _INFO, message),), ()


def _needs_addresses(claims: Emblem, target: Target) -> tuple[Status, tuple[Reason, ...], tuple[Need, ...]]:
    if target.address is None:
        marked = _list(asset for asset in claims.assets if isinstance(asset, NetworkAsset))
        needs: tuple[Need, ...] = (AddressesNeed(target.text),)
        message = (
            f"the emblem marks {marked}; whether that is all of the addresses of {target} is not known. "
            f"Give every address that {target} resolves to (--address)"
        )
    else:
        names = [asset for asset in claims.assets if isinstance(asset, NameAsset)]
        needs = tuple(AddressesNeed(asset.name) for asset in names if not asset.wildcard)
        message = f"the emblem marks {_list(names)}; whether {target} is an address of that is not known"
    return _UNDETERMINED, (Reason(ReasonCode.ASSET_NEEDS_ADDRESSES, Severity.ERROR, message),), needs


def _out_of_scope(standing: Standing, evidence: Evidence) -> tuple[Reason, ...]:
    """Keys on the path that the verifier was given, but not for this target, time or purpose."""
    form = standing.emblem.token.format
    told = {reason.token for reason in standing.reasons if reason.code is ReasonCode.TRUST_OUT_OF_SCOPE}
    return tuple(
        Reason(
            ReasonCode.TRUST_OUT_OF_SCOPE,
            _WARNING,
            f"you trust key {member.token.key_identifier}, but not for this target, time, purpose or issuer",
            member.index,
        )
        for member in standing.path
        if member.token.key_identifier in evidence.trust.by_identifier(form) and member.index not in told
    )


def _trusted_reason(chain: tuple[ChainEntry, ...], standing: Standing) -> Reason:
    entry = next((entry for entry in chain if entry.trusted), None)
    if entry is None:
        whom = ", ".join(map(str, standing.certified.authorities))
        message = f"you trust the certificates of {whom}, to which a key on its path leads"
        return Reason(ReasonCode.TRUSTED_CERTIFICATE, _INFO, message)
    whose = f" of {entry.issuer}" if entry.issuer else ""
    message = f"you trust key {entry.key_identifier}{whose}, which is on its path"
    return Reason(ReasonCode.TRUSTED_KEY, _INFO, message, entry.token)


def _untrusted_reason(standing: Standing) -> Reason:
    top = standing.chain[-1] if standing.chain else standing.emblem
    issuer = standing.emblem.claims.issuer
    whose = f" of {issuer}" if issuer else ""
    message = (
        "the emblem is valid, but nobody whom you trust stands behind it. The answer would be 'protected' if you "
        f"trusted key {top.token.key_identifier}{whose}, or an authority that endorses it"
    )
    if standing.commitment is CommitmentState.NOT_CHECKED:
        message += f"; that the key is {issuer}'s was not checked either"
    return Reason(ReasonCode.TRUSTED_NOBODY, _WARNING, message)


def _read_sign(claims: Emblem) -> tuple[Sign | None, tuple[Reason, ...]]:
    if claims.sign_text is not None:
        message = f"the sign is {claims.sign_text}, which is none that is known here"
        return None, (Reason(ReasonCode.SIGN_UNKNOWN, _WARNING, message),)
    if claims.sign is not None and not claims.purposes & USE_OF_SIGN:
        message = f"the sign {claims.sign} goes only with the purpose protective or indicative"
        return None, (Reason(ReasonCode.SIGN_WITHOUT_PURPOSE, _WARNING, message),)
    return claims.sign, ()


def _check_channel(claims: Emblem, form: Format) -> tuple[Reason, ...]:
    if form is Format.JWS and _CHANNEL not in claims.channels:
        message = f"the emblem names the channels {', '.join(sorted(claims.channels))}, and was found in the DNS"
        return (Reason(ReasonCode.CHANNEL_MISSING, _WARNING, message),)
    return ()


def _issuers(standing: Standing) -> tuple[Organization, ...]:
    issuers = {link.claims.issuer for link in standing.authorities if link.claims.issuer is not None}
    if standing.certified.authorities:
        issuers.update(one for one in standing.certified.authorities if one != standing.emblem.claims.issuer)
    return tuple(sorted(issuers))


def _chain_entries(standing: Standing) -> tuple[ChainEntry, ...]:
    own, backing = standing.own, standing.backing
    entries: list[ChainEntry] = []
    role = _EMBLEM
    for one in own:
        identifier, issuer = one.token.key_identifier, one.claims.issuer
        counts = identifier in backing.given and backing.counts(identifier, issuer)
        state = standing.commitment if one is own[-1] else _NOT_APPLICABLE
        entries.append(ChainEntry(role, one.index, identifier or "", issuer, counts, state))
        role = _ENDORSEMENT
    for link in standing.authorities:
        identifier, issuer = link.token.key_identifier, link.claims.issuer
        bound = backing.binds(identifier, issuer)
        state = _TRUSTED if bound else CommitmentState.VERIFIED
        entries.append(ChainEntry(_AUTHORITY, link.index, identifier or "", issuer, bound, state))
    return tuple(entries)


def _with_evidence(chain: tuple[ChainEntry, ...], standing: Standing, evidence: Evidence) -> tuple[ChainEntry, ...]:
    """The same, with what logs have shown of the commitment of each key."""
    checked = {
        link.index: evidence.commitments[need].evidence
        for link in (*standing.chain, *standing.authorities)
        if (need := commitment_need(link)) is not None and need in evidence.commitments
    }
    return tuple(replace(entry, evidence=checked.get(entry.token, ())) for entry in chain)


def _list(assets: Iterable[Asset]) -> str:
    return ", ".join(asset.text + (" (no asset)" if isinstance(asset, UnreadAsset) else "") for asset in assets)
