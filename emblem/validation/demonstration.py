"""The emblem of the demonstration in the ``HTTPS`` record: recognized, its signature checked, never a protection.

draft-steele-diem-architecture-demo has no rules by which anybody could be trusted: its best result is that
something is there which a person must look at.
"""

from __future__ import annotations

from dataclasses import dataclass

from emblem.keys.algorithms import find_algorithm
from emblem.keys.public import PublicKey
from emblem.model.display import excerpt
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.time import date_text
from emblem.model.token import Demonstration, NumericDate
from emblem.model.verdict import SetVerdict, Status, TokenReport
from emblem.validation.sets import Keyring, RecordSet


@dataclass(frozen=True, slots=True)
class _Finding:
    """Why an emblem does not count (None: it may), and the reason that says so."""

    dropped: ReasonCode | None
    reason: Reason


def judge_demonstration(records: RecordSet, keyring: Keyring, now: NumericDate) -> SetVerdict:
    """Judge the emblems of the demonstration of one owner.

    Args:
        records: a set of ``HTTPS`` records that carry one.
        keyring: the keys that the verifier was given, by their COSE key thumbprint.
        now: the time as of which to judge.
    """
    emblems = tuple(member.demonstration for member in records.members if member.demonstration is not None)
    findings = tuple(_judge(index, emblem, keyring, now) for index, emblem in enumerate(emblems))
    undecided = any(finding.dropped is None for finding in findings)
    return SetVerdict(
        status=Status.UNDETERMINED if undecided else Status.REJECTED,
        carriage=records.carriage,
        owner=records.owner,
        type_number=records.type_number,
        format=records.format,
        tokens=tuple(_report(emblem, finding) for emblem, finding in zip(emblems, findings, strict=True)),
        reasons=tuple(finding.reason for finding in findings),
    )


def _judge(index: int, emblem: Demonstration, keyring: Keyring, now: NumericDate) -> _Finding:
    if emblem.expires is not None and now >= emblem.expires:
        message = f"an emblem of the HTTPS demonstration, expired at {date_text(emblem.expires)}"
        return _dropped(index, ReasonCode.TOKEN_EXPIRED, message)
    if emblem.not_before is not None and now < emblem.not_before:
        message = f"an emblem of the HTTPS demonstration, which holds only from {date_text(emblem.not_before)} on"
        return _dropped(index, ReasonCode.TOKEN_NOT_YET_VALID, message)
    checked = _check_signature(emblem, keyring)
    if checked is False:
        message = f"an emblem of the HTTPS demonstration, whose signature does not hold under {emblem.key_identifier}"
        return _dropped(index, ReasonCode.TOKEN_SIGNATURE_INVALID, message)
    told = "its signature holds" if checked else "its signature was not checked, since its key is not at hand"
    message = f"an emblem of the HTTPS demonstration; {told}. That format has no rules by which it could protect"
    return _Finding(None, Reason(ReasonCode.DEMONSTRATION_FOUND, Severity.WARNING, message, index))


def _check_signature(emblem: Demonstration, keyring: Keyring) -> bool | None:
    algorithm = find_algorithm(emblem.algorithm)
    if algorithm is None:
        return None
    for key in keyring.find(emblem.key_identifier):
        if isinstance(key, PublicKey) and key.allows(algorithm):
            return key.verify(emblem.signature, emblem.signed)
    return None


def _dropped(index: int, code: ReasonCode, message: str) -> _Finding:
    return _Finding(code, Reason(code, Severity.ERROR, message, index))


def _report(emblem: Demonstration, finding: _Finding) -> TokenReport:
    algorithm = find_algorithm(emblem.algorithm)
    name = algorithm.name if algorithm else excerpt(emblem.algorithm)
    return TokenReport(emblem, name, dropped=finding.dropped)
