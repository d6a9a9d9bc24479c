"""Step 1 of the procedure: which tokens of a set count, which are dropped, which are set aside."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from emblem.codec.carriage import Problem
from emblem.keys.algorithms import Algorithm, find_algorithm, is_forbidden
from emblem.keys.public import PublicKey, UnknownKey
from emblem.model.display import excerpt
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.time import date_text
from emblem.model.token import Claims, Format, NumericDate, Token, UnknownVersion
from emblem.model.value import quickly_made
from emblem.model.verdict import TokenReport
from emblem.validation.refusals import Objection, find_refusal
from emblem.validation.sets import Keyring, RecordSet
from emblem.validation.trust import Trust


class Judgement(Enum):
    """What became of one token."""

    VERIFIED = "verified"
    SET_ASIDE = "set aside"
    DROPPED = "dropped"


@quickly_made
@dataclass(frozen=True, slots=True)
class Candidate:
    """A token that takes part in the procedure; ``index`` counts in the set's tokens."""

    index: int
    token: Token


class Screened(NamedTuple):
    """A set after step 1. ``entries`` has every token of the set (None: unreadable) and why it was dropped."""

    verified: tuple[Candidate, ...]
    set_aside: tuple[Candidate, ...]
    entries: tuple[tuple[Token | None, ReasonCode | None], ...]
    reasons: tuple[Reason, ...]

    def report(self, used: Container[int] = ()) -> tuple[TokenReport, ...]:
        """What each token of the set says, and whether it was used."""
        return tuple(
            [
                TokenReport(token, None if token is None else _algorithm_name(token), index in used, code)
                for index, (token, code) in enumerate(self.entries)
            ]
        )


Verify = Callable[[PublicKey, Token], bool]
"""Whether the signature of a token holds under a key."""

# Looking a member up in its class takes as long as a call, before Python 3.12: those that every set needs are at hand.
_DROPPED, _HOLDS = Judgement.DROPPED, Judgement.VERIFIED

_Ruling = tuple[Judgement, ReasonCode | None, str]
_VERIFIED: _Ruling = (_HOLDS, None, "")


class Screener:
    """Judges tokens one by one, each of them once however many sets it belongs to.

    Args:
        keyring: the verification keys of the format.
        trust: what is refused, and how far clocks may differ.
        now: the time as of which tokens must hold.
        verify: how a signature is checked.
    """

    def __init__(self, keyring: Keyring, trust: Trust, now: NumericDate, verify: Verify) -> None:
        self._keyring = keyring
        self._refusals = trust.refusals
        self._skew = trust.policy.clock_skew
        self._now = now
        self._verify = verify
        self._rulings: dict[int, _Ruling] = {}

    def screen(self, records: RecordSet) -> Screened:
        """Take a set through step 1."""
        verified: dict[bytes, Candidate] = {}
        set_aside: dict[bytes, Candidate] = {}
        entries: list[tuple[Token | None, ReasonCode | None]] = []
        reasons: list[Reason] = []
        seen: set[bytes] = set()
        for member in records.members:
            data, token = member.record.data, member.token
            if data in seen:
                reasons.append(_info(ReasonCode.RECORD_DUPLICATE, "the same record again: it counts once"))
                continue
            seen.add(data)
            if token is None:
                if member.problem is not None:
                    reasons.append(_report_problem(member.problem, entries))
                for key in member.keys:
                    if isinstance(key, UnknownKey):
                        reasons.append(_unknown_key(key))
                continue
            index = len(entries)
            ruling = self._rulings.get(id(token))
            if ruling is None:
                ruling = self._rulings[id(token)] = self._rule(token)
            judgement, code, message = ruling
            if judgement is not _DROPPED:
                chosen = verified if judgement is _HOLDS else set_aside
                if token.signed in chosen:
                    code = ReasonCode.TOKEN_DUPLICATE
                    message = "the same token with another signature: it counts once"
                else:
                    chosen[token.signed] = Candidate(index, token)
            entries.append((token, code))
            if code is not None:
                severity = Severity.INFO if code is ReasonCode.TOKEN_DUPLICATE else Severity.WARNING
                reasons.append(Reason(code, severity, message, index))
        return Screened(tuple(verified.values()), tuple(set_aside.values()), tuple(entries), tuple(reasons))

    def _rule(self, token: Token) -> _Ruling:
        algorithm = _known_algorithm(token)
        if algorithm is None and is_forbidden(token.algorithm):
            message = f"algorithm {excerpt(token.algorithm)} is never acceptable"
            return _DROPPED, ReasonCode.TOKEN_ALGORITHM_FORBIDDEN, message
        objection = find_refusal(token, self._refusals) or self._check_period(token.claims)
        if objection is not None:
            return (_DROPPED, *objection)
        if algorithm is None:
            return self._rule_unknown_algorithm(token)
        ruling = self._check_signature(token, algorithm)
        if type(token.claims) is not UnknownVersion:
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
        keys = self._keyring.find(token.key_identifier)
        if not any(isinstance(key, UnknownKey) and key.algorithm == token.algorithm for key in keys):
            for key in keys:
                if isinstance(key, PublicKey) and key.algorithm is not None:
                    return _mismatch(token, key.algorithm)
        message = f"algorithm {excerpt(token.algorithm)} is not known here: the token cannot be judged"
        return Judgement.SET_ASIDE, ReasonCode.TOKEN_ALGORITHM_UNKNOWN, message

    def _check_signature(self, token: Token, algorithm: Algorithm) -> _Ruling:
        other: Algorithm | None = None
        unknown = token.key_identifier is None
        for key in self._keyring.find(token.key_identifier):
            if not isinstance(key, PublicKey):
                unknown = True
            elif key.allows(algorithm):
                if self._verify(key, token):
                    return _VERIFIED
                message = f"the signature does not hold under key {token.key_identifier}"
                return _DROPPED, ReasonCode.TOKEN_SIGNATURE_INVALID, message
            else:
                other = key.writing_algorithm
        if other is not None:
            return _mismatch(token, other)
        if unknown:
            message = "its key is in an algorithm that is not known here: the token cannot be judged"
            return Judgement.SET_ASIDE, ReasonCode.TOKEN_ALGORITHM_UNKNOWN, message
        message = f"no key with the identifier {token.key_identifier} is at hand"
        return _DROPPED, ReasonCode.TOKEN_KEY_MISSING, message


def verify_token(key: PublicKey, token: Token) -> bool:
    """Whether the signature of a token holds under a key, checked here and now."""
    return key.verify(token.signature, token.signed)


def _known_algorithm(token: Token) -> Algorithm | None:
    algorithm = token.algorithm
    return None if type(algorithm) is str and token.format is Format.CWT else find_algorithm(algorithm)


def _algorithm_name(token: Token) -> str:
    algorithm = _known_algorithm(token)
    return algorithm.name if algorithm else excerpt(token.algorithm)


def _mismatch(token: Token, algorithm: Algorithm) -> _Ruling:
    message = f"algorithm {_algorithm_name(token)}, but its key is for {algorithm.name}"
    return _DROPPED, ReasonCode.TOKEN_ALGORITHM_MISMATCH, message


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
