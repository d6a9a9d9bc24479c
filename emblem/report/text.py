"""A verdict as text for a person who has to decide under pressure."""

from __future__ import annotations

from collections.abc import Iterator

from emblem.model.display import printable
from emblem.model.names import display_name
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.time import date_text
from emblem.model.verdict import CommitmentState, DnssecState, Status, Verdict

_MEANINGS = {
    Status.PROTECTED: "A valid emblem names this host, and somebody you trust stands behind it.",
    Status.CLAIMED: "A valid emblem names this host. Treat it as marked until a person has looked.",
    Status.UNDETERMINED: "It could not be established whether this host is marked. This is not a no.",
    Status.REJECTED: "There is something, but it is no valid emblem of this host.",
    Status.UNMARKED: "No emblem was found. This does not mean that the host is not protected.",
}
_COMMITMENTS = {
    CommitmentState.VERIFIED: "verified in a public log",
    CommitmentState.VOUCHED: "vouched for by an authority you trust",
    CommitmentState.TRUSTED: "bound by you",
    CommitmentState.FAILED: "failed",
    CommitmentState.UNDETERMINED: "could not be found out",
    CommitmentState.NOT_CHECKED: "not checked",
}
_BY_DOMAIN = "verified: its own domain names its certificate"
DNSSEC_STATES = {
    DnssecState.SECURE: "secure: the answers are authentic",
    DnssecState.INSECURE: "insecure: the answers are not signed",
    DnssecState.BOGUS: "bogus: the answers are forged or damaged",
    DnssecState.INDETERMINATE: "indeterminate: it could not be found out",
    DnssecState.NOT_CHECKED: "not checked",
}
"""What each state means for the answers that a verdict rests on."""

_LABEL_WIDTH = 13


def verdict_text(verdict: Verdict, *, verbose: bool = False) -> str:
    """A verdict as lines of text: the status first, then what it rests on, then why.

    What comes from the network is shown with control characters escaped. With ``verbose`` also what went
    well, and every question that was asked.
    """
    return "\n".join(printable(line) for line in _lines(verdict, verbose))


def target_text(name: str) -> str:
    """A target, with its Unicode form where it has one."""
    shown = display_name(name)
    return name if shown == name else f"{name} ({shown})"


def _lines(verdict: Verdict, verbose: bool) -> Iterator[str]:
    yield f"{target_text(verdict.target.text)}: {verdict.status.value.upper()}"
    yield f"  {_MEANINGS[verdict.status]}"
    for label, value in _facts(verdict):
        yield f"  {label:<{_LABEL_WIDTH}} {value}"
    for reason in verdict.reasons:
        if verbose or reason.severity is not Severity.INFO or verdict.status is Status.UNMARKED:
            yield f"  - {_reason_text(reason)}"
    if verbose and verdict.discovery is not None:
        for query in verdict.discovery.queries:
            yield f"  asked {query.server} for {query.name} {query.type}: {query.outcome}"


def _facts(verdict: Verdict) -> Iterator[tuple[str, str]]:
    if verdict.purposes:
        sign = f"{verdict.sign.value}, " if verdict.sign else ""
        yield "marks as", sign + ", ".join(verdict.purposes.slugs)
    if verdict.assets:
        yield "assets", ", ".join(map(target_text, verdict.assets))
    if verdict.issuer:
        yield "issuer", str(verdict.issuer)
    if verdict.endorsed_by:
        yield "endorsed by", ", ".join(map(str, verdict.endorsed_by))
    if verdict.expires is not None and verdict.not_before is not None:
        yield "valid", f"{date_text(verdict.not_before)} to {date_text(verdict.expires)}"
    if verdict.commitment in _COMMITMENTS:
        by_domain = any(reason.code is ReasonCode.CERTIFICATION_DANE for reason in verdict.reasons)
        proven = by_domain and verdict.commitment is CommitmentState.VERIFIED
        yield "key of issuer", _BY_DOMAIN if proven else _COMMITMENTS[verdict.commitment] + _shown(verdict)
    if verdict.discovery is not None:
        yield "DNSSEC", DNSSEC_STATES[verdict.dnssec]


def _shown(verdict: Verdict) -> str:
    """What a log has shown of the commitment of the issuer's key, where it is verified."""
    if verdict.commitment is not CommitmentState.VERIFIED:
        return ""
    best = (one for one in verdict.sets if one.status is verdict.status and one.commitment is verdict.commitment)
    evidence = (entry.evidence for one in best for entry in one.chain if entry.evidence)
    proofs = next(((proof.value for proof in one[0].proofs) for one in evidence), ())
    text = ", ".join(proofs)
    return f" ({text})" if text else ""


def _reason_text(reason: Reason) -> str:
    place = f" (token {reason.token})" if reason.token is not None else ""
    return f"{reason.message}{place} [{reason.code.value}]"
