"""Addresses through names: those that an address leads to (PTR) and that lead back to it; both drivers say the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from emblem.discovery.plan import plan_questions
from emblem.dns import RecordType
from emblem.model.target import Target
from emblem.model.verdict import Status, Verdict
from emblem.server import Faults, NameServer, ReceivedQuery
from emblem.verifier.names import MOST_NAMES
from tests.support.arrangement import (
    DAY,
    HOSPITAL,
    JWS,
    NOW,
    bare,
    chain,
    codes,
    key,
    root,
    signing,
    trusting,
)
from tests.support.naming import Verify, ihle_lines, serving, txt_lines, verify_concurrently, verify_waiting
from tests.support.raw import cwt_emblem_claims, unknown_algorithm

ADDRESS, OTHER_ADDRESS = "192.0.2.1", "192.0.2.2"
REVERSE = "1.2.0.192.in-addr.arpa"
SIX, SIX_REVERSE = "2001:db8::1", Target.parse("2001:db8::1").name
TRUST = trusting(bare(root))
MARKED = ihle_lines(HOSPITAL, chain(root, signing).emblem().records)
EXPIRED = ihle_lines(HOSPITAL, chain(root, signing).emblem(not_before=NOW - 2 * DAY, expires=NOW - DAY).records)
UNREADABLE = ihle_lines(HOSPITAL, [unknown_algorithm(cwt_emblem_claims(iss=None), key("unpublished"))])
NAMES_THE_ADDRESS = txt_lines(HOSPITAL, chain(root, signing, form=JWS).emblem(f"[{ADDRESS}]").records)
THERE, BACK = f"{REVERSE}. PTR {HOSPITAL}.", f"{HOSPITAL}. A {ADDRESS}"


@pytest.fixture(params=[verify_waiting, verify_concurrently], ids=["waiting", "concurrent"])
def verify(request: pytest.FixtureRequest) -> Verify:
    """Both drivers of the verifier, one after the other."""
    driver: Verify = request.param
    return driver


def asked(name: str, number: int) -> Callable[[ReceivedQuery], bool]:
    """The queries for a type at a name."""
    return lambda query: (query.name, query.type) == (name, number)


def failing(name: str, number: int) -> Faults:
    """A server that says that it failed when it is asked this."""
    return Faults(when=asked(name, number), response_code=2)


def names_asked(server: NameServer) -> set[str]:
    return {query.name for query in server.queries}


def hosts(count: int) -> tuple[list[str], list[str]]:
    """So many names of the address, there and back."""
    names = [f"host{number}.example" for number in range(count)]
    return [f"{name}. A {ADDRESS}" for name in names], [f"{REVERSE}. PTR {name}." for name in names]


# What a name says of its address


def test_an_address_of_a_marked_name_is_claimed_and_no_more(verify: Verify) -> None:
    with serving(BACK, *MARKED, reverse=[THERE]) as server:
        verdict = verify(ADDRESS, server.address, trust=TRUST)

    assert (verdict.status, verdict.target.text) == (Status.CLAIMED, ADDRESS)
    assert "marked-through-name" in codes(verdict)


def test_no_set_of_it_says_more_either(verify: Verify) -> None:
    with serving(BACK, *MARKED, reverse=[THERE]) as server:
        verdict = verify(ADDRESS, server.address, trust=TRUST)

    assert {(one.owner, one.status) for one in verdict.sets} == {(HOSPITAL, Status.CLAIMED)}


def test_the_name_itself_is_protected_all_the_same(verify: Verify) -> None:
    with serving(BACK, *MARKED, reverse=[THERE]) as server:
        assert verify(HOSPITAL, server.address, trust=TRUST).status is Status.PROTECTED


@pytest.mark.parametrize(
    "lines",
    [NAMES_THE_ADDRESS, ihle_lines(HOSPITAL, chain(root, signing).emblem(REVERSE).records)],
    ids=["JWS", "native"],
)
def test_an_emblem_at_the_name_that_names_the_address_itself_counts_as_it_is(verify: Verify, lines: list[str]) -> None:
    with serving(BACK, *lines, reverse=[THERE]) as server:
        verdict = verify(ADDRESS, server.address, trust=TRUST)

    assert verdict.status is Status.PROTECTED
    assert "marked-through-name" not in codes(verdict)


def test_an_emblem_at_the_name_that_names_another_of_its_addresses_does_not_mark_this_one(verify: Verify) -> None:
    there = f"2.2.0.192.in-addr.arpa. PTR {HOSPITAL}."
    with serving(BACK, f"{HOSPITAL}. A {OTHER_ADDRESS}", *NAMES_THE_ADDRESS, reverse=[there]) as server:
        verdict = verify(OTHER_ADDRESS, server.address, trust=TRUST)

    assert verdict.status is Status.REJECTED
    assert "asset-mismatch" in codes(verdict)


def test_what_the_reverse_name_says_itself_comes_before_what_names_say(verify: Verify) -> None:
    own = ihle_lines(REVERSE, chain(root, signing).emblem(REVERSE).records)
    with serving(BACK, *MARKED, reverse=[THERE, *own]) as server:
        verdict = verify(ADDRESS, server.address, trust=TRUST)

    assert verdict.status is Status.PROTECTED
    assert "marked-through-name" not in codes(verdict)


def test_it_is_so_for_both_families(verify: Verify) -> None:
    with serving(f"{HOSPITAL}. AAAA {SIX}", *MARKED, reverse=[f"{SIX_REVERSE}. PTR {HOSPITAL}."]) as server:
        assert verify(SIX, server.address, trust=TRUST).status is Status.CLAIMED


def test_a_reverse_name_that_is_an_alias_leads_there_too(verify: Verify) -> None:
    delegated = f"1.0-127.2.0.192.in-addr.arpa. PTR {HOSPITAL}."
    with serving(BACK, *MARKED, reverse=[f"{REVERSE}. CNAME 1.0-127.2.0.192.in-addr.arpa.", delegated]) as server:
        assert verify(ADDRESS, server.address, trust=TRUST).status is Status.CLAIMED


def test_a_name_that_is_an_alias_leads_back_too(verify: Verify) -> None:
    records = chain(root, signing).emblem("alias.example").records
    lines = [f"alias.example. CNAME {HOSPITAL}.", BACK, *ihle_lines(HOSPITAL, records)]
    with serving(*lines, reverse=[f"{REVERSE}. PTR alias.example."]) as server:
        assert verify(ADDRESS, server.address, trust=TRUST).status is Status.CLAIMED


def test_what_cannot_be_read_at_the_name_leaves_the_address_undetermined(verify: Verify) -> None:
    with serving(BACK, *UNREADABLE, reverse=[THERE]) as server:
        assert verify(HOSPITAL, server.address).status is Status.UNDETERMINED
        assert verify(ADDRESS, server.address).status is Status.UNDETERMINED


def test_what_is_invalid_at_the_name_is_not_passed_over_in_silence(verify: Verify) -> None:
    with serving(BACK, *EXPIRED, reverse=[THERE]) as server:
        assert verify(ADDRESS, server.address, trust=TRUST).status is Status.REJECTED


def test_records_of_others_at_the_name_are_none(verify: Verify) -> None:
    with serving(BACK, f'{HOSPITAL}. TXT "v=spf1 -all"', reverse=[THERE]) as server:
        assert verify(ADDRESS, server.address).status is Status.UNMARKED


# Names that do not count


@pytest.mark.parametrize(
    "lines", [[], [f"{HOSPITAL}. A {OTHER_ADDRESS}"], [f"{HOSPITAL}. AAAA {SIX}"]], ids=["nowhere", "elsewhere", "IPv6"]
)
def test_a_name_that_does_not_lead_back_is_ignored(verify: Verify, lines: list[str]) -> None:
    with serving(*lines, *MARKED, reverse=[THERE]) as server:
        verdict = verify(ADDRESS, server.address, trust=TRUST)
        names = names_asked(server)

    assert verdict.status is Status.UNMARKED
    assert "_emblem." + HOSPITAL not in names


def test_a_name_that_does_not_exist_is_ignored(verify: Verify) -> None:
    with serving(reverse=[THERE]) as server:
        assert verify(ADDRESS, server.address).status is Status.UNMARKED


@pytest.mark.parametrize("name", [".", "_tcp.example.", r"a\032b.example.", r"a\.b.example."])
def test_what_is_no_host_name_is_ignored(verify: Verify, name: str) -> None:
    with serving(reverse=[f"{REVERSE}. PTR {name}"]) as server:
        assert verify(ADDRESS, server.address).status is Status.UNMARKED


# Several names


def test_each_of_several_names_is_looked_at(verify: Verify) -> None:
    lines, reverse = hosts(MOST_NAMES - 1)
    with serving(*lines, BACK, *MARKED, reverse=[*reverse, THERE]) as server:
        assert verify(ADDRESS, server.address, trust=TRUST).status is Status.CLAIMED


def test_only_so_many_names_are_asked_for(verify: Verify) -> None:
    lines, reverse = hosts(MOST_NAMES + 3)
    with serving(*lines, reverse=reverse) as server:
        verify(ADDRESS, server.address)
        forward = {query.name for query in server.queries if query.type == RecordType.A}

    assert len(forward) == MOST_NAMES


def test_names_that_were_not_looked_at_leave_it_undetermined(verify: Verify) -> None:
    for count, status in ((MOST_NAMES, Status.UNMARKED), (MOST_NAMES + 1, Status.UNDETERMINED)):
        lines, reverse = hosts(count)
        with serving(*lines, reverse=reverse) as server:
            verdict = verify(ADDRESS, server.address)

        assert verdict.status is status
        assert ("discovery-incomplete" in codes(verdict)) is (status is Status.UNDETERMINED)


# What is not answered


def questions_of(target: str) -> Iterable[tuple[str, int]]:
    return [(question.name, question.type) for question in plan_questions(Target.parse(target)).required]


UNANSWERED = [*questions_of(ADDRESS), (HOSPITAL, RecordType.A), (HOSPITAL, RecordType.AAAA), *questions_of(HOSPITAL)]


@pytest.mark.parametrize(("name", "number"), UNANSWERED)
def test_one_question_that_is_not_answered_leaves_an_absence_undetermined(
    verify: Verify, name: str, number: int
) -> None:
    with serving(BACK, reverse=[THERE]) as server:
        assert verify(ADDRESS, server.address).status is Status.UNMARKED
    with serving(BACK, reverse=[THERE], faults=failing(name, number)) as server:
        verdict = verify(ADDRESS, server.address)

    assert verdict.status is Status.UNDETERMINED
    assert "discovery-incomplete" in codes(verdict)


@pytest.mark.parametrize("number", [RecordType.AAAA, RecordType.TXT])
def test_what_was_found_stands_although_not_everything_was_answered(verify: Verify, number: int) -> None:
    with serving(BACK, *MARKED, reverse=[THERE], faults=failing(HOSPITAL, number)) as server:
        assert verify(ADDRESS, server.address, trust=TRUST).status is Status.CLAIMED


def test_a_resolver_that_denies_the_way_back_does_not_hide_it(verify: Verify) -> None:
    lie = Faults(when=asked(HOSPITAL, RecordType.A), deny=True)
    with serving(BACK, *MARKED, reverse=[THERE]) as honest, serving(BACK, *MARKED, reverse=[THERE], faults=lie) as liar:
        for resolvers in ((honest, liar), (liar, honest)):
            verdict = verify(ADDRESS, *(one.address for one in resolvers), trust=TRUST)
            assert verdict.status is Status.CLAIMED


def test_every_question_is_told(verify: Verify) -> None:
    with serving(BACK, *MARKED, reverse=[THERE]) as server:
        verdict: Verdict = verify(ADDRESS, server.address)
        sent = {(query.name, query.type) for query in server.queries if query.type != 48}

    assert verdict.discovery is not None
    assert len(verdict.discovery.queries) == len(sent)
