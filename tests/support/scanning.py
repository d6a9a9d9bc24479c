"""Targets of every kind for scans, marked as of now, and scans of them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from emblem.model.target import Target
from emblem.model.verdict import Status
from emblem.scanning.finding import Finding, Task
from emblem.scanning.scan import Scan, scan
from emblem.scanning.settings import ScanSettings
from emblem.scanning.statistics import Statistics
from tests.support.arrangement import CWT, JWS, AnyRecord, bare, chain, root, signing, trusting
from tests.support.naming import ihle_lines, txt_lines

TRUST = trusting(bare(root))
_NOW = int(time.time())
_PERIOD: dict[str, Any] = {"not_before": _NOW - 3600, "expires": _NOW + 86400}

MARKED_ADDRESS = "192.0.2.7"
NAMED_ADDRESS = "192.0.2.8"


def records(name: str, *, form: Any = CWT) -> tuple[AnyRecord, ...]:
    """The records of a three-token chain for a name, valid now."""
    return chain(root, signing, form=form, **_PERIOD).emblem(name, **_PERIOD).records


MARKED: dict[str, list[str]] = {
    "ihle.example": ihle_lines("ihle.example", records("ihle.example")),
    "older.example": ihle_lines("older.example", records("older.example"), 65400),
    "text.example": txt_lines("text.example", records("text.example")),
    "below.example": ["below.example. A 192.0.2.1", *txt_lines("_emblem.below.example", records("below.example"))],
    "only-below.example": txt_lines("_emblem.only-below.example", records("only-below.example")),
    "jws.example": txt_lines("jws.example", records("jws.example", form=JWS)),
    "alias.example": ["alias.example. CNAME end.example.", *ihle_lines("end.example", records("alias.example"))],
}
"""Names that are marked, with the lines of the zone that mark them: in each carriage, and through an alias."""

UNMARKED: dict[str, list[str]] = {
    "plain.example": ["plain.example. A 192.0.2.1"],
    "other.example": ['other.example. TXT "v=spf1 -all"', "other.example. A 192.0.2.1"],
    "away.example": ["away.example. CNAME plain.example."],
    "nowhere.example": ["nowhere.example. CNAME nobody.example."],
    "nobody.example": [],
    "a.b.c.nobody.example": [],
}
"""Names that are not."""

EXPECTED = dict.fromkeys(MARKED, Status.PROTECTED) | dict.fromkeys(UNMARKED, Status.UNMARKED)
LINES = [line for lines in (*MARKED.values(), *UNMARKED.values()) for line in lines]


def tasks(names: Iterable[str]) -> list[Task]:
    """A task for each target."""
    return [Task(number, Target.parse(name)) for number, name in enumerate(names)]


def scanning(names: Iterable[str], *servers: object, **settings: Any) -> Scan:
    """A scan of these targets, by one process unless said otherwise."""
    known: dict[str, Any] = {"trust": TRUST, "processes": 1} | settings
    return scan(tasks(names), ScanSettings(resolvers=tuple(map(str, servers)), **known))


def scanned(names: Iterable[str], *servers: object, **settings: Any) -> tuple[dict[str, Finding], Statistics]:
    """The findings by target, each there once, and what was counted."""
    asked = list(names)
    with scanning(asked, *servers, **settings) as running:
        findings = list(running)
    assert sorted(finding.number for finding in findings) == list(range(len(asked)))
    assert all(finding.target == Target.parse(asked[finding.number]) for finding in findings)
    return {finding.target.text: finding for finding in findings}, running.statistics


def statuses(findings: dict[str, Finding]) -> dict[str, Status]:
    """The status of each target."""
    return {target: finding.status for target, finding in findings.items()}
