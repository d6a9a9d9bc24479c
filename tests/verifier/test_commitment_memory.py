"""Commitments that were checked once are not checked again for every host, nor believed for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from emblem.model.evidence import CommitmentResult
from emblem.model.need import Commitment
from emblem.traceability.log_list import LogList
from emblem.traceability.resources import FetchFailure
from emblem.verifier.commitment_memory import LIFETIME, LIFETIME_UNDETERMINED, MOST_REMEMBERED, CommitmentMemory
from emblem.verifier.commitments import CommitmentChecks, check_commitments
from tests.support.arrangement import AT
from tests.support.commitments import AUTHORITY, LOGGED, Web, drive, entry_of, known, need, new_log, request, roots

VERIFIED = Commitment(CommitmentResult.VERIFIED, "it is there")
UNDETERMINED = Commitment(CommitmentResult.UNDETERMINED, "nobody knows")
NEED = need()
SECOND = timedelta(seconds=1)


def remembering(answer: Commitment) -> CommitmentMemory:
    memory = CommitmentMemory()
    memory.keep(NEED, answer, at=AT, now=AT)
    return memory


@pytest.mark.parametrize(
    ("answer", "lifetime"), [(VERIFIED, LIFETIME), (UNDETERMINED, LIFETIME_UNDETERMINED)], ids=["known", "not known"]
)
def test_an_answer_is_remembered_for_its_time(answer: Commitment, lifetime: timedelta) -> None:
    memory = remembering(answer)

    assert memory.recall(NEED, at=AT, now=AT + lifetime) == answer
    assert memory.recall(NEED, at=AT, now=AT + lifetime + SECOND) is None
    assert memory.recall(NEED, at=AT, now=AT - SECOND) is None


def test_an_answer_as_of_another_time_is_none() -> None:
    memory = remembering(VERIFIED)

    assert memory.recall(NEED, at=AT - LIFETIME - SECOND, now=AT) is None
    assert memory.recall(need(entry_of(new_log())), at=AT, now=AT) is None


def test_the_oldest_are_forgotten() -> None:
    memory = remembering(VERIFIED)
    log = new_log("elm", static=True)
    for index in range(MOST_REMEMBERED):
        memory.keep(need(replace(entry_of(log), index=index)), VERIFIED, at=AT, now=AT)

    assert memory.recall(NEED, at=AT, now=AT) is None
    assert memory.recall(need(replace(entry_of(log), index=0)), at=AT, now=AT) == VERIFIED


@pytest.mark.parametrize("answers", [True, False], ids=["a log that answers", "a log that does not"])
def test_a_log_is_asked_once_for_all_hosts_of_an_organization(answers: bool) -> None:
    log = new_log()
    log.submit(request(), AUTHORITY, LOGGED)
    web = Web([log], instead={} if answers else {"get-sth": FetchFailure.TIMEOUT})
    checks = CommitmentChecks(LogList(AT, (known(log),)), roots(), memory=CommitmentMemory())
    wanted = need(entry_of(log))
    first = drive(check_commitments([wanted], at=AT, now=AT, checks=checks), web.fetch)
    asked = len(web.asked)
    second = drive(check_commitments([wanted], at=AT + SECOND, now=AT + SECOND, checks=checks), web.fetch)

    assert first == second
    assert asked > 0
    assert len(web.asked) == asked
