"""What the bytes of a response mean."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.dns import Answer, Failure, Outcome, Question, RecordType, ResourceRecord, Transport, interpret

Build = Callable[..., bytes]

WWW = Question("www.example.org", RecordType.A)


def test_records_of_the_type_asked_for_are_found(response: Build) -> None:
    wire = response(WWW, answer=("www.example.org. 60 IN A 192.0.2.1", "www.example.org. 60 IN A 192.0.2.2"))
    answer = interpret(WWW, wire, server="192.0.2.53:53", transport=Transport.TCP)
    assert answer.outcome is Outcome.FOUND
    assert answer.records == (
        ResourceRecord("www.example.org", 1, 60, bytes([192, 0, 2, 1])),
        ResourceRecord("www.example.org", 1, 60, bytes([192, 0, 2, 2])),
    )
    assert (answer.final_name, answer.failure, answer.wire) == ("www.example.org", None, wire)
    assert (answer.server, answer.transport, answer.response_code) == ("192.0.2.53:53", Transport.TCP, 0)
    assert (answer.recursion_available, answer.authoritative) == (True, False)
    assert not answer.denied


@pytest.mark.parametrize("number", [65297, 65400])
def test_data_of_a_private_type_is_its_octets(response: Build, number: int) -> None:
    question = Question("www.example.org", number)
    wire = response(question, answer=(f"www.example.org. 60 IN TYPE{number} \\# 4 d83dd284",))
    assert [record.data for record in interpret(question, wire).records] == [bytes.fromhex("d83dd284")]


def test_data_of_a_text_record_is_its_character_strings(response: Build) -> None:
    question = Question("_emblem.example.org", RecordType.TXT)
    wire = response(question, answer=('_emblem.example.org. 60 IN TXT "ab" "c"',))
    assert [record.data for record in interpret(question, wire).records] == [b"\x02ab\x01c"]


def test_the_case_of_names_in_a_response_does_not_matter(response: Build) -> None:
    wire = response(WWW, asked="wWw.eXample.ORG", answer=("WWW.example.org. 60 IN A 192.0.2.1",))
    answer = interpret(WWW, wire)
    assert [record.owner for record in answer.records] == ["www.example.org"]


def test_equal_records_count_once(response: Build) -> None:
    line = "www.example.org. 60 IN A 192.0.2.1"
    assert len(interpret(WWW, response(WWW, answer=(line, line))).records) == 1


def test_records_off_the_alias_chain_are_ignored(response: Build) -> None:
    wire = response(WWW, answer=("other.example.org. 60 IN A 192.0.2.66", "www.example.org. 60 IN A 192.0.2.1"))
    assert [record.data[-1] for record in interpret(WWW, wire).records] == [1]


def test_additional_records_are_passed_on_without_the_option_record(response: Build) -> None:
    wire = response(
        WWW,
        answer=("www.example.org. 60 IN A 192.0.2.1",),
        additional=("www.example.org. 60 IN TYPE65297 \\# 1 07",),
    )
    assert interpret(WWW, wire).additional == (ResourceRecord("www.example.org", 65297, 60, b"\x07"),)


def test_the_ad_bit_is_passed_on(response: Build, soa: str) -> None:
    assert interpret(WWW, response(WWW, flags="QR RA AD", authority=(soa,))).authenticated_data


# Denials


@pytest.mark.parametrize("flags", ["QR RA", "QR AA"])
def test_no_records_with_a_covering_soa_is_nodata(response: Build, soa: str, flags: str) -> None:
    answer = interpret(WWW, response(WWW, flags=flags, authority=(soa,)))
    assert (answer.outcome, answer.denied, answer.name_denied) == (Outcome.NODATA, True, False)


def test_nxdomain_with_a_covering_soa_denies_the_name(response: Build, soa: str) -> None:
    answer = interpret(WWW, response(WWW, code=3, authority=(soa,)))
    assert (answer.outcome, answer.denied, answer.name_denied) == (Outcome.NXDOMAIN, True, True)


def test_nxdomain_behind_an_alias_does_not_deny_the_name_asked_for(response: Build, soa: str) -> None:
    wire = response(WWW, code=3, answer=("www.example.org. 60 IN CNAME gone.example.org.",), authority=(soa,))
    answer = interpret(WWW, wire)
    assert (answer.outcome, answer.denied, answer.name_denied) == (Outcome.NXDOMAIN, True, False)
    assert answer.final_name == "gone.example.org"


OTHER_SOA = "example.net. 300 IN SOA ns.example.net. hostmaster.example.net. 1 3600 900 604800 300"
DEEPER_SOA = OTHER_SOA.replace("example.net. 300", "deep.www.example.org. 300")
REFERRAL = "www.example.org. 300 IN NS ns.elsewhere.example."


@pytest.mark.parametrize("code", [0, 3])
@pytest.mark.parametrize("authority", [(), (OTHER_SOA,), (DEEPER_SOA,), (REFERRAL,)])
def test_no_records_without_a_covering_soa_is_no_denial(response: Build, code: int, authority: tuple[str, ...]) -> None:
    answer = interpret(WWW, response(WWW, code=code, authority=authority))
    assert (answer.outcome, answer.failure) == (Outcome.FAILED, Failure.IMPROPER_DENIAL)
    assert not answer.denied


def test_a_denial_by_a_server_that_is_not_entitled_to_it_does_not_count(response: Build, soa: str) -> None:
    answer = interpret(WWW, response(WWW, flags="QR", authority=(soa,)))
    assert answer.failure is Failure.IMPROPER_DENIAL


def test_a_referral_that_also_carries_a_soa_is_no_denial(response: Build, soa: str) -> None:
    answer = interpret(WWW, response(WWW, authority=(soa, REFERRAL)))
    assert answer.failure is Failure.IMPROPER_DENIAL


def test_name_servers_of_the_zone_itself_may_stand_beside_its_soa(response: Build, soa: str) -> None:
    authority = (soa, "example.org. 300 IN NS ns.example.org.")
    assert interpret(WWW, response(WWW, authority=authority)).outcome is Outcome.NODATA


def test_records_of_something_else_make_no_denial(response: Build, soa: str) -> None:
    wire = response(WWW, answer=("other.example.org. 60 IN A 192.0.2.66",), authority=(soa,))
    assert interpret(WWW, wire).failure is Failure.IMPROPER_DENIAL


def test_nxdomain_beside_records_of_the_name_contradicts_itself(response: Build, soa: str) -> None:
    wire = response(WWW, code=3, answer=("www.example.org. 60 IN A 192.0.2.1",), authority=(soa,))
    assert interpret(WWW, wire).failure is Failure.MALFORMED


# Aliases


def test_an_alias_chain_is_followed_to_its_records(response: Build) -> None:
    wire = response(
        WWW,
        answer=(
            "b.example.net. 60 IN A 192.0.2.1",
            "a.example.org. 60 IN CNAME b.example.net.",
            "www.example.org. 60 IN CNAME a.example.org.",
        ),
    )
    answer = interpret(WWW, wire)
    assert answer.outcome is Outcome.FOUND
    assert answer.aliases == (("www.example.org", "a.example.org"), ("a.example.org", "b.example.net"))
    assert answer.final_name == "b.example.net"


def test_an_alias_without_records_or_denial_is_to_be_followed_up(response: Build) -> None:
    answer = interpret(WWW, response(WWW, answer=("www.example.org. 60 IN CNAME www.example.net.",)))
    assert (answer.outcome, answer.final_name) == (Outcome.ALIAS, "www.example.net")


def test_a_soa_of_the_alias_but_not_of_its_target_denies_nothing(response: Build, soa: str) -> None:
    wire = response(WWW, answer=("www.example.org. 60 IN CNAME www.example.net.",), authority=(soa,))
    assert interpret(WWW, wire).outcome is Outcome.ALIAS


def test_an_alias_is_an_answer_to_the_question_for_it(response: Build) -> None:
    question = Question("www.example.org", RecordType.CNAME)
    answer = interpret(question, response(question, answer=("www.example.org. 60 IN CNAME x.example.",)))
    assert (answer.outcome, answer.aliases) == (Outcome.FOUND, ())


@pytest.mark.parametrize("synthesized", [(), ("www.example.org. 0 IN CNAME www.example.net.",)])
def test_a_dname_redirects_with_or_without_its_cname(response: Build, synthesized: tuple[str, ...]) -> None:
    wire = response(
        WWW,
        answer=("example.org. 60 IN DNAME example.net.", *synthesized, "www.example.net. 60 IN A 192.0.2.1"),
    )
    answer = interpret(WWW, wire)
    assert (answer.outcome, answer.aliases) == (
        Outcome.FOUND,
        (("www.example.org", "www.example.net"),),
    )


def test_a_cname_that_contradicts_its_dname_is_malformed(response: Build) -> None:
    wire = response(
        WWW,
        answer=("example.org. 60 IN DNAME example.net.", "www.example.org. 0 IN CNAME evil.example."),
    )
    assert interpret(WWW, wire).failure is Failure.MALFORMED


def test_two_aliases_of_one_name_are_malformed(response: Build) -> None:
    wire = response(WWW, answer=("www.example.org. 60 IN CNAME a.example.", "www.example.org. 60 IN CNAME b.example."))
    assert interpret(WWW, wire).failure is Failure.MALFORMED


def test_a_dname_to_a_name_that_cannot_exist_is_malformed(response: Build) -> None:
    long = ".".join(["x" * 60] * 4) + "."
    question = Question("a-label-that-is-long-enough.example.org", RecordType.A)
    wire = response(question, answer=(f"example.org. 60 IN DNAME {long}",))
    assert interpret(question, wire).failure is Failure.MALFORMED


def test_an_alias_loop_is_found(response: Build) -> None:
    wire = response(
        WWW,
        answer=(
            "www.example.org. 60 IN CNAME a.example.org.",
            "a.example.org. 60 IN CNAME www.example.org.",
        ),
    )
    assert interpret(WWW, wire).failure is Failure.ALIAS_LOOP


@pytest.mark.parametrize(("links", "outcome"), [(8, Outcome.FOUND), (9, Outcome.FAILED)], ids=["eight", "nine"])
def test_eight_aliases_are_followed_and_no_more(response: Build, links: int, outcome: Outcome) -> None:
    names = ["www.example.org.", *(f"n{link}.example.org." for link in range(links))]
    chain = [f"{owner} 60 IN CNAME {target}" for owner, target in pairwise(names)]
    answer = interpret(WWW, response(WWW, answer=(*chain, f"{names[-1]} 60 IN A 192.0.2.1")))
    assert answer.outcome is outcome
    assert answer.failure in (None, Failure.ALIAS_CHAIN_TOO_LONG)


# What is no answer


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (1, Failure.OTHER_RCODE),
        (2, Failure.SERVFAIL),
        (4, Failure.OTHER_RCODE),
        (5, Failure.REFUSED),
        (16, Failure.OTHER_RCODE),
        (3000, Failure.OTHER_RCODE),
    ],
)
def test_an_error_code_fails_even_beside_records_and_a_soa(
    response: Build, soa: str, code: int, failure: Failure
) -> None:
    wire = response(WWW, code=code, answer=("www.example.org. 60 IN A 192.0.2.1",), authority=(soa,))
    answer = interpret(WWW, wire)
    assert (answer.outcome, answer.failure, answer.response_code) == (Outcome.FAILED, failure, code)


def test_an_error_without_a_question_is_an_error() -> None:
    header = bytes.fromhex("00078182 0000 0000 0000 0000")
    assert interpret(WWW, header, identifier=7).failure is Failure.SERVFAIL


def test_a_truncated_response_is_not_looked_into(response: Build, soa: str) -> None:
    wire = response(WWW, flags="QR RA TC", authority=(soa,))
    assert interpret(WWW, wire[:45]).failure is Failure.TRUNCATED


@pytest.mark.parametrize(
    "spoil",
    [
        lambda wire: wire[:11],
        lambda wire: b"\x12\x34" + wire[2:],
        lambda wire: wire[:2] + bytes([wire[2] & 0x7F]) + wire[3:],
        lambda wire: wire[:2] + bytes([wire[2] | 0x28]) + wire[3:],
        lambda wire: wire[:4] + b"\x00\x00" + wire[6:],
        lambda wire: wire[:4] + b"\x00\x02" + wire[6:],
        lambda wire: wire.replace(b"\x03www", b"\x03wwx", 1),
        lambda wire: wire.replace(b"\x03org\x00\x00\x01", b"\x03org\x00\x00\x1c", 1),
        lambda wire: wire.replace(b"\x03org\x00\x00\x01\x00\x01", b"\x03org\x00\x00\x01\x00\x03", 1),
    ],
    ids=["short", "identifier", "query", "opcode", "no-question", "two-questions", "name", "type", "class"],
)
def test_a_message_that_does_not_answer_the_question_is_mismatched(
    response: Build, spoil: Callable[[bytes], bytes]
) -> None:
    wire = spoil(response(WWW, answer=("www.example.org. 60 IN A 192.0.2.1",)))
    assert interpret(WWW, wire, identifier=0).failure is Failure.MISMATCHED


@pytest.mark.parametrize("spoil", [lambda wire: wire[:-3], lambda wire: wire + b"\x00"], ids=["cut", "trailing"])
def test_a_message_of_the_wrong_length_is_malformed(response: Build, soa: str, spoil: Callable[[bytes], bytes]) -> None:
    assert interpret(WWW, spoil(response(WWW, authority=(soa,)))).failure is Failure.MALFORMED


def test_records_of_another_class_do_not_count(response: Build, soa: str) -> None:
    wire = response(WWW, authority=(soa,)).replace(b"\x00\x06\x00\x01", b"\x00\x06\x00\x03")
    assert interpret(WWW, wire).failure is Failure.IMPROPER_DENIAL


def test_a_message_larger_than_any_is_not_looked_into() -> None:
    answer = interpret(WWW, bytes(65536))
    assert (answer.failure, len(answer.wire)) == (Failure.TOO_LARGE, 65535)


def test_a_response_that_announces_too_many_records_is_not_looked_into(response: Build) -> None:
    wire = response(WWW)
    assert interpret(WWW, wire[:6] + b"\xff\xff" + wire[8:]).failure is Failure.TOO_LARGE


def well_formed(answer: Answer) -> bool:
    """The promises that hold of every answer."""
    return (
        (answer.failure is not None) == (answer.outcome is Outcome.FAILED)
        and bool(answer.records) == (answer.outcome is Outcome.FOUND)
        and (answer.outcome is not Outcome.ALIAS or bool(answer.aliases))
    )


@given(st.binary(max_size=600))
def test_random_bytes_are_judged_and_never_a_denial(data: bytes) -> None:
    answer = interpret(WWW, data)
    assert well_formed(answer)
    assert not answer.denied


QUESTION_ECHOED = b"\x00\x00\x81\x80\x00\x01"
NAME_AND_TYPE = b"\x03www\x07example\x03org\x00\x00\x01\x00\x01"


@given(st.lists(st.integers(0, 4), min_size=3, max_size=3), st.binary(max_size=300))
def test_random_bytes_behind_our_question_are_judged(counts: list[int], rest: bytes) -> None:
    header = QUESTION_ECHOED + b"".join(count.to_bytes(2, "big") for count in counts)
    assert well_formed(interpret(WWW, header + NAME_AND_TYPE + rest))


RECORD_TYPES = st.one_of(
    st.sampled_from([1, 2, 5, 6, 12, 15, 16, 24, 28, 33, 35, 39, 41, 43, 45, 46, 47, 48, 50, 52, 55, 61]),
    st.sampled_from([64, 65, 249, 250, 251, 255, 256, 257, 260, 65297]),
)


@given(st.lists(st.tuples(RECORD_TYPES, st.binary(max_size=60)), max_size=6), st.integers(0, 5))
def test_random_data_in_records_of_every_type_is_judged(records: list[tuple[int, bytes]], answers: int) -> None:
    counts = (min(answers, len(records)), 0, max(0, len(records) - answers))
    header = QUESTION_ECHOED + b"".join(count.to_bytes(2, "big") for count in counts)
    body = b"".join(
        b"\xc0\x0c" + kind.to_bytes(2, "big") + b"\x00\x01\x00\x00\x00\x3c" + len(data).to_bytes(2, "big") + data
        for kind, data in records
    )
    answer = interpret(WWW, header + NAME_AND_TYPE + body)
    assert well_formed(answer)
    assert not answer.denied


@given(st.data())
def test_a_denial_with_any_octet_changed_never_denies_another_name(data: st.DataObject) -> None:
    denial = QUESTION_ECHOED[:3] + b"\x83" + b"\x00\x01\x00\x00\x00\x01\x00\x00" + NAME_AND_TYPE
    denial += b"\xc0\x10\x00\x06\x00\x01\x00\x00\x00\x3c\x00\x16\x00\x00" + bytes(20)
    assert interpret(WWW, denial).name_denied
    position = data.draw(st.integers(0, len(denial) - 1))
    changed = bytearray(denial)
    changed[position] ^= data.draw(st.integers(1, 255))
    assert not interpret(Question("ftp.example.org", RecordType.A), bytes(changed)).denied
