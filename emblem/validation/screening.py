"""Step 1 of the procedure: which tokens of a set count, which are dropped, which are set aside."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import Enum

from emblem.codec.carriage import Problem
from emblem.keys.algorithms import Algorithm, find_algorithm, is_forbidden
from emblem.keys.public import PublicKey, UnknownKey
from emblem.model.display import excerpt
from emblem.model.purpose import Purpose
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.time import date_text
from emblem.model.token import Claims, Emblem, Endorsement, Format, NumericDate, Token, UnknownVersion
from emblem.model.verdict import TokenKind, TokenReport
from emblem.validation.refusals import Objection, find_refusal
from emblem.validation.sets import Keyring, RecordSet
from emblem.validation.trust import Trust


class Judgement(Enum):
    """What became of one token."""

    VERIFIED = "verified"
    SET_ASIDE = "set aside"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A token that takes part in the procedure; ``index`` counts in the set's tokens."""

    index: int
    token: Token


@dataclass(frozen=True, slots=True)
class Screened:
    """A set after step 1. ``entries`` has every token of the set (None: unreadable) and why it was dropped."""

    verified: tuple[Candidate, ...]
    set_aside: tuple[Candidate, ...]
    entries: tuple[tuple[Token | None, ReasonCode | None], ...]
    reasons: tuple[Reason, ...]

    def report(self, used: Container[int] = ()) -> tuple[TokenReport, ...]:
        """What each token of the set says, and whether it was used."""
        return tuple(
            TokenReport(kind=TokenKind.UNREADABLE, used=False, dropped=code)
            if token is None
            else describe_token(token, dropped=code, used=index in used)
            for index, (token, code) in enumerate(self.entries)
        )


_Ruling = tuple[Judgement, ReasonCode | None, str]
_VERIFIED: _Ruling = (Judgement.VERIFIED, None, "")


class Screener:
    """Judges tokens one by one, each of them once however many sets it belongs to.

    Args:
        keyring: the verification keys of the format.
        trust: what is refused, and how far clocks may differ.
        now: the time as of which tokens must hold.
    """

    def __init__(self, keyring: Keyring, trust: Trust, now: NumericDate) -> None:
        self._keyring = keyring
        self._refusals = trust.refusals
        self._skew = trust.policy.clock_skew
        self._now = now
        self._rulings: dict[int, _Ruling] = {}

    def screen(self, records: RecordSet) -> Screened:
        """Take a set through step 1."""
        verified: dict[bytes, Candidate] = {}
        set_aside: dict[bytes, Candidate] = {}
        entries: list[tuple[Token | None, ReasonCode | None]] = []
        reasons: list[Reason] = []
        seen: set[bytes] = set()
        for member in records.members:
            if member.record.data in seen:
                reasons.append(_info(ReasonCode.RECORD_DUPLICATE, "the same record again: it counts once"))
                continue
            seen.add(member.record.data)
            if member.token is None:
                if member.problem is not None:
                    reasons.append(_report_problem(member.problem, entries))
                reasons.extend(_unknown_key(key) for key in member.keys if isinstance(key, UnknownKey))
                continue
            index = len(entries)
            judgement, code, message = self._judge(member.token)
            chosen = set_aside if judgement is Judgement.SET_ASIDE else verified
            if judgement is not Judgement.DROPPED:
                if member.token.signed in chosen:
                    judgement, code = Judgement.DROPPED, ReasonCode.TOKEN_DUPLICATE
                    message = "the same token with another signature: it counts once"
                else:
                    chosen[member.token.signed] = Candidate(index, member.token)
            entries.append((member.token, code))
            if code is not None:
                severity = Severity.INFO if code is ReasonCode.TOKEN_DUPLICATE else Severity.WARNING
                reasons.append(Reason(code, severity, message, index))
        return Screened(tuple(verified.values()), tuple(set_aside.values()), tuple(entries), tuple(reasons))

    def _judge(self, token: Token) -> _Ruling:
        ruling = self._rulings.get(id(token))
        if ruling is None:
            ruling = self._rulings[id(token)] = self._rule(token)
        return ruling

    def _rule(self, token: Token) -> _Ruling:
        if is_forbidden(token.algorithm):
            message = f"algorithm {excerpt(token.algorithm)} is never acceptable"
            return Judgement.DROPPED, ReasonCode.TOKEN_ALGORITHM_FORBIDDEN, message
        objection = find_refusal(token, self._refusals) or self._check_period(token.claims)
        if objection is not None:
            return (Judgement.DROPPED, *objection)
        algorithm = _known_algorithm(token)
        if algorithm is None:
            return self._rule_unknown_algorithm(token)
        ruling = self._check_signature(token, algorithm)
        if not isinstance(token.claims, UnknownVersion):
            return ruling
        if ruling is _VERIFIED or ruling[1] is ReasonCode.TOKEN_KEY_MISSING:
            message = f"version {excerpt(token.claims.version)} is not known here: the token cannot be judged"
            return Judgement.SET_ASIDE, ReasonCode.TOKEN_VERSION_UNKNOWN, message
        return ruling

    def _check_period(self, claims: Claims) -> Objection | None:
        if claims.expires is not None and self._now >= claims.expires + self._skew:
            return ReasonCode.TOKEN_EXPIRED, f"expired at {date_text(claims.expires)}"
        if claims.not_before is not None and self._now < claims.not_before - self._skew:
            return ReasonCode.TOKEN_NOT_YET_VALID, f"holds only from {date_text(claims.not_before)} on"
        return None

    def _rule_unknown_algorithm(self, token: Token) -> _Ruling:
        keys = self._keyring.get(token.key_identifier or "", ())
        if not any(isinstance(key, UnknownKey) and key.algorithm == token.algorithm for key in keys):
            for key in keys:
                if isinstance(key, PublicKey) and key.algorithm is not None:
                    return _mismatch(token, key.algorithm)
        message = f"algorithm {excerpt(token.algorithm)} is not known here: the token cannot be judged"
        return Judgement.SET_ASIDE, ReasonCode.TOKEN_ALGORITHM_UNKNOWN, message

    def _check_signature(self, token: Token, algorithm: Algorithm) -> _Ruling:
        other: Algorithm | None = None
        unknown = token.key_identifier is None
        for key in self._keyring.get(token.key_identifier or "", ()):
            if not isinstance(key, PublicKey):
                unknown = True
            elif key.allows(algorithm):
                if key.verify(token.signature, token.signed):
                    return _VERIFIED
                message = f"the signature does not hold under key {token.key_identifier}"
                return Judgement.DROPPED, ReasonCode.TOKEN_SIGNATURE_INVALID, message
            else:
                other = key.writing_algorithm
        if other is not None:
            return _mismatch(token, other)
        if unknown:
            message = "its key is in an algorithm that is not known here: the token cannot be judged"
            return Judgement.SET_ASIDE, ReasonCode.TOKEN_ALGORITHM_UNKNOWN, message
        message = f"no key with the identifier {token.key_identifier} is at hand"
        return Judgement.DROPPED, ReasonCode.TOKEN_KEY_MISSING, message


def describe_token(token: Token, *, dropped: ReasonCode | None = None, used: bool = False) -> TokenReport:
    """What one token says, for the list of a set's tokens."""
    claims = token.claims
    endorsement = claims if isinstance(claims, Endorsement) else None
    return TokenReport(
        kind=_kind(claims),
        used=used,
        dropped=dropped,
        key_identifier=token.key_identifier,
        algorithm=_algorithm_name(token),
        issuer=None if isinstance(claims, UnknownVersion) else claims.issuer,
        subject=endorsement.subject if endorsement else None,
        endorsed_key=endorsement.key if endorsement else None,
        may_endorse=endorsement.may_endorse if endorsement else None,
        purposes=_purposes(claims),
        assets=_assets(claims),
        logs=len(endorsement.log) if endorsement and endorsement.log is not None else None,
        not_before=claims.not_before,
        expires=claims.expires,
    )


def _purposes(claims: Claims) -> Purpose | None:
    if isinstance(claims, Emblem):
        return claims.purposes
    return claims.constraints.purposes if isinstance(claims, Endorsement) else None


def _assets(claims: Claims) -> tuple[str, ...] | None:
    assets = claims.assets if isinstance(claims, Emblem) else None
    if isinstance(claims, Endorsement):
        assets = claims.constraints.assets
    return None if assets is None else tuple(asset.text for asset in assets)


def _kind(claims: Claims) -> TokenKind:
    if isinstance(claims, Emblem):
        return TokenKind.EMBLEM
    return TokenKind.ENDORSEMENT if isinstance(claims, Endorsement) else TokenKind.UNKNOWN


def _known_algorithm(token: Token) -> Algorithm | None:
    if isinstance(token.algorithm, str) and token.format is Format.CWT:
        return None
    return find_algorithm(token.algorithm)


def _algorithm_name(token: Token) -> str:
    algorithm = _known_algorithm(token)
    return algorithm.name if algorithm else excerpt(token.algorithm)


def _mismatch(token: Token, algorithm: Algorithm) -> _Ruling:
    message = f"algorithm {_algorithm_name(token)}, but its key is for {algorithm.name}"
    return Judgement.DROPPED, ReasonCode.TOKEN_ALGORITHM_MISMATCH, message


def _report_problem(problem: Problem, entries: list[tuple[Token | None, ReasonCode | None]]) -> Reason:
    if problem.code is ReasonCode.KEY_ALGORITHM_UNKNOWN:
        return _info(problem.code, problem.message)
    if problem.code is ReasonCode.KEY_MALFORMED:
        return Reason(problem.code, Severity.WARNING, problem.message)
    entries.append((None, problem.code))
    return Reason(problem.code, Severity.WARNING, problem.message, len(entries) - 1)


def _unknown_key(key: UnknownKey) -> Reason:
    message = f"algorithm {key.algorithm} of key {key.identifier} is not known here: its tokens cannot be judged"
    return _info(ReasonCode.KEY_ALGORITHM_UNKNOWN, message)


def _info(code: ReasonCode, message: str) -> Reason:
    return Reason(code, Severity.INFO, message)
