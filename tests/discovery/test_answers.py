"""What answers mean: found, denied, or not known; and when a denial is complete."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest

from emblem.discovery.answers import Discovered, gather, gather_addresses, type_name
from emblem.discovery.plan import address_questions, plan_questions
from emblem.dns import Answer, FailedTry, Failure, Outcome, Question, ResourceRecord, Transport
from emblem.model.record import Carriage
from emblem.model.target import Target

NAME = "hospital.example"
BELOW = "_emblem." + NAME
SERVER, OTHER = "192.0.2.53:53", "198.51.100.53:53"
IHLE, IHLE_EARLIER, TXT, TXT_BELOW = plan_questions(Target.parse(NAME)).required
FORGED = Failure.MISMATCHED


def answered(question: Question, outcome: Outcome, **more: Any) -> Answer:
    return Answer(question, outcome, **({"final_name": question.name, "server": SERVER} | more))


def failed(question: Question, failure: Failure) -> Answer:
    return answered(question, Outcome.FAILED, failure=failure, detail="it failed")


def found(question: Question, *records: ResourceRecord, **more: Any) -> Answer:
    return answered(question, Outcome.FOUND, records=records, **more)


def record(data: bytes, number: int = 65297, owner: str = NAME) -> ResourceRecord:
    return ResourceRecord(owner, number, 60, data)


def with_all(outcome: Outcome, *differing: Answer) -> Discovered:
    """What comes of all questions being answered alike but for these."""
    instead = {answer.question: answer for answer in differing}
    questions = (IHLE, IHLE_EARLIER, TXT, TXT_BELOW)
    return gather(NAME, [instead.get(question, answered(question, outcome)) for question in questions])


def test_every_carriage_denied_is_complete() -> None:
    discovered = with_all(Outcome.NODATA)

    assert (discovered.complete, discovered.name_denied, discovered.records) == (True, False, ())


def test_a_name_that_does_not_exist_is_complete() -> None:
    discovered = with_all(Outcome.NXDOMAIN)

    assert (discovered.complete, discovered.name_denied) == (True, True)


def test_records_of_others_are_an_answer_too() -> None:
    spf = found(TXT, record(b"\x0bv=spf1 -all", 16))

    assert with_all(Outcome.NODATA, spf).complete


@pytest.mark.parametrize("failure", list(Failure))
@pytest.mark.parametrize("question", [IHLE, IHLE_EARLIER, TXT, TXT_BELOW])
def test_one_question_that_was_not_answered_leaves_it_open(question: Question, failure: Failure) -> None:
    discovered = with_all(Outcome.NODATA, failed(question, failure))

    assert not discovered.complete
    (doubt,) = discovered.doubts
    assert question.name in doubt
    assert "it failed" in doubt
    assert SERVER in doubt


LOST = [Failure.TIMEOUT, Failure.DEADLINE, Failure.UNREACHABLE, Failure.CUT_SHORT]


@pytest.mark.parametrize("failure", LOST)
def test_a_denial_of_the_name_denies_what_was_lost_on_the_way(failure: Failure) -> None:
    discovered = with_all(Outcome.NXDOMAIN, failed(TXT, failure), failed(TXT_BELOW, failure))

    assert (discovered.complete, discovered.name_denied) == (True, True)


@pytest.mark.parametrize("failure", [failure for failure in Failure if failure not in LOST])
def test_a_denial_of_the_name_excuses_no_resolver_that_failed_or_lied(failure: Failure) -> None:
    discovered = with_all(Outcome.NXDOMAIN, failed(TXT, failure))

    assert (discovered.complete, discovered.name_denied) == (False, False)


def test_a_denial_of_the_name_below_denies_only_that() -> None:
    discovered = with_all(Outcome.NODATA, answered(TXT_BELOW, Outcome.NXDOMAIN), failed(TXT, Failure.TIMEOUT))

    assert not discovered.complete


@pytest.mark.parametrize(
    "contradiction",
    [
        answered(IHLE_EARLIER, Outcome.NODATA),
        found(IHLE_EARLIER, record(b"\x00", 65400)),
        answered(IHLE_EARLIER, Outcome.NXDOMAIN, aliases=((NAME, "gone.example"),)),
        answered(TXT_BELOW, Outcome.NODATA),
        found(TXT_BELOW, record(b"\x01x", 16, BELOW)),
        answered(TXT_BELOW, Outcome.NXDOMAIN, aliases=((BELOW, "gone.example"),)),
    ],
    ids=["no such type", "records", "alias", "below: no such type", "below: records", "below: alias"],
)
def test_a_denial_of_the_name_that_another_answer_contradicts_denies_nothing_else(contradiction: Answer) -> None:
    """Some servers deny the whole name when they do not know a type."""
    discovered = with_all(Outcome.NXDOMAIN, contradiction, failed(TXT, Failure.TIMEOUT))

    assert (discovered.complete, discovered.name_denied) == (False, False)


def test_an_alias_of_a_name_that_does_not_exist_is_denied_question_by_question() -> None:
    alias = {"aliases": ((NAME, "gone.example"),), "final_name": "gone.example"}
    answers = [answered(question, Outcome.NXDOMAIN, **alias) for question in (IHLE, IHLE_EARLIER, TXT)]

    assert gather(NAME, [*answers, answered(TXT_BELOW, Outcome.NXDOMAIN)]).complete
    assert not gather(NAME, [*answers, failed(TXT_BELOW, Failure.TIMEOUT)]).complete


def tried(server: str, failure: Failure) -> tuple[FailedTry, ...]:
    return (FailedTry(server, Transport.UDP, failure, "it failed"),)


@pytest.mark.parametrize("outcome", [Outcome.NODATA, Outcome.NXDOMAIN])
def test_a_lost_packet_that_was_sent_again_leaves_no_doubt(outcome: Outcome) -> None:
    again = answered(IHLE, outcome, failed_tries=tried(SERVER, Failure.TIMEOUT))

    assert with_all(outcome, again).complete


@pytest.mark.parametrize("failure", list(Failure))
def test_another_resolver_that_failed_leaves_a_doubt(failure: Failure) -> None:
    after_another = answered(IHLE, Outcome.NODATA, failed_tries=tried(OTHER, failure))

    discovered = with_all(Outcome.NODATA, after_another)

    assert not discovered.complete
    assert OTHER in discovered.doubts[0]


def test_a_resolver_that_first_lied_leaves_a_doubt() -> None:
    assert not with_all(Outcome.NODATA, answered(IHLE, Outcome.NODATA, failed_tries=tried(SERVER, FORGED))).complete


def test_ihle_records_are_taken_with_their_owner_and_type() -> None:
    alias = {"aliases": ((NAME, "target.example"),), "final_name": "target.example"}
    discovered = with_all(Outcome.NODATA, found(IHLE_EARLIER, record(b"\xd8", 65400, "target.example"), **alias))

    (one,) = discovered.records
    assert (one.carriage, one.data, one.owner, one.type_number) == (Carriage.IHLE, b"\xd8", "target.example", 65400)


def test_the_strings_of_a_txt_record_are_joined() -> None:
    discovered = with_all(Outcome.NODATA, found(TXT, record(b"\x04adem\x07-token=", 16)))

    (one,) = discovered.records
    assert (one.carriage, one.data) == (Carriage.TXT, b"adem-token=")


def test_records_in_the_additional_section_count_where_they_stand_at_the_name() -> None:
    beside = found(TXT, record(b"\x01x", 16), additional=(record(b"\xd8"), record(b"\xd9", owner="other.example")))

    taken = [one.data for one in with_all(Outcome.NODATA, beside).records]

    assert taken == [b"x", b"\xd8"]


def test_the_answer_to_the_question_itself_goes_before_the_additional_section() -> None:
    beside = answered(TXT, Outcome.NODATA, additional=(record(b"forged"),))

    assert [one.data for one in with_all(Outcome.NODATA, beside, found(IHLE, record(b"\xd8"))).records] == [b"\xd8"]


def test_other_types_in_the_additional_section_do_not_count() -> None:
    beside = answered(TXT, Outcome.NODATA, additional=(record(b"\x04adem", 16), record(bytes(4), 1)))

    assert with_all(Outcome.NODATA, beside).records == ()


def test_the_same_record_twice_is_one() -> None:
    beside = [answered(question, Outcome.NODATA, additional=(record(b"\xd8"),)) for question in (TXT, IHLE_EARLIER)]

    assert len(with_all(Outcome.NODATA, *beside).records) == 1


def test_every_question_is_told_with_what_became_of_it() -> None:
    queries = with_all(Outcome.NODATA, failed(TXT, Failure.SERVFAIL)).queries

    assert [(query.name, query.type, query.outcome, query.server) for query in queries] == [
        (NAME, "TYPE65297", "nodata", SERVER),
        (NAME, "TYPE65400", "nodata", SERVER),
        (NAME, "TXT", "servfail", SERVER),
        (BELOW, "TXT", "nodata", SERVER),
    ]


def test_types_are_named_as_people_write_them() -> None:
    assert [type_name(number) for number in (1, 16, 28, 65, 65297)] == ["A", "TXT", "AAAA", "HTTPS", "TYPE65297"]


A, AAAA = address_questions(NAME)
FOUR, SIX = ip_address("192.0.2.1"), ip_address("2001:db8::1")


def test_addresses_of_both_families_are_gathered() -> None:
    answers = (found(A, record(FOUR.packed, 1)), found(AAAA, record(SIX.packed, 28)))

    assert gather_addresses(answers) == (FOUR, SIX)


@pytest.mark.parametrize("outcome", [Outcome.NODATA, Outcome.NXDOMAIN])
def test_a_family_that_was_denied_has_none(outcome: Outcome) -> None:
    assert gather_addresses((found(A, record(FOUR.packed, 1)), answered(AAAA, outcome))) == (FOUR,)


def test_a_family_that_is_not_known_leaves_all_unknown() -> None:
    assert gather_addresses((found(A, record(FOUR.packed, 1)), failed(AAAA, Failure.TIMEOUT))) is None


def test_a_mapped_address_is_the_one_that_it_maps() -> None:
    mapped = ip_address("::ffff:192.0.2.1")

    assert gather_addresses((answered(A, Outcome.NODATA), found(AAAA, record(mapped.packed, 28)))) == (FOUR,)
