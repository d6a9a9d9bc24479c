"""A verdict as a tree that explains it: from the host up to those who answer for it.

Every link says what was checked and with what result; what was not checked is there too, marked as such. The words are
for somebody who knows hospitals and emblems, not token formats.
"""

from __future__ import annotations

from collections.abc import Iterator

from emblem.model.certification import CertificationReport, CertificationResult
from emblem.model.purpose import Purpose
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.record import Carriage
from emblem.model.time import date_text, numeric_date
from emblem.model.token import NumericDate
from emblem.model.verdict import (
    ChainEntry,
    ChainRole,
    CommitmentState,
    SetVerdict,
    Status,
    TokenKind,
    TokenReport,
    Verdict,
)
from emblem.report.text import target_text
from emblem.report.trace_logs import log_node
from emblem.report.trace_node import Mark, NodeKind, Statement, TraceNode
from emblem.report.trace_zones import answers_node

_STATUSES = {
    Status.PROTECTED: "carries a valid emblem, and somebody you trust stands behind it",
    Status.CLAIMED: "carries a valid emblem that is not fully confirmed: treat it as marked until a person has looked",
    Status.UNDETERMINED: "may be marked: it could not be established, and that is not a no",
    Status.REJECTED: "has no valid emblem: there is something, but it does not hold for this host",
    Status.UNMARKED: "carries no emblem (which does not mean that it is not protected)",
}
_ACCEPTED = "carries a valid emblem of a level that you accept without knowing who stands behind it"
_PURPOSES = {
    Purpose.PROTECTIVE: "protective use (not to be attacked)",
    Purpose.INDICATIVE: "indicative use (showing whose it is)",
    Purpose.DANGEROUS_FORCES: "works that contain dangerous forces, such as dams",
    Purpose.CIVIL_DEFENCE: "civil defence",
    Purpose.CULTURAL_PROPERTY: "cultural property",
}
_KEY_EXCERPT = 8
_OPEN = frozenset({CommitmentState.NOT_CHECKED, CommitmentState.UNDETERMINED})
_PATH_CODES = frozenset(
    {
        ReasonCode.TRUSTED_KEY,
        ReasonCode.TRUSTED_CERTIFICATE,
        ReasonCode.COMMITMENT_TRUSTED,
        ReasonCode.COMMITMENT_VOUCHED,
        ReasonCode.ENDORSER_ACCEPTED,
    }
)
_CARRIAGES = {
    "ihle": "DNS records of type IHLE",
    "txt": "DNS records of type TXT",
    "https": "DNS records of type HTTPS",
    "given": "records given to you without saying where from",
}
_NOT_JUDGED = frozenset(
    {ReasonCode.TOKEN_ALGORITHM_UNKNOWN, ReasonCode.TOKEN_VERSION_UNKNOWN, ReasonCode.TOKEN_KEY_MISSING}
)
"""Why a token does not count although nobody could tell that it is wrong."""


def build_trace(verdict: Verdict) -> TraceNode:
    """The tree of a verdict: the host, the sets of records found for it, and each one's way up."""
    name = target_text(verdict.target.text)
    answers = answers_node(verdict)
    accepted = verdict.status is Status.PROTECTED and not verdict.trusted
    return TraceNode(
        NodeKind.HOST,
        f"{verdict.status.value.upper()}: {name} {_ACCEPTED if accepted else _STATUSES[verdict.status]}",
        (*_about_the_answers(verdict), *(_from_reason(reason) for reason in _own_reasons(verdict))),
        (*(_set_node(one, verdict) for one in verdict.sets), *((answers,) if answers is not None else ())),
    )


def _about_the_answers(verdict: Verdict) -> Iterator[Statement]:
    yield Statement(Mark.NOTE, f"as things stand at {_moment(numeric_date(verdict.at))}")


def _own_reasons(verdict: Verdict) -> tuple[Reason, ...]:
    """The reasons of the whole that are not those of a set, and so would be shown twice."""
    of_sets = {reason for one in verdict.sets for reason in one.reasons}
    return tuple(reason for reason in verdict.reasons if reason not in of_sets)


def _set_node(one: SetVerdict, verdict: Verdict) -> TraceNode:
    place = f" at {target_text(one.owner)}" if one.owner else ""
    label = f", set {one.set!r}" if one.set else ""
    given = " (given to you)" if verdict.discovery is None and one.carriage is not Carriage.GIVEN else ""
    return TraceNode(
        NodeKind.SET,
        f"{_CARRIAGES[one.carriage.value]}{place}{label}{given}: {one.status.value}",
        tuple(
            _of_set(reason, one) for reason in one.reasons if reason.token is None and reason.code not in _PATH_CODES
        ),
        (*_path(one, verdict), *_unused(one)),
    )


def _of_set(reason: Reason, one: SetVerdict) -> Statement:
    """What kept a set from being decided was not found bad: it is not known."""
    told = _from_reason(reason)
    undecided = one.status is Status.UNDETERMINED and told.mark is Mark.FAILED
    return Statement(Mark.NOT_CHECKED, told.text) if undecided else told


def _path(one: SetVerdict, verdict: Verdict) -> Iterator[TraceNode]:
    if not one.chain:
        return
    own = [entry for entry in one.chain if entry.role is not ChainRole.AUTHORITY]
    authorities = tuple(
        _token_node(one, entry, (_key_node(entry, ()),)) for entry in one.chain if entry.role is ChainRole.AUTHORITY
    )
    above = authorities
    for entry in reversed(own):
        key = _key_node(entry, (*above, *_certified(one, entry.token)), by_domain=_names_domain(one))
        above = (_token_node(one, entry, (key,), verdict),)
    yield from above


def _names_domain(one: SetVerdict) -> bool:
    return any(report.domain for report in one.certifications)


def _certified(one: SetVerdict, token: int) -> Iterator[TraceNode]:
    """The certificates of a token's key, each resting on the one that issued it."""
    for report in one.certifications:
        if report.token == token:
            yield _certificate_node(report, 0)


def _certificate_node(report: CertificationReport, number: int) -> TraceNode:
    statements = [] if number else list(_about_certificates(report))
    if not report.certificates:
        return TraceNode(NodeKind.CERTIFICATE, "certificates that nobody has read", tuple(statements))
    one = report.certificates[number]
    mark = Mark.PASSED if report.result is CertificationResult.VERIFIED else Mark.NOTE
    whose = "issued by itself" if one.issuer == one.subject else f"issued by {one.issuer}"
    statements.append(Statement(mark, whose))
    statements.append(Statement(mark, f"in force from {_moment(one.not_before)} until {_moment(one.expires)}"))
    if one.names:
        statements.append(Statement(Mark.NOTE, f"names: {', '.join(one.names)}"))
    statements.append(Statement(Mark.NOTE, f"SHA-256 {one.fingerprint}"))
    last = number == len(report.certificates) - 1
    if last:
        statements += (Statement(Mark.PASSED, f"you trust it as one of {whom}") for whom in report.authorities)
    above = () if last else (_certificate_node(report, number + 1),)
    return TraceNode(NodeKind.CERTIFICATE, f"certificate of {one.subject}", tuple(statements), above)


def _about_certificates(report: CertificationReport) -> Iterator[Statement]:
    if report.result is CertificationResult.VERIFIED:
        if report.domain:
            yield Statement(Mark.PASSED, f"the domain of the issuer names it: {report.detail}")
        return
    mark = Mark.FAILED if report.result is CertificationResult.FAILED else Mark.NOT_CHECKED
    yield Statement(mark, report.detail)


def _token_node(
    one: SetVerdict, entry: ChainEntry, children: tuple[TraceNode, ...], verdict: Verdict | None = None
) -> TraceNode:
    report = one.tokens[entry.token]
    kind = {
        ChainRole.EMBLEM: NodeKind.EMBLEM,
        ChainRole.ENDORSEMENT: NodeKind.ENDORSEMENT,
        ChainRole.AUTHORITY: NodeKind.AUTHORITY,
    }[entry.role]
    if verdict is not None and kind is NodeKind.EMBLEM:
        statements = [_names_host(one, verdict), *_claims(one, report)]
    else:
        statements = [*_allowances(report)]
    genuine = f"genuine: what the holder of {_key(entry.key_identifier)} signed, unchanged"
    statements.append(Statement(Mark.PASSED, genuine))
    if report.not_before is not None and report.expires is not None:
        period = f"in force from {_moment(report.not_before)} until {_moment(report.expires)}"
        statements.append(Statement(Mark.PASSED, period))
    return TraceNode(kind, _token_title(report, kind), tuple(statements), children)


def _token_title(report: TokenReport, kind: NodeKind) -> str:
    issuer = str(report.issuer) if report.issuer else "an issuer that does not say who it is"
    if kind is NodeKind.EMBLEM:
        return f"the emblem, issued in the name of {issuer}"
    if kind is NodeKind.AUTHORITY:
        return f"{issuer} stands behind {report.subject} and its {_key(report.endorsed_key)}"
    return f"{issuer} says that {_key(report.endorsed_key)} is its own"


def _claims(one: SetVerdict, report: TokenReport) -> Iterator[Statement]:
    """What an emblem says of itself."""
    if one.sign is not None:
        yield Statement(Mark.NOTE, f"its sign: the {one.sign.value.replace('-', ' ')}")
    if report.purposes:
        yield Statement(Mark.NOTE, f"its purpose: {_purposes(report.purposes)}")


def _names_host(one: SetVerdict, verdict: Verdict) -> Statement:
    marked = _marked(one.assets)
    codes = {reason.code for reason in one.reasons}
    if ReasonCode.ASSET_MISMATCH in codes:
        return Statement(Mark.FAILED, f"it marks {marked}, not {target_text(verdict.target.text)}")
    if ReasonCode.ASSET_NEEDS_ADDRESSES in codes:
        return Statement(Mark.NOT_CHECKED, f"it marks {marked}; whether that is this host is not known")
    if ReasonCode.MARKED_THROUGH_NAME in codes:
        return Statement(Mark.PASSED, f"it marks {marked} (the addresses of this name, not the name itself)")
    return Statement(Mark.PASSED, f"it names this host: {marked}")


def _allowances(report: TokenReport) -> Iterator[Statement]:
    """Within which limits an endorsement vouches for a key."""
    if report.purposes:
        yield Statement(Mark.PASSED, f"allows emblems for: {_purposes(report.purposes)}")
    if report.assets is not None:
        yield Statement(Mark.PASSED, f"allows marking: {_marked(report.assets)}")
    if report.may_endorse is not None:
        yield Statement(Mark.NOTE, "that key may" + ("" if report.may_endorse else " not") + " vouch for further keys")


def _purposes(purposes: Purpose) -> str:
    return "; ".join(text for purpose, text in _PURPOSES.items() if purpose in purposes)


def _marked(assets: tuple[str, ...]) -> str:
    """What is marked, in words: hosts, all hosts below a name, addresses."""
    return ", ".join(map(_asset, assets)) or "nothing"


def _asset(text: str) -> str:
    if text.startswith("*."):
        return f"every host below {target_text(text[2:])}"
    if text.startswith("["):
        return f"{'every address in' if '/' in text else 'the address'} {text.strip('[]')}"
    return target_text(text)


def _key_node(entry: ChainEntry, children: tuple[TraceNode, ...], *, by_domain: bool = False) -> TraceNode:
    statements = [Statement(Mark.NOTE, f"its fingerprint: {entry.key_identifier}")]
    if entry.trusted:
        owner = f" as one of {entry.issuer}" if entry.role is ChainRole.AUTHORITY and entry.issuer else ""
        statements.append(Statement(Mark.PASSED, f"you trust this key{owner}"))
    if entry.commitment is not CommitmentState.NOT_APPLICABLE:
        statements.append(_commitment(entry, by_domain=by_domain))
    whose = str(entry.issuer) if entry.issuer else "an issuer that does not say who it is"
    whose = f"{_key(entry.key_identifier)}, used in the name of {whose}"
    registers = tuple(map(log_node, entry.evidence))
    return TraceNode(NodeKind.KEY, whose, tuple(statements), (*registers, *children))


def _commitment(entry: ChainEntry, *, by_domain: bool) -> Statement:
    question = f"whether it really is a key of {entry.issuer}"
    if by_domain and entry.commitment is CommitmentState.VERIFIED:
        return Statement(Mark.PASSED, f"{question}: proven, also by what its own domain says of certificates")
    return {
        CommitmentState.VERIFIED: Statement(Mark.PASSED, f"{question}: a public register of certificates proves it"),
        CommitmentState.TRUSTED: Statement(Mark.PASSED, f"{question}: you said so yourself"),
        CommitmentState.VOUCHED: Statement(Mark.PASSED, f"{question}: an authority that you trust says so"),
        CommitmentState.FAILED: Statement(Mark.FAILED, f"{question}: the public register says otherwise"),
        CommitmentState.UNDETERMINED: Statement(Mark.NOT_CHECKED, f"{question}: could not be found out"),
        CommitmentState.NOT_CHECKED: Statement(Mark.NOT_CHECKED, f"{question}: not looked up in a public register"),
    }[entry.commitment]


def _unused(one: SetVerdict) -> Iterator[TraceNode]:
    for index, report in enumerate(one.tokens):
        if report.used:
            continue
        statements = [_of_unused(reason, report) for reason in one.reasons if reason.token == index]
        by = f" in the name of {report.issuer}" if report.issuer else ""
        if report.kind is TokenKind.ENDORSEMENT and report.subject is not None:
            about = f"it says that {_key(report.endorsed_key)} is one of {report.subject}"
            statements.insert(0, Statement(Mark.NOTE, about))
        if report.dropped is None and report.issuer != one.issuer and one.commitment in _OPEN:
            open_question = "it counts only once it is known whose that key is, which was not found out: see above"
            statements.append(Statement(Mark.NOT_CHECKED, open_question))
        yield TraceNode(NodeKind.DROPPED, f"not counted: {_article(report.kind)}{by}", tuple(statements))


def _of_unused(reason: Reason, report: TokenReport) -> Statement:
    """Why a token does not count: it was found bad, it cannot be judged here, or it is merely not needed."""
    told = _from_reason(reason)
    bad = reason.code is report.dropped and reason.severity is not Severity.INFO and reason.code not in _NOT_JUDGED
    return Statement(Mark.FAILED, told.text) if bad else told


def _article(kind: TokenKind) -> str:
    return {
        TokenKind.EMBLEM: "an emblem",
        TokenKind.ENDORSEMENT: "an endorsement",
        TokenKind.UNREADABLE: "something unreadable",
        TokenKind.UNKNOWN: "a statement of a kind that is not known here",
    }[kind]


def _from_reason(reason: Reason) -> Statement:
    mark = {Severity.ERROR: Mark.FAILED, Severity.WARNING: Mark.NOT_CHECKED, Severity.INFO: Mark.NOTE}
    return Statement(mark[reason.severity], reason.message)


def _moment(date: NumericDate) -> str:
    return date_text(date).replace("T", " ").replace("Z", " UTC")


def _key(identifier: str | None) -> str:
    return f"key {identifier[:_KEY_EXCERPT]}…" if identifier else "an unknown key"
