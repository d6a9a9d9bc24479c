"""The kinds of values that options and arguments of several commands take."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

import click

from emblem.errors import InputError
from emblem.model.organization import Organization
from emblem.model.purpose import PURPOSES, Purpose
from emblem.model.target import Target, parse_given_address
from emblem.model.time import parse_time

T = TypeVar("T")

_DURATION = re.compile(r"([0-9]{1,6})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


# The library has made its class generic of late; what we take must work with older ones, too.
class Parsed(click.ParamType, Generic[T]):  # type: ignore[type-arg]
    """A value that a function of the library reads from text; what it refuses is wrong use of the command."""

    def __init__(self, name: str, parse: Callable[[str], T]) -> None:
        self.name = name
        self._parse = parse

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> T:
        """Read the text; a default that is not text is taken as it is."""
        if not isinstance(value, str):
            taken: T = value
            return taken
        try:
            return self._parse(value)
        except InputError as error:
            self.fail(str(error), param, ctx)


def parse_duration(text: str) -> timedelta:
    """Read a length of time: a number and ``d``, ``h`` or ``m`` for days, hours, minutes.

    Raises:
        InputError: it is something else, or no time at all.
    """
    match = _DURATION.fullmatch(text)
    duration = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
    if not duration:
        raise InputError("length of time", repr(text), "a number and d, h or m for days, hours, minutes (90d)")
    return duration


def end_of(start: datetime, duration: timedelta) -> datetime:
    """The time that is so much later.

    Raises:
        InputError: the calendar ends before.
    """
    try:
        return start + duration
    except OverflowError as error:
        raise InputError("--valid", f"{duration.days} days", "an end before the year 10000") from error


TIME = Parsed("time", parse_time)
DURATION = Parsed("duration", parse_duration)
ORGANIZATION = Parsed("organization", Organization.parse)
HOST = Parsed("host", Target.parse)
ADDRESS = Parsed("address", parse_given_address)
FILE = click.Path(path_type=Path)
PURPOSE = click.Choice(list(PURPOSES))


def combine_purposes(slugs: tuple[str, ...]) -> Purpose:
    """The purposes that were named, as one value."""
    purposes = Purpose(0)
    for slug in slugs:
        purposes |= PURPOSES[slug]
    return purposes
