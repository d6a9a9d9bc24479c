"""Which requests are answered, what an answer may state, and which answers are taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from emblem.codec.request import Answer, sign_answer, sign_request
from emblem.errors import InputError, RequestError
from emblem.issuance.requests import answer_request, ask, check_answer, check_request, draw_up_answer
from emblem.issuance.tokens import sign_endorsement
from emblem.model.purpose import Purpose
from tests.support.arrangement import AT, FEDERATION, MINISTRY, RELIEF, key, root, signing

AUTHORITY = key("authority")
ASKED = ask(root, issuer=RELIEF, audience=MINISTRY, purposes=Purpose.PROTECTIVE | Purpose.INDICATIVE, may_endorse=False,
            lifetime=timedelta(days=30), at=AT)  # fmt: skip
REQUEST = ASKED.request


def answered(**changes: Any) -> Answer:
    """An answer whose endorsement is as asked, but for some claims."""
    stated = replace(draw_up_answer(REQUEST, start=AT), **changes)
    return sign_answer(ASKED.digest, 5, sign_endorsement(stated, AUTHORITY), AUTHORITY)


def test_another_organization_is_always_asked_for_a_key_that_may_endorse() -> None:
    assert REQUEST.may_endorse


def test_an_organization_asks_itself_for_a_key_that_may_not_endorse_unless_told_otherwise() -> None:
    of_signing = ask(signing, issuer=RELIEF, audience=RELIEF, purposes=Purpose.PROTECTIVE, may_endorse=False,
                     lifetime=timedelta(days=30), at=AT)  # fmt: skip

    assert not of_signing.request.may_endorse
    check_request(of_signing.request, RELIEF, AT)


def test_a_fraction_of_a_second_is_dropped() -> None:
    asked = ask(root, issuer=RELIEF, audience=MINISTRY, purposes=Purpose.PROTECTIVE, may_endorse=True,
                lifetime=timedelta(days=30), at=AT + timedelta(milliseconds=900))  # fmt: skip

    assert asked.request.issued_at == int(AT.timestamp())


@pytest.mark.parametrize("lifetime", [timedelta(), timedelta(days=-1), timedelta(days=40_000)])
def test_no_time_and_more_than_a_century_cannot_be_asked_for(lifetime: timedelta) -> None:
    with pytest.raises(InputError, match="claim life"):
        ask(root, issuer=RELIEF, audience=MINISTRY, purposes=Purpose.PROTECTIVE, may_endorse=True,
            lifetime=lifetime, at=AT)  # fmt: skip


@pytest.mark.parametrize("late", [timedelta(), timedelta(days=90), timedelta(minutes=-60)])
def test_a_request_is_answered_for_ninety_days_also_where_clocks_differ_by_an_hour(late: timedelta) -> None:
    check_request(REQUEST, MINISTRY, AT + late)


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (timedelta(minutes=-61), "which is in the future, expected an earlier one, or another clock"),
        (timedelta(days=90, seconds=1), "one of the last 90 days: have it made anew"),
    ],
)
def test_a_request_from_another_time_is_refused(late: timedelta, said: str) -> None:
    with pytest.raises(RequestError) as refusal:
        check_request(REQUEST, MINISTRY, AT + late)

    assert said in str(refusal.value)


def test_a_request_to_another_organization_is_refused() -> None:
    with pytest.raises(RequestError, match=r"found one to https://ministry\.example, expected"):
        check_request(REQUEST, FEDERATION, AT)


def test_a_request_of_another_organization_for_a_key_that_may_not_endorse_is_refused() -> None:
    useless = sign_request(replace(REQUEST, may_endorse=False), root)

    with pytest.raises(RequestError, match="may not endorse"):
        check_request(useless.request, MINISTRY, AT)


def test_what_is_stated_is_what_was_asked() -> None:
    stated = draw_up_answer(REQUEST, start=AT)

    assert (stated.issuer, stated.subject, stated.key) == (MINISTRY, RELIEF, root.public_key.cose_thumbprint)
    assert (stated.may_endorse, stated.constraints.purposes) == (True, REQUEST.purposes)
    assert stated.expires - stated.not_before == 30 * 86400


def test_less_can_be_stated_and_not_more() -> None:
    stated = draw_up_answer(REQUEST, start=AT, lifetime=timedelta(days=1), purposes=Purpose.PROTECTIVE)

    assert (stated.expires - stated.not_before, stated.constraints.purposes) == (86400, Purpose.PROTECTIVE)
    with pytest.raises(RequestError, match="found civil-defence"):
        draw_up_answer(REQUEST, start=AT, purposes=Purpose.PROTECTIVE | Purpose.CIVIL_DEFENCE)
    with pytest.raises(RequestError, match="31 days"):
        draw_up_answer(REQUEST, start=AT, lifetime=timedelta(days=31))
    with pytest.raises(RequestError, match="before the year 10000"):
        draw_up_answer(REQUEST, start=AT.replace(year=9999, month=12, day=31))


def test_the_answer_to_what_was_asked_is_taken_without_a_remark() -> None:
    answer = answer_request(ASKED, draw_up_answer(REQUEST, start=AT), AUTHORITY, AT)

    assert check_answer(answer, ASKED, AT) == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"key": signing.public_key.cose_thumbprint}, "answer: endorsed key"),
        ({"subject": FEDERATION}, "answer: organization whose key it is"),
        ({"subject": None}, "answer: organization whose key it is"),
        ({"issuer": FEDERATION}, "answer: organization that endorses"),
        ({"expires": int(AT.timestamp()), "not_before": 5}, "one that expired at"),
    ],
)
def test_an_answer_of_something_else_is_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(RequestError) as refusal:
        check_answer(answered(**changes), ASKED, AT)

    assert said in str(refusal.value)


def test_an_answer_to_another_request_is_refused() -> None:
    other = sign_request(replace(REQUEST, lifetime=1), root)

    with pytest.raises(RequestError, match="one to another request"):
        check_answer(answered(), other, AT)


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        ({"may_endorse": False}, "the key may not endorse further keys, other than was asked"),
        ({"expires": int(AT.timestamp()) + 3600}, "asked for 30 days, granted: 1 hour"),
        ({"not_before": int(AT.timestamp()) + 60, "expires": 2**32}, "it holds only from 2027-03-01T12:01:00Z"),
    ],
)
def test_what_differs_from_what_was_asked_is_remarked(changes: dict[str, object], remark: str) -> None:
    remarks = check_answer(answered(**changes), ASKED, AT)

    assert len(remarks) == 1
    assert remark in remarks[0]
