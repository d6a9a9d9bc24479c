"""Times: NumericDates of tokens, aware datetimes of callers, RFC 3339 for people."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from emblem.errors import InputError
from emblem.model.token import NumericDate

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_SECONDS_OF_DAY = 86400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_IN_UTC = _EPOCH.replace(tzinfo=None)
_EARLIEST = math.ceil((datetime.min.replace(tzinfo=UTC) - _EPOCH).total_seconds())
_LATEST = math.floor((datetime.max.replace(tzinfo=UTC, microsecond=0) - _EPOCH).total_seconds())


def numeric_date(at: datetime) -> NumericDate:
    """Seconds since 1970 of an aware datetime; an integer where it falls on a whole second.

    Raises:
        InputError: the datetime has no time zone.
    """
    if at.tzinfo is None:
        raise InputError("time", at.isoformat(), "a time with its zone")
    elapsed = at - _EPOCH
    whole = elapsed.days * _SECONDS_OF_DAY + elapsed.seconds
    return whole + elapsed.microseconds / 1_000_000 if elapsed.microseconds else whole


def datetime_of(date: int) -> datetime:
    """The aware datetime of whole seconds since 1970; those beyond the years 1 to 9999 give their ends."""
    return _EPOCH + timedelta(seconds=min(max(date, _EARLIEST), _LATEST))


def seconds_between(start: NumericDate, end: NumericDate) -> Fraction:
    """How many seconds lie between two NumericDates of any size, exactly: floating point would round, or overflow."""
    return Fraction(end) - Fraction(start)


def date_text(date: NumericDate) -> str:
    """A NumericDate as RFC 3339 in UTC, cut to the second; dates beyond the years 1 to 9999 show as those ends."""
    seconds = math.floor(min(max(date, _EARLIEST), _LATEST))
    return (_EPOCH_IN_UTC + timedelta(seconds=seconds)).isoformat() + "Z"


def parse_time(text: str) -> datetime:
    """Read an RFC 3339 time, such as ``2026-06-17T00:10:00Z``.

    Raises:
        InputError: the text is none, or has no zone.
    """
    written = text.upper()
    try:
        at = datetime.fromisoformat(written) if _RFC_3339.fullmatch(written) else None
    except ValueError:
        at = None
    if at is None:
        raise InputError("time", repr(text), "RFC 3339 with a zone, such as 2026-06-17T00:10:00Z")
    return at
