"""Findings without a scan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from emblem.dns.message import Outcome
from emblem.model.reason import Reason, ReasonCode, Severity
from emblem.model.target import Target
from emblem.model.verdict import Status, Verdict
from emblem.scanning.addresses import Resolution
from emblem.scanning.finding import Finding, Miss
from tests.support.arrangement import AT, chain, root, signing

MISS = Miss(int(AT.timestamp()), ((0, Outcome.NODATA, 0), (2, Outcome.NXDOMAIN, 1)), ("192.0.2.53:53", "192.0.2.54:53"))


def missed(number: int, target: str) -> Finding:
    """A plain miss."""
    return Finding(number, Target.parse(target), None, MISS)


def found(number: int, text: str, status: Status = Status.CLAIMED) -> Finding:
    """A finding with a verdict of a status, and nothing behind it."""
    target = Target.parse(text)
    reasons = (Reason(ReasonCode.DISCOVERY_DENIED, Severity.INFO, "for a test"),)
    return Finding(number, target, Verdict(status=status, target=target, at=AT, reasons=reasons))


def marked(number: int, target: str) -> Finding:
    """A finding with an emblem behind it."""
    return Finding(number, Target.parse(target), chain(root, signing).emblem(target).judged(target))


def nothing_resolves(names: Iterable[str]) -> Iterator[Resolution]:
    """A resolver that knows that no name has an address."""
    return map(Resolution, names)
