"""The verifier against a name server on loopback, well-behaved and not; both drivers say the same."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from emblem.discovery.plan import plan_questions
from emblem.dns import Failure, ResourceRecord, Transport
from emblem.dns.interpretation import failed_answer
from emblem.errors import InvalidNameError, ResolverError
from emblem.keys.public import PublicKey
from emblem.model.target import Target
from emblem.model.verdict import Level, Status, Verdict
from emblem.server import Faults, NameServer, ReceivedQuery
from emblem.verifier.drivers import MOST_AT_ONCE, AsyncVerifier, Verifier
from tests.support.arrangement import (
    AT,
    HOSPITAL,
    JWS,
    NOBODY,
    Arrangement,
    bare,
    chain,
    codes,
    emblem_token,
    key_record,
    root,
    signing,
    trusting,
)
from tests.support.naming import Verify, ihle_lines, serving, txt_lines, verify_concurrently, verify_waiting

GOOD = chain(root, signing).emblem()
IHLE = ihle_lines(HOSPITAL, GOOD.records)
TRUST = trusting(bare(root))
SHORT = 0.3
"""Seconds for a target whose server says nothing."""


@pytest.fixture(params=[verify_waiting, verify_concurrently], ids=["waiting", "concurrent"])
def verify(request: pytest.FixtureRequest) -> Verify:
    """Both drivers of the verifier, one after the other."""
    driver: Verify = request.param
    return driver


def asked(name: str = "", number: int = 0) -> Any:
    """The queries for a name or a type."""

    def matches(query: ReceivedQuery) -> bool:
        return (not name or query.name == name) and (not number or query.type == number)

    return matches


# What is found


@pytest.mark.parametrize(
    ("lines", "carriage"),
    [
        (IHLE, "ihle"),
        (ihle_lines(HOSPITAL, GOOD.records, 65400), "ihle"),
        (txt_lines(HOSPITAL, GOOD.records), "txt"),
        (txt_lines("_emblem." + HOSPITAL, GOOD.records), "txt"),
        (txt_lines(HOSPITAL, chain(root, signing, form=JWS).emblem().records), "txt"),
    ],
    ids=["IHLE", "IHLE of the earlier type", "TXT", "TXT below the label", "JWS"],
)
def test_an_emblem_is_found_in_every_carriage(verify: Verify, lines: list[str], carriage: str) -> None:
    with serving(*lines) as server:
        verdict = verify(HOSPITAL, server.address, trust=TRUST)

    assert verdict.status is Status.PROTECTED
    assert verdict.sets[0].carriage == carriage
    assert "discovery-incomplete" not in codes(verdict)


def test_an_emblem_of_nobody_known_is_claimed(verify: Verify) -> None:
    with serving(*IHLE) as server:
        verdict = verify(HOSPITAL, server.address)

    assert (verdict.status, verdict.level) == (Status.CLAIMED, Level.SIGNED)


def test_an_address_is_marked_by_its_reverse_name(verify: Verify) -> None:
    records = chain(signing, issuer=None).emblem("1.2.0.192.in-addr.arpa").records
    with serving(reverse=ihle_lines("1.2.0.192.in-addr.arpa", records)) as server:
        verdict = verify("192.0.2.1", server.address, trust=trusting(bare(signing)))

    assert verdict.status is Status.PROTECTED


def test_an_alias_is_followed_and_the_name_asked_for_must_be_marked(verify: Verify) -> None:
    with serving(
        f"{HOSPITAL}. CNAME host.example.",
        "other.example. CNAME host.example.",
        *ihle_lines("host.example", GOOD.records),
    ) as server:
        assert verify(HOSPITAL, server.address, trust=TRUST).status is Status.PROTECTED
        assert verify("other.example", server.address, trust=TRUST).status is Status.REJECTED


def test_an_emblem_too_large_for_a_datagram_is_found_over_tcp(verify: Verify) -> None:
    arrangement = chain(root, signing).emblem(HOSPITAL, *(f"host{number}.example" for number in range(300)))
    with serving(*ihle_lines(HOSPITAL, arrangement.records)) as server:
        verdict = verify(HOSPITAL, server.address, trust=TRUST)
        assert Transport.TCP in {query.transport for query in server.queries}

    assert verdict.status is Status.PROTECTED


def test_records_that_hold_another_asset_are_rejected(verify: Verify) -> None:
    with serving(*ihle_lines("other.example", GOOD.records)) as server:
        verdict = verify("other.example", server.address, trust=TRUST)

    assert verdict.status is Status.REJECTED
    assert "asset-mismatch" in codes(verdict)


def test_a_record_of_ours_that_holds_nothing_is_something(verify: Verify) -> None:
    with serving(f"{HOSPITAL}. TYPE65297 \\# 1 00") as server:
        assert verify(HOSPITAL, server.address).status is Status.REJECTED


def test_a_stale_copy_beside_a_fresh_one_does_not_spoil_it(verify: Verify) -> None:
    stale = (emblem_token(signing), key_record(signing))
    with serving(*IHLE, *ihle_lines(HOSPITAL, stale, 65400)) as server:
        assert verify(HOSPITAL, server.address, trust=TRUST).status is Status.PROTECTED


# Names that stand for addresses

MARKED_ADDRESS: Arrangement = chain(signing, issuer=None, form=JWS).emblem("[192.0.2.1]", "[2001:db8::1]")


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["A 192.0.2.1"], Status.CLAIMED),
        (["A 192.0.2.1", "AAAA 2001:db8::1"], Status.CLAIMED),
        (["A 192.0.2.1", "A 192.0.2.2"], Status.REJECTED),
        (["A 192.0.2.1", "AAAA 2001:db8::2"], Status.REJECTED),
        ([], Status.UNDETERMINED),
    ],
)
def test_the_addresses_of_a_name_are_asked_for_where_they_decide(
    verify: Verify, lines: list[str], status: Status
) -> None:
    records = txt_lines(HOSPITAL, MARKED_ADDRESS.records)
    with serving(*records, *(f"{HOSPITAL}. {line}" for line in lines)) as server:
        verdict = verify(HOSPITAL, server.address, trust=trusting(bare(signing)))

    assert verdict.status is status
    assert verdict.discovery is not None
    assert [query.type for query in verdict.discovery.queries][-2:] == ["A", "AAAA"]


def test_addresses_that_are_not_known_leave_it_undetermined(verify: Verify) -> None:
    records = txt_lines(HOSPITAL, MARKED_ADDRESS.records)
    refusing = Faults(when=asked(number=28), response_code=5)
    with serving(*records, f"{HOSPITAL}. A 192.0.2.1", faults=refusing) as server:
        assert verify(HOSPITAL, server.address).status is Status.UNDETERMINED


def test_addresses_are_not_asked_for_where_they_do_not_decide(verify: Verify) -> None:
    with serving(*IHLE, f"{HOSPITAL}. A 192.0.2.1") as server:
        verify(HOSPITAL, server.address)
        asked = {query.type for query in server.queries}
    assert not asked & {1, 28}


# What is not there


def test_a_host_without_an_emblem_is_unmarked(verify: Verify) -> None:
    with serving(f"{HOSPITAL}. A 192.0.2.1", f'{HOSPITAL}. TXT "v=spf1 -all"') as server:
        verdict = verify(HOSPITAL, server.address)

    assert (verdict.status, verdict.level, verdict.sets) == (Status.UNMARKED, Level.NONE, ())
    assert codes(verdict) == {"discovery-denied", "denial-unauthenticated"}


def test_a_name_that_does_not_exist_is_unmarked(verify: Verify) -> None:
    with serving() as server:
        verdict = verify(HOSPITAL, server.address)

    assert verdict.status is Status.UNMARKED
    assert codes(verdict) == {"discovery-name-denied", "denial-unauthenticated"}


def test_an_address_without_an_emblem_is_unmarked(verify: Verify) -> None:
    with serving() as server:
        assert verify("192.0.2.1", server.address).status is Status.UNMARKED


@pytest.mark.parametrize("away", [timedelta(minutes=5, seconds=1), timedelta(days=-400), timedelta(days=400)])
def test_nobody_is_unmarked_at_another_time_than_now(verify: Verify, away: timedelta) -> None:
    with serving(f"{HOSPITAL}. A 192.0.2.1") as server:
        verdict = verify(HOSPITAL, server.address, at=AT + away)

    assert verdict.status is Status.UNDETERMINED
    assert codes(verdict) == {"discovery-not-now"}


@pytest.mark.parametrize("away", [timedelta(minutes=5), timedelta(minutes=-5), timedelta()])
def test_a_few_minutes_are_still_now(verify: Verify, away: timedelta) -> None:
    with serving(f"{HOSPITAL}. A 192.0.2.1") as server:
        assert verify(HOSPITAL, server.address, at=AT + away).status is Status.UNMARKED


# A server that misbehaves

FAULTS: dict[str, Faults] = {
    "says that it failed": Faults(response_code=2),
    "refuses": Faults(response_code=5),
    "does not know the format": Faults(response_code=1),
    "answers without a denial": Faults(empty=True),
    "truncates always": Faults(truncate=True),
    "answers about another name": Faults(wrong_question=True),
    "answers with another identifier": Faults(wrong_identifier=True),
    "answers garbage": Faults(garbage=b"\x00" * 7),
    "cuts its messages": Faults(cut_to=20),
    "says nothing": Faults(drop=True),
    "answers too late": Faults(delay=2 * SHORT),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("marked", [True, False], ids=["marked", "not marked"])
def test_a_server_that_misbehaves_leaves_it_undetermined(verify: Verify, name: str, marked: bool) -> None:
    lines = IHLE if marked else [f"{HOSPITAL}. A 192.0.2.1"]
    with serving(*lines, faults=FAULTS[name]) as server:
        verdict = verify(HOSPITAL, server.address, trust=TRUST, timeout=SHORT)

    assert verdict.status is Status.UNDETERMINED
    assert "discovery-incomplete" in codes(verdict)


@pytest.mark.parametrize(
    "name", ["says that it failed", "says nothing", "answers without a denial", "cuts its messages"]
)
@pytest.mark.parametrize(
    ("where", "number"), [(HOSPITAL, 65297), (HOSPITAL, 65400), (HOSPITAL, 16), ("_emblem." + HOSPITAL, 16)]
)
def test_one_carriage_that_is_not_answered_is_enough_to_leave_it_open(
    verify: Verify, name: str, where: str, number: int
) -> None:
    fault = replace(FAULTS[name], when=asked(where, number))
    with serving(f"{HOSPITAL}. A 192.0.2.1", faults=fault) as server:
        verdict = verify(HOSPITAL, server.address, timeout=SHORT)

    assert verdict.status is Status.UNDETERMINED
    assert codes(verdict) == {"discovery-incomplete"}


def test_a_valid_emblem_stands_although_not_everything_was_answered(verify: Verify) -> None:
    with serving(*IHLE, faults=Faults(when=asked(number=16), response_code=2)) as server:
        verdict = verify(HOSPITAL, server.address, trust=TRUST)

    assert verdict.status is Status.PROTECTED
    (doubt,) = (reason for reason in verdict.reasons if reason.code == "discovery-incomplete")
    assert doubt.severity == "warning"


def test_an_invalid_one_is_not_rejected_before_everything_was_answered(verify: Verify) -> None:
    lines = ihle_lines(HOSPITAL, [emblem_token(signing)])
    with serving(*lines, faults=Faults(when=asked(number=16), response_code=2)) as server:
        verdict = verify(HOSPITAL, server.address, trust=TRUST)

    assert verdict.status is Status.UNDETERMINED
    assert "discovery-incomplete" in codes(verdict)


def test_a_forged_record_that_is_no_emblem_is_rejected(verify: Verify) -> None:
    forged = ResourceRecord(HOSPITAL, 65297, 60, b"\xd8\x3d\xd2\x84\x40\xa0\x40\x40")
    lie = Faults(when=asked(number=65297), replace=(forged,))
    with serving(f"{HOSPITAL}. A 192.0.2.1", faults=lie) as server:
        verdict = verify(HOSPITAL, server.address, trust=TRUST)

    assert verdict.status is Status.REJECTED
    assert "token-malformed" in codes(verdict)


def test_what_comes_first_and_unasked_is_passed_over(verify: Verify) -> None:
    with serving(*IHLE, faults=Faults(flood=3)) as server:
        assert verify(HOSPITAL, server.address, trust=TRUST).status is Status.PROTECTED


def test_an_old_server_that_refuses_edns_is_asked_without(verify: Verify) -> None:
    with serving(*IHLE, faults=Faults(refuse_edns=True)) as server:
        assert verify(HOSPITAL, server.address, trust=TRUST).status is Status.PROTECTED


def test_a_broken_resolver_before_a_good_one_lets_an_emblem_be_found_but_no_denial_be_believed(verify: Verify) -> None:
    with serving(faults=Faults(response_code=2)) as broken, serving(*IHLE) as good:
        found = verify(HOSPITAL, broken.address, good.address, trust=TRUST)
        denied = verify("other.example", broken.address, good.address, trust=TRUST)

    assert found.status is Status.PROTECTED
    assert denied.status is Status.UNDETERMINED


def test_a_server_that_is_not_there_leaves_it_undetermined(verify: Verify) -> None:
    with serving() as gone:
        address = gone.address

    verdict = verify(HOSPITAL, address, timeout=SHORT)

    assert verdict.status is Status.UNDETERMINED
    assert verdict.discovery is not None
    assert {query.outcome for query in verdict.discovery.queries} <= {
        Failure.UNREACHABLE.value,
        Failure.TIMEOUT.value,
        Failure.DEADLINE.value,
    }


# What the verifiers take


def test_a_policy_that_requires_dnssec_withholds_protection_where_it_was_not_checked(verify: Verify) -> None:
    with serving(*IHLE) as server:
        verdict = verify(HOSPITAL, server.address, trust=trusting(bare(root), require_dnssec=True))

    assert verdict.status is Status.CLAIMED
    assert "policy-dnssec" in codes(verdict)


def test_the_queries_are_told(verify: Verify) -> None:
    with serving(*IHLE) as server:
        verdict = verify(HOSPITAL, server.address)
        address = str(server.address)

    assert verdict.discovery is not None
    assert [(query.type, query.outcome, query.server) for query in verdict.discovery.queries] == [
        ("TYPE65297", "found", address),
        ("TYPE65400", "nodata", address),
        ("TXT", "nodata", address),
        ("TXT", "nxdomain", address),
        ("HTTPS", "nodata", address),
    ]


@pytest.mark.parametrize("target", ["", "a b", "1.2.3"])
def test_what_is_no_target_is_refused_before_anything_is_asked(verify: Verify, target: str) -> None:
    with serving() as server:
        with pytest.raises(InvalidNameError):
            verify(target, server.address)
        assert server.queries == ()


@pytest.mark.parametrize("resolver", ["resolver.example", "192.0.2.1:0", "192.0.2.1:x", ""])
def test_what_is_no_resolver_is_refused(resolver: str) -> None:
    for kind in (Verifier, AsyncVerifier):
        with pytest.raises(ResolverError):
            kind(resolvers=[resolver])


def test_a_resolver_can_be_named_as_text() -> None:
    with serving(*IHLE) as server:
        verdict = Verifier(TRUST, resolvers=[str(server.address)], clock=lambda: AT).verify(HOSPITAL)

    assert verdict.status is Status.PROTECTED


def test_the_clock_is_that_of_the_machine_unless_told_otherwise() -> None:
    with serving() as server:
        verdict = Verifier(NOBODY, resolvers=[server.address]).verify(HOSPITAL)

    assert verdict.at.tzinfo is not None


# Many targets

NAMES = [f"host{number}.example" for number in range(MOST_AT_ONCE + 6)]


async def collect(server: NameServer, targets: Any) -> list[Verdict]:
    async with AsyncVerifier(TRUST, resolvers=[server.address], clock=lambda: AT) as verifier:
        return [verdict async for verdict in verifier.verify_many(targets)]


def test_many_targets_have_a_verdict_each() -> None:
    with serving(*ihle_lines(HOSPITAL, GOOD.records)) as server:
        verdicts = asyncio.run(collect(server, [*NAMES, HOSPITAL]))

    statuses = {verdict.target.text: verdict.status for verdict in verdicts}
    assert statuses == dict.fromkeys(NAMES, Status.UNMARKED) | {HOSPITAL: Status.PROTECTED}


def test_targets_can_come_as_they_are_known() -> None:
    async def targets() -> AsyncIterator[str]:
        for name in (HOSPITAL, "other.example"):
            yield name

    with serving(*ihle_lines(HOSPITAL, GOOD.records)) as server:
        verdicts = asyncio.run(collect(server, targets()))

    assert {verdict.status for verdict in verdicts} == {Status.PROTECTED, Status.UNMARKED}


def test_a_target_that_is_none_ends_the_run_and_leaves_nothing_behind() -> None:
    with serving() as server, pytest.raises(InvalidNameError):
        asyncio.run(collect(server, [*NAMES, "not a name"]))


def test_whoever_has_seen_enough_can_stop() -> None:
    async def first(server: NameServer) -> Verdict:
        async with AsyncVerifier(resolvers=[server.address], clock=lambda: AT) as verifier:
            verdicts = verifier.verify_many(NAMES)
            found = await anext(verdicts)
            await verdicts.aclose()
            return found

    with serving() as server:
        assert asyncio.run(first(server)).status is Status.UNMARKED


def test_the_verifier_that_waits_asks_about_many_at_the_same_time_too() -> None:
    with serving(*ihle_lines(HOSPITAL, GOOD.records), faults=Faults(delay=0.1)) as server:
        verifier = Verifier(TRUST, resolvers=[server.address], clock=lambda: AT, dnssec=False)
        began = time.monotonic()
        verdicts = list(verifier.verify_many(iter([*NAMES[:40], HOSPITAL])))
        took = time.monotonic() - began

    statuses = {verdict.target.text: verdict.status for verdict in verdicts}
    assert statuses == dict.fromkeys(NAMES[:40], Status.UNMARKED) | {HOSPITAL: Status.PROTECTED}
    assert took < 40 * 0.1


def test_whoever_stops_taking_verdicts_leaves_nothing_behind() -> None:
    descriptors = sorted(path.name for path in Path("/proc/self/fd").iterdir())
    handlers, threads = signal.getsignal(signal.SIGINT), set(threading.enumerate())
    with serving() as server:
        verdicts = Verifier(resolvers=[server.address], clock=lambda: AT).verify_many(NAMES)
        found = next(verdicts)
        verdicts.close()

    assert found.status is Status.UNMARKED
    assert signal.getsignal(signal.SIGINT) is handlers
    assert set(threading.enumerate()) <= threads
    assert sorted(path.name for path in Path("/proc/self/fd").iterdir()) == descriptors


def test_answers_that_are_known_are_not_asked_for_again() -> None:
    async def verify(server: NameServer) -> Verdict:
        async with AsyncVerifier(resolvers=[server.address], clock=lambda: AT, dnssec=False) as verifier:
            known = {question: failed_answer(question, Failure.TIMEOUT, "none") for question in questions}
            return await verifier.verify("other.example", known=known)

    questions = plan_questions(Target("other.example")).questions
    with serving() as server:
        verdict = asyncio.run(verify(server))
        assert server.queries == ()

    assert verdict.status is Status.UNDETERMINED


def test_resolvers_that_are_asked_in_turn_need_not_agree() -> None:
    with serving() as honest, serving(faults=Faults(response_code=2)) as failing:
        verifier = Verifier(resolvers=[honest.address, failing.address], clock=lambda: AT, dnssec=False, in_turn=True)
        verdict = verifier.verify("other.example")

    assert verdict.status is Status.UNMARKED


# What is remembered


def test_of_a_second_host_of_an_organization_only_the_emblem_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[bytes] = []
    genuine = PublicKey.verify

    def verify(self: PublicKey, signature: bytes, message: bytes) -> bool:
        checked.append(signature)
        return genuine(self, signature, message)

    monkeypatch.setattr(PublicKey, "verify", verify)
    other = "other.example"
    second = (emblem_token(signing, other), *GOOD.records[1:])
    with serving(*IHLE, *ihle_lines(other, second)) as server:
        verifier = Verifier(TRUST, resolvers=[str(server.address)], clock=lambda: AT, dnssec=False, ct="skip")
        assert verifier.verify(HOSPITAL).status is Status.PROTECTED
        checked.clear()
        assert verifier.verify(other).status is Status.PROTECTED

    assert len(checked) == 1
