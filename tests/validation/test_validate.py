"""The function that judges: what it takes, what it refuses, and how sets become one verdict."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from subprocess import run
from sys import executable

import pytest

import emblem
from emblem.errors import InputError, InvalidNameError
from emblem.model.sign import Sign
from emblem.model.target import Target
from emblem.model.token import Format
from emblem.model.verdict import Level, Status
from emblem.validation.validate import validate
from tests.support.arrangement import (
    AT,
    CWT,
    HOSPITAL,
    JWS,
    bare,
    chain,
    codes,
    emblem_token,
    in_set,
    judged,
    key,
    key_record,
    signing,
    trusting,
)
from tests.support.raw import cwt_emblem_claims, cwt_token

ALONE = chain(signing, issuer=None).emblem()


def test_it_is_what_the_library_exports() -> None:
    assert emblem.validate is validate


@pytest.mark.parametrize("target", ["", " ", "a b.example", "-a.example", "a..example", "1.2.3", "x" * 64, "*.example"])
def test_what_is_no_target_is_refused(target: str) -> None:
    with pytest.raises(InvalidNameError, match="target"):
        validate((), target=target, at=AT)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(InputError, match="time"):
        validate((), target=HOSPITAL, at=datetime(2027, 3, 1))  # noqa: DTZ001: that is what is wrong with it


def test_a_time_of_another_zone_is_the_same_time() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=13, minutes=45)))

    assert ALONE.judged(at=elsewhere) == ALONE.judged()


@pytest.mark.parametrize("at", [datetime.min, datetime.max])
def test_any_time_can_be_asked_about(at: datetime) -> None:
    for hours in (-14, 14):
        zoned = at.replace(tzinfo=timezone(timedelta(hours=hours)))
        assert ALONE.judged(at=zoned).status is Status.REJECTED


def test_the_target_is_told_as_it_was_understood() -> None:
    assert validate((), target="HOSPITAL.Example.", at=AT).target == Target("hospital.example")


@pytest.mark.parametrize("form", [CWT, JWS])
def test_the_verdict_says_what_the_emblem_says(form: Format) -> None:
    verdict = chain(signing, issuer=None, form=form).emblem("hospital.example", "b.example").judged()

    assert verdict.format is form
    assert verdict.assets == ("hospital.example", "b.example")
    assert verdict.purposes.slugs == ("protective",)
    assert verdict.sign is None


@pytest.mark.parametrize("sign", list(Sign))
def test_the_sign_is_shown(sign: Sign) -> None:
    assert chain(signing, issuer=None).emblem(sign=sign).judged().sign is sign


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"sign": "red-square"}, "sign-unknown"),
        ({"sign": 7}, "sign-unknown"),
        ({"sign": "red-cross", "prp": 16}, "sign-without-purpose"),
    ],
)
def test_a_sign_that_is_not_known_or_has_no_place_is_none_with_a_warning(claims: dict[str, object], code: str) -> None:
    verdict = judged(cwt_token(cwt_emblem_claims(iss=None, **claims)), key_record(signing))

    assert (verdict.status, verdict.sign) == (Status.CLAIMED, None)
    assert code in codes(verdict)


def test_the_best_set_is_the_verdict() -> None:
    plain = key("plain", "EdDSA")
    sets = {
        Status.PROTECTED: in_set("protected", *ALONE.records),
        Status.CLAIMED: in_set("claimed", *chain(plain, issuer=None).emblem().records),
        Status.UNDETERMINED: in_set("unknown", cwt_token({"ver": 2})),
        Status.REJECTED: in_set("rejected", emblem_token(key("nobody"))),
    }
    for count, expected in enumerate(reversed(sets), start=1):
        records = [record for status in list(reversed(sets))[:count] for record in sets[status]]
        for order in (records, records[::-1]):
            verdict = judged(*order, trust=trusting(bare(signing)))
            assert verdict.status is expected
            assert len(verdict.sets) == count


def test_of_two_rejected_sets_the_one_that_reached_a_level_is_told() -> None:
    mismatch = in_set("a", *chain(signing, issuer=None).emblem("other.example").records)

    verdict = judged(*in_set("b", emblem_token(key("nobody"))), *mismatch)

    assert verdict.level is Level.SIGNED
    assert "asset-mismatch" in codes(verdict)


def test_of_equal_sets_the_same_one_is_told_in_any_order() -> None:
    first = in_set("a", *chain(signing, issuer=None).emblem(HOSPITAL, "a.example").records)
    second = in_set("b", *chain(signing, issuer=None).emblem(HOSPITAL, "b.example").records)

    assert judged(*first, *second).assets == judged(*second, *first).assets


def test_a_verdict_never_says_that_there_is_no_emblem() -> None:
    assert validate((), target=HOSPITAL, at=AT).status is Status.UNDETERMINED


def test_judging_loads_nothing_that_reaches_a_network() -> None:
    code = "import sys, emblem; emblem.validate; print(*sys.modules)"

    loaded = run([executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not {"socket", "asyncio", "dns", "httpx", "click"} & set(loaded)


def test_judging_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    ALONE.judged()

    assert not list(tmp_path.iterdir())
