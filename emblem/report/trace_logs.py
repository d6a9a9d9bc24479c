"""What logs have shown of the commitment of a key, as stations of the tree: the log, the certificate, up to its root.

Promised, included and consistent are told apart, and what was not shown stands there too: they prove different things.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from emblem.model.evidence import CommitmentResult, LogEvidence, Proof, Revocation
from emblem.model.time import date_text
from emblem.model.token import NumericDate
from emblem.report.trace_node import Mark, NodeKind, Statement, TraceNode

if TYPE_CHECKING:
    from emblem.traceability.summary import CertificateSummary


def log_node(one: LogEvidence) -> TraceNode:
    """One log entry that an endorsement names, and the certificate that stands there."""
    whose = f" (run by {one.operator})" if one.operator and one.operator != one.log else ""
    title = f"an entry in the public register {one.log}{whose}" if one.log else "an entry in a public register"
    statements = [*_decided(one), *_shown(one)]
    return TraceNode(NodeKind.LOG, title, tuple(statements), tuple(_certificates(one)))


def _decided(one: LogEvidence) -> Iterator[Statement]:
    if one.logged_at is not None:
        yield Statement(Mark.NOTE, f"entered at {_moment(one.logged_at)}")
    if one.result is CommitmentResult.FAILED:
        yield Statement(Mark.FAILED, one.detail)
    elif one.result is CommitmentResult.UNDETERMINED:
        yield Statement(Mark.NOT_CHECKED, one.detail)


def _shown(one: LogEvidence) -> Iterator[Statement]:
    """What the log has shown, and what it has not."""
    if Proof.PROMISED in one.proofs:
        yield Statement(Mark.PASSED, "promised: the register signed that it would enter the certificate")
    if Proof.INCLUDED in one.proofs:
        tree = f"among its {one.tree_size} entries" if one.tree_size is not None else "among its entries"
        as_of = f" as of {_moment(one.tree_time)}" if one.tree_time is not None else ""
        yield Statement(Mark.PASSED, f"included: it is proven to stand in the register, {tree}{as_of}")
    elif one.result is not CommitmentResult.FAILED:
        yield Statement(Mark.NOT_CHECKED, "that it stands in the register was not proven")
    if Proof.CONSISTENT in one.proofs:
        yield Statement(Mark.PASSED, "consistent: the register has changed nothing since it was seen before")
    elif Proof.INCLUDED in one.proofs:
        unknown = "that the register shows everybody the same was not checked: it had not been seen before"
        yield Statement(Mark.NOT_CHECKED, unknown)


def _certificates(one: LogEvidence) -> Iterator[TraceNode]:
    """The certificate and those above it, each resting on the next."""
    if not one.path:
        return
    # Few verdicts have any, and what reads them is slow to load.
    from emblem.traceability.summary import summarize

    above: tuple[TraceNode, ...] = ()
    for place in range(len(one.path) - 1, -1, -1):
        certificate = summarize(one.path[place])
        is_root = place > 0 and place == len(one.path) - 1
        statements = list(_about_issuer(certificate, is_root) if place else _about_certificate(certificate, one))
        who = f"the root authority {certificate.subject}" if is_root else f"the authority {certificate.subject}"
        title = who if place else f"a certificate from {certificate.issuer}"
        above = (TraceNode(NodeKind.CERTIFICATE, title, tuple(statements), above),)
    yield from above


def _about_certificate(certificate: CertificateSummary, one: LogEvidence) -> Iterator[Statement]:
    if one.names:
        yield Statement(Mark.PASSED, f"names the key and the organization: {' and '.join(one.names)}")
    yield Statement(Mark.NOTE, _period(certificate))
    if len(one.path) > 1:
        yield Statement(Mark.PASSED, "led to a root of the web that you trust when it was entered")
    else:
        yield Statement(Mark.NOT_CHECKED, "no way to a root of the web that you trust was found")
    yield {
        Revocation.NOT_REVOKED: Statement(Mark.PASSED, "not taken back by who issued it"),
        Revocation.REVOKED: Statement(Mark.FAILED, "taken back by who issued it"),
        Revocation.UNKNOWN: Statement(Mark.NOT_CHECKED, "whether it was taken back is not known"),
    }[one.revocation]


def _about_issuer(certificate: CertificateSummary, is_root: bool) -> Iterator[Statement]:
    yield Statement(Mark.NOTE, _period(certificate))
    yield Statement(Mark.PASSED, "one of the roots that you trust" if is_root else "certified by the one above")
    if not is_root:
        yield Statement(Mark.NOT_CHECKED, "whether it was taken back was not looked up")


def _period(certificate: CertificateSummary) -> str:
    return f"valid from {_moment(certificate.not_before)} until {_moment(certificate.not_after)}"


def _moment(date: NumericDate) -> str:
    return date_text(date).replace("T", " ").replace("Z", " UTC")
