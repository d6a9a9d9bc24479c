"""Evidence bundles: what was captured is judged again from its bytes, by whoever judges it, and never a "no"."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from emblem.codec.evidence import encode_bundle
from emblem.dns.dnssec import root_anchors
from emblem.errors import MalformedError
from emblem.model.target import Target
from emblem.model.verdict import DnssecState, Status, Verdict
from emblem.validation.trust import Trust
from emblem.verifier.capture import Captured
from emblem.verifier.settings import Settings
from tests.support import captures
from tests.support.arrangement import codes
from tests.support.captures import VECTORS, captured


def judged(found: Captured, name: str, *, later: timedelta = timedelta(), **more: Any) -> Verdict:
    """The verdict on a bundle, written and read again, some time after it was captured."""
    now = datetime.fromisoformat(VECTORS[name]["now"]) + later
    return captures.judged(encode_bundle(found.evidence), name, **({"now": now} | more))


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a socket fails."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)


@pytest.mark.parametrize("name", VECTORS)
def test_a_bundle_of_any_vector_gives_the_same_verdict_but_never_a_no(name: str) -> None:
    found = captured(name)
    again = judged(found, name)

    expected = Status.UNDETERMINED if found.verdict.status is Status.UNMARKED else found.verdict.status
    assert again.status is expected
    assert ("evidence-absence" in codes(again)) is (found.verdict.status is Status.UNMARKED)
    assert (again.level, again.trusted, again.dnssec) == (
        found.verdict.level,
        found.verdict.trusted,
        found.verdict.dnssec,
    )
    assert [one.status for one in again.sets] == [one.status for one in found.verdict.sets]


@pytest.mark.parametrize("name", [name for name in VECTORS if VECTORS[name]["expect"]["status"] == "protected"])
def test_who_trusts_nobody_is_told_of_nobody_whatever_the_capturer_trusted(name: str) -> None:
    again = judged(captured(name), name, settings=Settings(Trust()))

    assert again.status is not Status.PROTECTED
    assert not again.trusted


SIGNED = "discovery-dnssec-secure-found"
DENIED = "discovery-dnssec-secure-denied"
A_DAY, SIX_MINUTES, TEN_YEARS = timedelta(days=1), timedelta(minutes=6), timedelta(days=3650)


def test_what_is_not_in_a_bundle_is_not_known() -> None:
    found = captured(SIGNED)
    for number in range(len(found.evidence.questions)):
        questions = found.evidence.questions[:number] + found.evidence.questions[number + 1 :]
        fewer = replace(found, evidence=replace(found.evidence, questions=questions))
        again = judged(fewer, SIGNED)

        assert (again.status, again.dnssec) != (Status.PROTECTED, DnssecState.BOGUS)
        assert again.status in (Status.PROTECTED, Status.UNDETERMINED)


def test_an_empty_bundle_says_nothing() -> None:
    found = captured(SIGNED)
    again = judged(replace(found, evidence=replace(found.evidence, questions=())), SIGNED)

    assert again.status is Status.UNDETERMINED
    assert "discovery-incomplete" in codes(again)


def test_signatures_of_the_dns_that_ended_since_are_not_called_forged() -> None:
    again = judged(captured(SIGNED), SIGNED, later=TEN_YEARS)

    assert again.dnssec is DnssecState.INDETERMINATE
    assert {"evidence-out-of-time", "token-expired"} <= codes(again)
    assert again.status is Status.REJECTED


def test_a_proof_that_there_was_nothing_is_worth_even_less_when_it_has_ended() -> None:
    again = judged(captured(DENIED), DENIED, later=TEN_YEARS)

    assert (again.status, again.dnssec) == (Status.UNDETERMINED, DnssecState.INDETERMINATE)
    assert {"evidence-out-of-time", "evidence-absence"} <= codes(again)


def test_a_bundle_is_judged_now_or_as_of_the_time_that_is_asked_for() -> None:
    found, then = captured(SIGNED), datetime.fromisoformat(VECTORS[SIGNED]["now"])

    assert judged(found, SIGNED, later=A_DAY).at == then + A_DAY
    assert judged(found, SIGNED, later=TEN_YEARS, at=then).status is Status.PROTECTED
    assert judged(found, SIGNED, later=TEN_YEARS, at=then).dnssec is DnssecState.SECURE


def test_a_bundle_says_that_nobody_confirms_its_time() -> None:
    assert "evidence-time-unconfirmed" in codes(judged(captured(SIGNED), SIGNED))


def test_a_date_in_the_future_is_told() -> None:
    assert "evidence-in-future" in codes(judged(captured(SIGNED), SIGNED, later=-SIX_MINUTES))
    assert "evidence-in-future" not in codes(judged(captured(SIGNED), SIGNED, later=-SIX_MINUTES / 2))


def test_another_target_than_the_bundle_is_about_is_not_known() -> None:
    again = judged(captured(SIGNED), SIGNED, target=Target.parse("elsewhere.example"))

    assert again.status is Status.UNDETERMINED
    assert {"evidence-other-target", "discovery-incomplete"} <= codes(again)


def test_the_trust_anchors_in_a_bundle_are_compared_and_not_believed() -> None:
    found = captured(SIGNED)
    again = judged(found, SIGNED, anchors=root_anchors())

    assert "evidence-anchors-differ" in codes(again)
    assert again.dnssec is not DnssecState.SECURE
    assert "evidence-anchors-differ" not in codes(judged(found, SIGNED))


def test_dnssec_is_left_out_where_that_is_wanted() -> None:
    assert judged(captured(SIGNED), SIGNED, anchors=None).dnssec is DnssecState.NOT_CHECKED


def test_a_failure_that_nobody_knows_is_an_error() -> None:
    found = captured(SIGNED)
    first, *rest = found.evidence.questions
    strange = replace(first, responses=(replace(first.responses[0], messages=(), failure="abducted"),))
    changed = replace(found, evidence=replace(found.evidence, questions=(strange, *rest)))

    with pytest.raises(MalformedError, match="abducted"):
        judged(changed, SIGNED)


def test_a_failure_outweighs_the_messages_beside_it() -> None:
    found = captured(SIGNED)
    failed = tuple(
        replace(one, responses=tuple(replace(response, failure="mismatched") for response in one.responses))
        for one in found.evidence.questions
    )

    assert judged(replace(found, evidence=replace(found.evidence, questions=failed)), SIGNED).sets == ()
