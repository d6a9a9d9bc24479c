"""Times: seconds since 1970 in tokens, aware datetimes in calls, RFC 3339 in text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emblem.errors import InputError
from emblem.model.time import date_text, numeric_date, parse_time, seconds_between


def test_a_whole_second_is_an_integer() -> None:
    date = numeric_date(datetime(2026, 6, 17, 0, 10, tzinfo=UTC))

    assert date == 1781655000
    assert isinstance(date, int)


def test_a_fraction_of_a_second_is_kept() -> None:
    assert numeric_date(datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)) == 1.5


def test_times_before_1970_are_negative() -> None:
    assert numeric_date(datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)) == -0.5


def test_the_zone_counts() -> None:
    assert numeric_date(datetime(1970, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))) == 0


def test_a_datetime_without_a_zone_is_refused() -> None:
    with pytest.raises(InputError, match="a time with its zone"):
        numeric_date(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1781655000, "2026-06-17T00:10:00Z"),
        (1.999, "1970-01-01T00:00:01Z"),
        (-0.5, "1969-12-31T23:59:59Z"),
        (10**40, "9999-12-31T23:59:59Z"),
        (1e308, "9999-12-31T23:59:59Z"),
        (-(10**40), "0001-01-01T00:00:00Z"),
        (-1e308, "0001-01-01T00:00:00Z"),
    ],
)
def test_a_numeric_date_is_shown_in_utc(date: float, text: str) -> None:
    assert date_text(date) == text


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-06-17T00:10:00Z", 1781655000),
        ("2026-06-17t00:10:00z", 1781655000),
        ("2026-06-17T02:10:00+02:00", 1781655000),
        ("1970-01-01T00:00:01.5Z", 1.5),
    ],
)
def test_an_rfc_3339_time_is_read(text: str, date: float) -> None:
    assert numeric_date(parse_time(text)) == date


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-06-17",
        "2026-06-17T00:10:00",
        "2026-13-01T00:00:00Z",
        "2026-06-17 00:10:00Z",
        "20260617T001000Z",
        "2026-W25-3T00:10:00Z",
        "2026-06-17T00:10Z",
        "2026-06-17T00:10:00,5Z",
        "2026-06-17T00:10:00Zx",
    ],
)
def test_anything_else_is_no_time(text: str) -> None:
    with pytest.raises(InputError, match="RFC 3339"):
        parse_time(text)


@given(st.integers(-62_135_596_800, 253_402_300_799))
def test_a_whole_second_is_read_back_from_its_text(date: int) -> None:
    assert numeric_date(parse_time(date_text(date))) == date


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [(1, 3, 2), (3, 1, -2), (0.5, 1, 0.5), (2**53, 2**53 + 1, 1), (-(10**400), 10**400, 2 * 10**400)],
)
def test_the_seconds_between_two_dates_are_exact_however_large(start: float, end: float, seconds: float) -> None:
    assert seconds_between(start, end) == seconds


def test_a_date_in_fractions_is_subtracted_without_rounding() -> None:
    assert seconds_between(0.5, 10**40) == 10**40 - Fraction(1, 2)
