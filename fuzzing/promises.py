"""What every verdict promises, whatever was judged; stated here anew, and not taken from ``validation``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from emblem.errors import InvalidNameError
from emblem.model.names import normalize_name
from emblem.model.reason import ReasonCode, Severity
from emblem.model.time import numeric_date
from emblem.model.token import Format
from emblem.model.verdict import ChainEntry, ChainRole, CommitmentState, Level, SetVerdict, Status, TokenReport, Verdict
from emblem.report.json import verdict_line
from emblem.validation.trust import Trust
from fuzzing.requests import Request
from fuzzing.target import require

_SCHEMA = Path(__file__).parent.parent / "specs" / "verdict.schema.json"
_VALID = (Status.PROTECTED, Status.CLAIMED)
_ORDER = tuple(Status)


def rank(status: Status) -> int:
    """The place of a status in the order, the best first."""
    return _ORDER.index(status)


def check_verdict(verdict: Verdict, request: Request) -> None:
    """Everything that a verdict must keep.

    Raises:
        BrokenPromiseError: it does not.
    """
    require(bool(verdict.reasons), "a verdict has reasons")
    require(verdict.status is not Status.UNMARKED, "records that were given are never unmarked")
    if verdict.sets:
        best = min(rank(one.status) for one in verdict.sets)
        require(rank(verdict.status) == best, "the verdict is that of its best set")
    for one in verdict.sets:
        _check_reasons(one)
        if one.status in _VALID:
            _check_valid(one, request)
        if one.chain:
            _check_chain(one, request.trust)
        if one.status is Status.PROTECTED:
            _check_protected(one, request.trust)


def check_schema(verdict: Verdict) -> None:
    """The JSON of a verdict is what the published schema says.

    Raises:
        BrokenPromiseError: it is not.
    """
    line = verdict_line(verdict)
    require(line.isascii() and line.isprintable(), "a verdict is one line of visible ASCII")
    errors = [error.message for error in _validator().iter_errors(json.loads(line))]
    require(not errors, f"the JSON of a verdict fits its schema: {errors}")


def _check_reasons(one: SetVerdict) -> None:
    errors = [reason for reason in one.reasons if reason.severity is Severity.ERROR]
    require(bool(errors) is (one.status not in _VALID), "an error decides against, and nothing else does")
    require(
        all(reason.token is None or reason.token < len(one.tokens) for reason in one.reasons), "reasons name tokens"
    )
    used = {number for number, report in enumerate(one.tokens) if report.used}
    require(used == {entry.token for entry in one.chain}, "the tokens that were used are those on the path")
    require(not any(one.tokens[number].dropped for number in used), "no token on the path was dropped")
    if one.status is Status.UNDETERMINED:
        require(one.level is Level.NONE and not one.trusted, "what is not known has no level")
    if not one.chain:
        require(not one.trusted and one.level is Level.NONE, "trust and level are those of a path")


def _check_valid(one: SetVerdict, request: Request) -> None:
    now = numeric_date(request.at)
    require(one.not_before is not None and one.expires is not None, "a valid set has a period")
    assert one.not_before is not None
    assert one.expires is not None
    require(one.not_before <= now < one.expires, "a valid set holds now")
    for entry in one.chain:
        report = one.tokens[entry.token]
        assert report.not_before is not None
        assert report.expires is not None
        require(report.not_before <= now < report.expires, "every token on the path holds now")
    require(one.level is not Level.NONE, "a valid set has a level")
    if one.format is Format.CWT:
        require(any(map(request.target.name.__eq__, _names(one.assets))), "a valid emblem lists the target")


def _names(assets: Iterable[str]) -> Iterable[str]:
    for asset in assets:
        try:
            yield normalize_name(asset)
        except InvalidNameError:
            continue


def _check_chain(one: SetVerdict, trust: Trust) -> None:
    entries = one.chain
    own = [entry for entry in entries if entry.role is not ChainRole.AUTHORITY]
    authorities = [entry for entry in entries if entry.role is ChainRole.AUTHORITY]
    require([entry.role for entry in entries[:1]] == [ChainRole.EMBLEM], "the path begins with the emblem")
    require(all(entry.role is ChainRole.ENDORSEMENT for entry in own[1:]), "and goes on with endorsements")
    require(all(entry.issuer == own[0].issuer for entry in own), "of the same issuer")
    emblem = one.tokens[own[0].token]
    for upper, lower in zip(own[1:], own, strict=False):
        report = one.tokens[upper.token]
        require(_endorses(report, lower), "each of which endorses the one before")
        allowed = report.may_endorse or report.endorsed_key == emblem.key_identifier
        require(bool(allowed), "and may, where that is not the emblem's")
        _check_purposes(emblem, report)
    for entry in authorities:
        report = one.tokens[entry.token]
        require(_endorses(report, own[-1]) and bool(report.may_endorse), "an authority endorses the top key")
        require(entry.issuer is not None and entry.issuer != own[0].issuer, "in its own name")
        require(entry.issuer in one.endorsed_by, "and is named")
        _check_purposes(emblem, report)
    require(len(authorities) > 0 if one.level is Level.ENDORSED else True, "ENDORSED has an authority")
    if one.level in (Level.ORGANIZATIONAL, Level.ENDORSED):
        require(own[0].issuer is not None, "an organization is known by its name")
        committed = (CommitmentState.VERIFIED, CommitmentState.TRUSTED, CommitmentState.VOUCHED)
        require(one.commitment in committed, "and its key is committed")
    _check_trust(one, own, authorities, trust)


def _endorses(report: TokenReport, entry: ChainEntry) -> bool:
    return report.endorsed_key == entry.key_identifier and report.subject == entry.issuer


def _check_purposes(emblem: TokenReport, endorsement: TokenReport) -> None:
    if endorsement.purposes is not None and emblem.purposes is not None:
        require(not emblem.purposes & ~endorsement.purposes, "every endorsement allows the purposes")


def _check_trust(one: SetVerdict, own: Sequence[ChainEntry], authorities: Sequence[ChainEntry], trust: Trust) -> None:
    form = one.format or Format.CWT
    for entry in (*own, *authorities):
        given = trust.by_identifier(form).get(entry.key_identifier, ())
        is_own = entry.role is not ChainRole.AUTHORITY
        counts = [
            key
            for key in given
            if (key.organization is None and is_own) or key.organization == entry.issuer is not None
        ]
        require(entry.trusted is bool(counts), "a key on the path is trusted if it was given for this issuer")
    if one.status is not Status.UNDETERMINED:
        counting = [entry for entry in (*own, *authorities) if entry.trusted]
        require(one.trusted is bool(counting), "a set is trusted if a key on its path is")


def _check_protected(one: SetVerdict, trust: Trust) -> None:
    accept = trust.policy.accept
    accepted = accept is not None and one.level.rank >= accept.rank
    require(one.trusted or accepted, "only a trusted key or a level that is accepted protects")
    code = ReasonCode.TRUSTED_KEY if one.trusted else ReasonCode.LEVEL_ACCEPTED
    require(any(reason.code is code for reason in one.reasons), "and the reasons say which")


@cache
def _validator():  # type: ignore[no-untyped-def]
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(_SCHEMA.read_text(encoding="utf-8")))
