"""The policy of a trust store: read from its table, and the strictest of several.

A field that a file leaves out has no say when files are merged: only what is stated can be stricter or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import reduce
from typing import Any, TypeVar

from emblem.errors import InputError, TrustError
from emblem.model.organization import Organization
from emblem.model.token import Format
from emblem.model.verdict import Level
from emblem.trust.fields import Fields, parse_duration
from emblem.validation.trust import DEFAULT_POLICY, Policy

T = TypeVar("T")

POLICY_FIELDS = tuple(field.name.replace("_", "-") for field in fields(Policy))
"""The fields of the table ``policy``, as a store writes them."""

_LARGEST_SKEW = 86_400
_NO_LEVEL = "none"
_ACCEPTED = {_NO_LEVEL: None, **{level.value: level for level in (Level.ORGANIZATIONAL, Level.ENDORSED)}}
_MINIMUM = {level.value: level for level in (Level.SIGNED, Level.ORGANIZATIONAL, Level.ENDORSED)}
_FORMATS = {form.value: form for form in Format}


@dataclass(frozen=True, slots=True)
class StatedPolicy:
    """A policy, and the names of those of its fields that somebody stated; the others have their defaults."""

    policy: Policy = DEFAULT_POLICY
    stated: frozenset[str] = frozenset()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> StatedPolicy:
        """The policy that states these fields."""
        return cls(Policy(**values), frozenset(values))


def read_policy(table: Fields) -> StatedPolicy:
    """Read the table ``policy``.

    Raises:
        TrustError: a field is unknown or has a value that it cannot have; the error has line and column.
    """
    readers: dict[str, Callable[[str], Any]] = {
        "accept": lambda name: table.read(name, str, lambda text: choose(text, _ACCEPTED)),
        "minimum-level": lambda name: table.read(name, str, lambda text: choose(text, _MINIMUM)),
        "required-authorities": lambda name: frozenset(table.read_each(name, Organization.parse)),
        "formats": lambda name: frozenset(table.read_each(name, lambda text: choose(text, _FORMATS))),
        "clock-skew": lambda name: table.read(name, str, _skew),
        "longest-lifetime": lambda name: table.read(name, str, _some_time),
        "oldest-commitment": lambda name: table.read(name, str, _some_time),
        "require-dnssec": table.flag,
    }
    return StatedPolicy.of({name.replace("-", "_"): read(name) for name, read in readers.items() if name in table})


def strictest(policies: Iterable[StatedPolicy]) -> StatedPolicy:
    """Take of every field the strictest of the values that are stated.

    The result does not depend on the order. Of authorities and formats those remain that all policies name.

    Raises:
        TrustError: no authority or no format remains, so that nothing could ever meet all of the policies.
    """
    values: dict[str, Any] = {}
    policies = tuple(policies)
    for name, stricter in _STRICTER.items():
        stated = [getattr(one.policy, name) for one in policies if name in one.stated]
        if stated:
            values[name] = reduce(stricter, stated)
    return StatedPolicy.of(values)


def differing_fields(policies: Iterable[StatedPolicy]) -> tuple[str, ...]:
    """The fields, as a store writes them, for which policies state different values."""
    policies = tuple(policies)
    return tuple(
        name.replace("_", "-")
        for name in _STRICTER
        if len({getattr(one.policy, name) for one in policies if name in one.stated}) > 1
    )


def choose(text: str, choices: Mapping[str, T]) -> T:
    """The value that a text stands for.

    Raises:
        InputError: it is none of those that there are.
    """
    if text not in choices:
        raise InputError("value", repr(text), f"one of {', '.join(choices)}")
    return choices[text]


def _skew(text: str) -> int:
    seconds = parse_duration(text)
    if seconds > _LARGEST_SKEW:
        raise InputError("clock skew", repr(text), "one day at the most")
    return seconds


def _some_time(text: str) -> int:
    seconds = parse_duration(text)
    if not seconds:
        raise InputError("length of time", repr(text), "more than no time at all")
    return seconds


def _higher_or_none(one: Level | None, other: Level | None) -> Level | None:
    return None if one is None or other is None else _higher(one, other)


def _higher(one: Level, other: Level) -> Level:
    return max(one, other, key=lambda level: level.rank)


def _common(what: str) -> Callable[[frozenset[Any], frozenset[Any]], frozenset[Any]]:
    def intersect(one: frozenset[Any], other: frozenset[Any]) -> frozenset[Any]:
        if not one & other:
            found = " and ".join(sorted(", ".join(sorted(map(str, names))) for names in (one, other)))
            raise TrustError(f"policies: {what}", found, "one at least that all trust stores name")
        return one & other

    return intersect


_STRICTER: dict[str, Callable[[Any, Any], Any]] = {
    "accept": _higher_or_none,
    "minimum_level": _higher,
    "required_authorities": _common("required-authorities"),
    "formats": _common("formats"),
    "clock_skew": min,
    "longest_lifetime": min,
    "oldest_commitment": min,
    "require_dnssec": bool.__or__,
}
