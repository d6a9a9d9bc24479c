"""What several resolvers say together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emblem.discovery.answers import gather
from emblem.dns import Answer, Failure, Outcome, Question, ResourceRecord, Transport, agree
from emblem.dns.message import FailedTry

NAME = "hospital.example"
QUESTION = Question(NAME, 65297)
RECORD = ResourceRecord(NAME, 65297, 60, b"\x01")
OTHER = ResourceRecord(NAME, 65297, 60, b"\x02")
ALIAS = ((NAME, "elsewhere.example"),)


def answer(outcome: Outcome, *records: ResourceRecord, server: str = "192.0.2.1:53") -> Answer:
    return Answer(QUESTION, outcome, records, final_name=NAME, server=server, authenticated_data=True)


FOUND = answer(Outcome.FOUND, RECORD)
NODATA = answer(Outcome.NODATA)
NXDOMAIN = answer(Outcome.NXDOMAIN)
TIMEOUT = replace(answer(Outcome.FAILED), failure=Failure.TIMEOUT, detail="no response in time")


def test_a_single_resolver_agrees_with_itself() -> None:
    assert agree([FOUND]) is FOUND


@pytest.mark.parametrize("same", [FOUND, NODATA, NXDOMAIN], ids=lambda one: str(one.outcome))
def test_the_same_from_all_is_the_answer(same: Answer) -> None:
    agreed = agree([same, replace(same, server="192.0.2.2:53")])
    assert (agreed.outcome, agreed.records, agreed.failure) == (same.outcome, same.records, None)
    assert agreed.server == "192.0.2.1:53, 192.0.2.2:53"
    assert [source.server for source in agreed.sources] == ["192.0.2.1:53", "192.0.2.2:53"]


def test_neither_order_nor_ttl_makes_a_difference() -> None:
    agreed = agree([answer(Outcome.FOUND, RECORD, OTHER), answer(Outcome.FOUND, replace(OTHER, ttl=7), RECORD)])
    assert (agreed.outcome, agreed.records) == (Outcome.FOUND, (RECORD, OTHER))


def test_an_answer_is_authenticated_only_if_all_say_so() -> None:
    assert agree([FOUND, FOUND]).authenticated_data
    assert not agree([FOUND, replace(FOUND, authenticated_data=False)]).authenticated_data


DISAGREEMENTS = {
    "found and denied": (FOUND, NXDOMAIN),
    "denied and found": (NODATA, FOUND),
    "found and failed": (FOUND, TIMEOUT),
    "failed and found": (TIMEOUT, FOUND),
    "other records": (FOUND, answer(Outcome.FOUND, OTHER)),
    "fewer records": (answer(Outcome.FOUND, RECORD, OTHER), FOUND),
    "records of another owner": (FOUND, answer(Outcome.FOUND, replace(RECORD, owner="elsewhere.example"))),
    "denied differently": (NODATA, NXDOMAIN),
    "the name and its alias denied": (NXDOMAIN, replace(NXDOMAIN, aliases=ALIAS)),
    "two of three": (FOUND, FOUND, NODATA),
    "denied differently and failed": (NODATA, NXDOMAIN, TIMEOUT),
}


@pytest.mark.parametrize("answers", DISAGREEMENTS.values(), ids=DISAGREEMENTS)
def test_a_disagreement_is_no_answer_and_hands_on_what_any_found(answers: tuple[Answer, ...]) -> None:
    together = agree(answers)
    assert (together.outcome, together.failure) == (Outcome.FAILED, Failure.DISAGREEMENT)
    assert not together.denied
    assert not together.name_denied
    assert set(together.records) == {record for one in answers for record in one.records}
    assert together.sources == answers


def test_a_disagreement_tells_who_said_what() -> None:
    answers = (
        FOUND,
        replace(NXDOMAIN, server="tls://192.0.2.2:853"),
        replace(TIMEOUT, server="192.0.2.3:53"),
    )
    assert agree(answers).detail == (
        "the resolvers disagree: 192.0.2.1:53 says found 1 record; tls://192.0.2.2:853 says nxdomain; "
        "192.0.2.3:53: timeout"
    )


def test_a_denial_by_some_and_silence_of_others_is_not_known_for_the_silence() -> None:
    together = agree([NODATA, replace(TIMEOUT, server="192.0.2.2:53")])
    assert (together.outcome, together.failure) == (Outcome.FAILED, Failure.TIMEOUT)
    assert (together.server, together.detail) == ("192.0.2.2:53", "no response in time")


def test_failures_of_all_are_the_failure_of_the_first() -> None:
    assert agree([TIMEOUT, replace(TIMEOUT, failure=Failure.SERVFAIL)]).failure is Failure.TIMEOUT


def test_additional_records_and_failed_tries_of_all_are_kept() -> None:
    tried = FailedTry("192.0.2.2:53", Transport.UDP, Failure.TIMEOUT, "")
    together = agree(
        [replace(NODATA, additional=(RECORD,)), replace(NODATA, additional=(OTHER,), failed_tries=(tried,))]
    )
    assert together.additional == (RECORD, OTHER)
    assert together.failed_tries == (tried,)


# What discovery makes of it


def test_a_denial_that_all_agree_on_is_complete() -> None:
    assert gather(NAME, [agree([NODATA, replace(NODATA, server="192.0.2.2:53")])]).complete


def test_a_packet_lost_on_the_way_to_one_of_them_leaves_no_doubt() -> None:
    lost = FailedTry("192.0.2.2:53", Transport.UDP, Failure.TIMEOUT, "")
    second = replace(NODATA, server="192.0.2.2:53", failed_tries=(lost,))
    assert gather(NAME, [agree([NODATA, second])]).complete


def test_what_one_of_them_refused_leaves_doubt() -> None:
    refused = FailedTry("192.0.2.2:53", Transport.UDP, Failure.REFUSED, "")
    second = replace(NODATA, server="192.0.2.2:53", failed_tries=(refused,))
    assert not gather(NAME, [agree([NODATA, second])]).complete


@pytest.mark.parametrize("answers", DISAGREEMENTS.values(), ids=DISAGREEMENTS)
def test_a_disagreement_is_incomplete_and_its_records_are_found(answers: tuple[Answer, ...]) -> None:
    discovered = gather(NAME, [agree(answers)])
    assert not discovered.complete
    assert not discovered.name_denied
    assert {record.data for record in discovered.records} == {one.data for each in answers for one in each.records}
    assert discovered.queries[0].outcome == "disagreement"


def test_records_beside_the_answer_of_any_of_them_are_found() -> None:
    discovered = gather(NAME, [agree([NODATA, replace(NODATA, additional=(RECORD,))])])
    assert [record.data for record in discovered.records] == [RECORD.data]
