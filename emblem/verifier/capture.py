"""Capturing: finding out about a target while everything that comes is kept, as an evidence bundle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from emblem.codec.evidence import LARGEST_BUNDLE, Evidence, KeptResource, encode_bundle
from emblem.discovery.kept import keep_answer
from emblem.dns.message import RecordType
from emblem.model.target import Target
from emblem.model.time import numeric_date
from emblem.model.verdict import Verdict
from emblem.traceability.kept import keep_fetched
from emblem.traceability.resources import FetchFailure
from emblem.validation.procedure import Profile
from emblem.validation.trust import Trust
from emblem.verifier.asking import Asking
from emblem.verifier.authenticity import assess_answers
from emblem.verifier.investigation import investigate
from emblem.verifier.recording import Recording, recorded
from emblem.verifier.settings import Settings, without_memory

_DISTRIBUTION = "digital-emblem"
_MOST_CONTENT = LARGEST_BUNDLE - 96 * 1024
"""Bytes of messages and bodies in a bundle: names, addresses and a stamp need room, too."""
_OF_CHAINS = frozenset({RecordType.DS, RecordType.DNSKEY})
"""Types that chains of trust are made of: their answers prove themselves."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A verdict, and the evidence from which anybody can come to it again, or not.

    ``left_out`` are the addresses of resources that were too large to be kept.
    """

    verdict: Verdict
    evidence: Evidence
    left_out: tuple[str, ...] = ()

    @property
    def bundle(self) -> bytes:
        """The evidence as a file.

        Raises:
            InputError: it is larger than anybody reads.
        """
        return encode_bundle(self.evidence)


def investigate_recorded(target: Target, *, now: datetime, settings: Settings) -> Asking[Captured]:
    """Find out about a target, and keep everything that comes.

    What the verdict does not rest on is asked for too, where another verifier's might: the chain of trust of every
    answer, and the commitment of every key that nobody but a log speaks for, in either profile. Whoever judges the
    evidence may trust others.

    Args:
        target: what is asked about.
        now: the present.
        settings: how the verifier works. What it remembers of other targets is not used: it would not be kept.
    """
    from emblem.dns.dnssec import ZoneCache

    authentication = settings.authentication
    if authentication is not None:
        authentication = replace(authentication, cache=ZoneCache())
    settings = replace(
        settings, authentication=authentication, memory=None, commitments=without_memory(settings.commitments)
    )
    recording = Recording()
    verdict = yield from recorded(investigate(target, at=now, now=now, settings=settings), recording)
    for profile in Profile:
        nobody = replace(settings, trust=Trust(), profile=profile)
        yield from recorded(investigate(target, at=now, now=now, settings=nobody), recording)
    if authentication is not None:
        plain = [answer for question, answer in recording.answers.items() if question.type not in _OF_CHAINS]
        yield from recorded(assess_answers(plain, now=now, authentication=authentication), recording)
    return Captured(verdict, *_fitting(_evidence(target, now, settings, recording)))


def _evidence(target: Target, now: datetime, settings: Settings, recording: Recording) -> Evidence:
    from emblem.dns.dnssec.anchors import anchor_lines

    authentication = settings.authentication
    return Evidence(
        target=target.text,
        captured=int(numeric_date(now)),
        software=_software(),
        covert=settings.covert,
        questions=tuple(map(keep_answer, recording.answers.values())),
        resources=tuple(map(keep_fetched, recording.fetched.values())),
        anchors=() if authentication is None else anchor_lines(authentication.anchors),
    )


def _fitting(evidence: Evidence) -> tuple[Evidence, tuple[str, ...]]:
    """The evidence without the largest resources, as many as must be left out for a bundle that everybody reads.

    What is left out is kept as too large: then it is not known, and nothing else is lost.
    """
    size = sum(len(message) for one in evidence.questions for kept in one.responses for message in kept.messages)
    size += sum(len(one.body) for one in evidence.resources)
    resources = list(evidence.resources)
    left_out: list[str] = []
    for place in sorted(range(len(resources)), key=lambda place: -len(resources[place].body)):
        if size <= _MOST_CONTENT:
            break
        size -= len(resources[place].body)
        left_out.append(resources[place].address)
        resources[place] = KeptResource(resources[place].address, failure=FetchFailure.TOO_LARGE.value)
    return replace(evidence, resources=tuple(resources)), tuple(left_out)


def _software() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return f"{_DISTRIBUTION} {version(_DISTRIBUTION)}"
    except PackageNotFoundError:
        return _DISTRIBUTION
