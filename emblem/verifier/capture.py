"""Capturing: finding out about a target while everything that comes is kept, as an evidence bundle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from emblem.codec.evidence import Evidence
from emblem.discovery.kept import keep_answer
from emblem.dns.message import RecordType
from emblem.model.target import Target
from emblem.model.time import numeric_date
from emblem.model.verdict import Verdict
from emblem.traceability.kept import keep_fetched
from emblem.verifier.asking import Asking
from emblem.verifier.authenticity import assess_answers
from emblem.verifier.investigation import investigate
from emblem.verifier.recording import Recording, recorded
from emblem.verifier.settings import Settings

_DISTRIBUTION = "digital-emblem"
_OF_CHAINS = frozenset({RecordType.DS, RecordType.DNSKEY})
"""Types that chains of trust are made of: their answers prove themselves."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A verdict, and the evidence from which anybody can come to it again, or not."""

    verdict: Verdict
    evidence: Evidence


def investigate_recorded(target: Target, *, now: datetime, settings: Settings) -> Asking[Captured]:
    """Find out about a target, and keep everything that comes.

    The chain of trust of every answer is asked for, also where the verdict does not rest on it: whoever judges the
    evidence may trust others, and come to another verdict.

    Args:
        target: what is asked about.
        now: the present.
        settings: how the verifier works. What it remembers of other targets is not used: it would not be kept.
    """
    from emblem.dns.dnssec import ZoneCache
    from emblem.dns.dnssec.anchors import anchor_lines

    authentication = settings.authentication
    if authentication is not None:
        authentication = replace(authentication, cache=ZoneCache())
    settings = replace(settings, authentication=authentication, memory=None)
    recording = Recording()
    verdict = yield from recorded(investigate(target, at=now, now=now, settings=settings), recording)
    if authentication is not None:
        plain = [answer for question, answer in recording.answers.items() if question.type not in _OF_CHAINS]
        yield from recorded(assess_answers(plain, now=now, authentication=authentication), recording)
    evidence = Evidence(
        target=target.text,
        captured=int(numeric_date(now)),
        software=_software(),
        covert=settings.covert,
        questions=tuple(map(keep_answer, recording.answers.values())),
        resources=tuple(map(keep_fetched, recording.fetched.values())),
        anchors=() if authentication is None else anchor_lines(authentication.anchors),
    )
    return Captured(verdict, evidence)


def _software() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"{_DISTRIBUTION} {version(_DISTRIBUTION)}"
    except PackageNotFoundError:
        return _DISTRIBUTION
