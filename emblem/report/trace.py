"""A verdict as a tree that explains it: from the host up to those who answer for it.

Every link says what was checked and with what result; what was not checked is there too, marked as such.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.time import date_text
from emblem.model.verdict import (
    ChainEntry,
    ChainRole,
    CommitmentState,
    DnssecState,
    SetVerdict,
    Status,
    TokenKind,
    TokenReport,
    Verdict,
)
from emblem.report.text import DNSSEC_STATES, target_text


class Mark(StrEnum):
    """What a statement in the tree rests on."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not-checked"
    NOTE = "note"


class NodeKind(StrEnum):
    """What a node of the tree stands for."""

    HOST = "host"
    SET = "set"
    EMBLEM = "emblem"
    ENDORSEMENT = "endorsement"
    AUTHORITY = "authority"
    KEY = "key"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that was checked, or could not be, in a sentence."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class TraceNode:
    """One station between the host and those who answer for it; ``children`` are what it rests on."""

    kind: NodeKind
    title: str
    statements: tuple[Statement, ...] = ()
    children: tuple[TraceNode, ...] = ()


_STATUSES = {
    Status.PROTECTED: "is marked, and somebody you trust stands behind it",
    Status.CLAIMED: "is marked, but nobody you trust stands behind it, or not far enough",
    Status.UNDETERMINED: "may be marked: it could not be established",
    Status.REJECTED: "is not validly marked by what was found",
    Status.UNMARKED: "carries no emblem (which does not mean that it is not protected)",
}
_DNSSEC_MARKS = {
    DnssecState.SECURE: Mark.PASSED,
    DnssecState.INSECURE: Mark.NOT_CHECKED,
    DnssecState.BOGUS: Mark.FAILED,
    DnssecState.INDETERMINATE: Mark.NOT_CHECKED,
    DnssecState.NOT_CHECKED: Mark.NOT_CHECKED,
}
_KEY_EXCERPT = 8
_PATH_CODES = frozenset(
    {ReasonCode.TRUSTED_KEY, ReasonCode.COMMITMENT_TRUSTED, ReasonCode.COMMITMENT_VOUCHED, ReasonCode.ENDORSER_ACCEPTED}
)
_CARRIAGES = {
    "ihle": "as IHLE records",
    "txt": "as TXT records",
    "https": "in an HTTPS record",
    "given": "as given",
}


def build_trace(verdict: Verdict) -> TraceNode:
    """The tree of a verdict: the host, the sets of records found for it, and each one's way up."""
    name = target_text(verdict.target.text)
    return TraceNode(
        NodeKind.HOST,
        f"{name} {_STATUSES[verdict.status]}",
        (*_about_the_answers(verdict), *(_from_reason(reason) for reason in _own_reasons(verdict))),
        tuple(_set_node(one, verdict) for one in verdict.sets),
    )


def _about_the_answers(verdict: Verdict) -> Iterator[Statement]:
    yield Statement(Mark.NOTE, f"as of {verdict.at.isoformat()}")
    if verdict.discovery is not None:
        yield Statement(_DNSSEC_MARKS[verdict.dnssec], f"DNSSEC {DNSSEC_STATES[verdict.dnssec]}")


def _own_reasons(verdict: Verdict) -> tuple[Reason, ...]:
    """The reasons of the whole that are not those of a set, and so would be shown twice."""
    of_sets = {reason for one in verdict.sets for reason in one.reasons}
    return tuple(reason for reason in verdict.reasons if reason not in of_sets)


def _set_node(one: SetVerdict, verdict: Verdict) -> TraceNode:
    place = f" at {target_text(one.owner)}" if one.owner else ""
    label = f", set {one.set!r}" if one.set else ""
    return TraceNode(
        NodeKind.SET,
        f"records {_CARRIAGES[one.carriage.value]}{place}{label}: {one.status.value}",
        tuple(
            _from_reason(reason) for reason in one.reasons if reason.token is None and reason.code not in _PATH_CODES
        ),
        (*_path(one, verdict), *_dropped(one)),
    )


def _path(one: SetVerdict, verdict: Verdict) -> Iterator[TraceNode]:
    if not one.chain:
        return
    own = [entry for entry in one.chain if entry.role is not ChainRole.AUTHORITY]
    authorities = tuple(
        _token_node(one, entry, (_key_node(entry, ()),)) for entry in one.chain if entry.role is ChainRole.AUTHORITY
    )
    above = authorities
    for entry in reversed(own):
        key = _key_node(entry, above)
        above = (_token_node(one, entry, (key,), verdict),)
    yield from above


def _token_node(
    one: SetVerdict, entry: ChainEntry, children: tuple[TraceNode, ...], verdict: Verdict | None = None
) -> TraceNode:
    report = one.tokens[entry.token]
    kind = {
        ChainRole.EMBLEM: NodeKind.EMBLEM,
        ChainRole.ENDORSEMENT: NodeKind.ENDORSEMENT,
        ChainRole.AUTHORITY: NodeKind.AUTHORITY,
    }[entry.role]
    statements = [*_allowances(report, kind)]
    if verdict is not None and kind is NodeKind.EMBLEM:
        statements.insert(0, _names_host(one, verdict))
    statements.append(Statement(Mark.PASSED, f"signed by {_key(entry.key_identifier)}; the signature holds"))
    if report.not_before is not None and report.expires is not None:
        period = f"valid from {date_text(report.not_before)} until {date_text(report.expires)}"
        statements.append(Statement(Mark.PASSED, period))
    return TraceNode(kind, _token_title(report, kind), tuple(statements), children)


def _token_title(report: TokenReport, kind: NodeKind) -> str:
    issuer = str(report.issuer) if report.issuer else "an issuer that does not say who it is"
    if kind is NodeKind.EMBLEM:
        return f"emblem issued by {issuer}"
    if kind is NodeKind.AUTHORITY:
        return f"{issuer} stands behind {report.subject} and its {_key(report.endorsed_key)}"
    return f"{issuer} says that {_key(report.endorsed_key)} is its own"


def _names_host(one: SetVerdict, verdict: Verdict) -> Statement:
    marked = ", ".join(map(target_text, one.assets))
    codes = {reason.code for reason in one.reasons}
    if ReasonCode.ASSET_MISMATCH in codes:
        return Statement(Mark.FAILED, f"it marks {marked}, not {target_text(verdict.target.text)}")
    if ReasonCode.ASSET_NEEDS_ADDRESSES in codes:
        return Statement(Mark.NOT_CHECKED, f"it marks {marked}; whether that is this host is not known")
    if ReasonCode.MARKED_THROUGH_NAME in codes:
        return Statement(Mark.PASSED, f"it marks {marked}: the addresses of this name, not the name itself")
    return Statement(Mark.PASSED, f"it names this host: {marked}")


def _allowances(report: TokenReport, kind: NodeKind) -> Iterator[Statement]:
    if report.purposes is not None and report.purposes:
        verb = "use" if kind is NodeKind.EMBLEM else "allows the use"
        yield Statement(Mark.PASSED, f"{verb}: {', '.join(report.purposes.slugs)}")
    if kind is NodeKind.EMBLEM:
        return
    if report.assets is not None:
        yield Statement(Mark.PASSED, f"allows marking: {', '.join(map(target_text, report.assets))}")
    if report.may_endorse is not None:
        yield Statement(Mark.NOTE, "that key may" + ("" if report.may_endorse else " not") + " endorse further keys")


def _key_node(entry: ChainEntry, children: tuple[TraceNode, ...]) -> TraceNode:
    statements = [Statement(Mark.NOTE, entry.key_identifier)]
    if entry.trusted:
        owner = f" as one of {entry.issuer}" if entry.role is ChainRole.AUTHORITY and entry.issuer else ""
        statements.append(Statement(Mark.PASSED, f"you trust this key{owner}"))
    if entry.commitment is not CommitmentState.NOT_APPLICABLE:
        statements.append(_commitment(entry))
    whose = f"key of {entry.issuer}" if entry.issuer else "key of an issuer that does not say who it is"
    return TraceNode(NodeKind.KEY, whose, tuple(statements), children)


def _commitment(entry: ChainEntry) -> Statement:
    question = f"that it is a key of {entry.issuer}"
    return {
        CommitmentState.VERIFIED: Statement(Mark.PASSED, f"{question}: proven by a public certificate log"),
        CommitmentState.TRUSTED: Statement(Mark.PASSED, f"{question}: you said so"),
        CommitmentState.VOUCHED: Statement(Mark.PASSED, f"{question}: an authority that you trust says so"),
        CommitmentState.FAILED: Statement(Mark.FAILED, f"{question}: the public certificate log says otherwise"),
        CommitmentState.UNDETERMINED: Statement(Mark.NOT_CHECKED, f"{question}: could not be found out"),
        CommitmentState.NOT_CHECKED: Statement(Mark.NOT_CHECKED, f"{question}: not checked in any public log"),
    }[entry.commitment]


def _dropped(one: SetVerdict) -> Iterator[TraceNode]:
    for index, report in enumerate(one.tokens):
        if report.used:
            continue
        reasons = [_from_reason(reason) for reason in one.reasons if reason.token == index]
        what = "something unreadable" if report.kind is TokenKind.UNREADABLE else f"{_article(report.kind)} not used"
        by = f" by {report.issuer}" if report.issuer else ""
        yield TraceNode(NodeKind.DROPPED, what + by, tuple(reasons))


def _article(kind: TokenKind) -> str:
    return f"an {kind.value}" if kind is not TokenKind.UNKNOWN else "a token of unknown kind"


def _from_reason(reason: Reason) -> Statement:
    mark = {Severity.ERROR: Mark.FAILED, Severity.WARNING: Mark.NOT_CHECKED, Severity.INFO: Mark.NOTE}
    return Statement(mark[reason.severity], reason.message)


def _key(identifier: str | None) -> str:
    return f"key {identifier[:_KEY_EXCERPT]}…" if identifier else "an unknown key"
