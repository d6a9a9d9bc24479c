"""What a verdict on records comes to, given how completely they were looked for; a pure function."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emblem.discovery.answers import Discovered
from emblem.dns.dnssec.assessment import Assessment, Reason, State
from emblem.dns.message import Answer, Outcome, Question, ResourceRecord
from emblem.model.record import Carriage, Record
from emblem.model.target import Target
from emblem.model.verdict import Level, Status, Verdict
from emblem.validation.trust import Trust
from emblem.validation.validate import validate
from emblem.verifier.authenticity import authenticate
from emblem.verifier.conclusion import conclude
from tests.support.arrangement import AT, HOSPITAL, Arrangement, bare, chain, codes, root, signing, trusting

IHLE = Question(HOSPITAL, 65297)
COMPLETE = Discovered((), (), name_denied=False, doubts=())
LOST = Discovered((), (), name_denied=False, doubts=("no response",))
UNASKED = Discovered((), (), name_denied=False, doubts=(), not_asked=(f"{HOSPITAL} IHLE",))
REQUIRING = trusting(bare(root), require_dnssec=True)
BOGUS = Assessment(State.BOGUS, Reason.SIGNATURE_EXPIRED, "expired")


def judged(arrangement: Arrangement, trust: Trust) -> Verdict:
    records = [
        Record(Carriage.IHLE, record, HOSPITAL, IHLE.type)
        for record in arrangement.records
        if isinstance(record, bytes)
    ]
    return validate(records, target=Target(HOSPITAL), at=AT, trust=trust)


OF_ANOTHER = judged(chain(root, signing).emblem("other.example"), trusting(bare(root)))
MARKED = judged(chain(root, signing).emblem(), REQUIRING)


def test_what_marks_another_asset_has_reached_a_level() -> None:
    verdict = conclude(OF_ANOTHER, COMPLETE, is_now=True)

    assert (verdict.status, verdict.level, verdict.trusted) == (Status.REJECTED, Level.SIGNED, True)


@pytest.mark.parametrize(
    ("found", "away", "code"),
    [
        (LOST, timedelta(), "discovery-incomplete"),
        (COMPLETE, timedelta(days=1), "discovery-not-now"),
        (UNASKED, timedelta(), "carriage-not-asked"),
    ],
    ids=["lost", "not now", "not asked"],
)
def test_a_rejection_that_cannot_be_upheld_has_neither_level_nor_trust(
    found: Discovered, away: timedelta, code: str
) -> None:
    verdict = conclude(OF_ANOTHER, found, is_now=not away)

    assert (verdict.status, verdict.level, verdict.trusted) == (Status.UNDETERMINED, Level.NONE, False)
    assert codes(verdict) >= {"asset-mismatch", code}


def test_a_protection_that_bogus_answers_withhold_has_neither_level_nor_trust() -> None:
    answer = Answer(IHLE, Outcome.FOUND, records=(ResourceRecord(HOSPITAL, IHLE.type, 60, b"\x00"),))

    verdict = authenticate(MARKED, ((answer, BOGUS),), REQUIRING.policy)

    assert MARKED.status is Status.PROTECTED
    assert (verdict.status, verdict.level, verdict.trusted) == (Status.UNDETERMINED, Level.NONE, False)
