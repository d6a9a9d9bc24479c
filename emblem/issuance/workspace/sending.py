"""Changing very many hosts of a zone, so that one that cannot be changed does not keep the others waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from emblem.dns.authority_connection import ConnectionFailedError
from emblem.errors import InputError, UpdateError
from emblem.issuance.publication import Change, Wish
from emblem.issuance.publisher import Plan, Primary, Publisher

MOST_REFUSED = 5
"""Hosts in a row that cannot be changed, after which it is the zone and not the hosts."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A host that is left as it is in the DNS, and why."""

    name: str
    reason: str


def prepare_each(
    publisher: Publisher, primary: Primary, wishes: Sequence[Wish]
) -> tuple[tuple[Plan, ...], tuple[Skipped, ...]]:
    """Read how hosts are now; those that cannot be marked in the way that is wished are named, and the others planned.

    Raises:
        UpdateError: the zone cannot be read.
    """
    if not wishes:
        return (), ()
    try:
        return publisher.prepare(wishes, {wish.name: primary for wish in wishes}), ()
    except InputError as error:
        if len(wishes) == 1:
            return (), (Skipped(wishes[0].name, str(error)),)
    middle = len(wishes) // 2
    first = prepare_each(publisher, primary, wishes[:middle])
    second = prepare_each(publisher, primary, wishes[middle:])
    return first[0] + second[0], first[1] + second[1]


def carry_out_each(publisher: Publisher, plan: Plan, skip: Callable[[Skipped], object]) -> Iterator[Change]:
    """Make changes; where one cannot be made, the others one by one.

    Args:
        publisher: reaches the zone's primary.
        plan: what is to be changed.
        skip: told of each host that cannot be changed.

    Yields:
        Each change that was made.

    Raises:
        UpdateError: the connection is lost, or :data:`MOST_REFUSED` hosts in a row cannot be changed.
    """
    done: set[str] = set()
    try:
        for change in publisher.carry_out(plan):
            done.add(change.wish.name)
            yield change
        return
    except ConnectionFailedError:
        raise
    except UpdateError as error:
        remaining = [change for change in plan.due if change.wish.name not in done]
        if len(remaining) <= 1:
            for change in remaining:
                skip(Skipped(change.wish.name, str(error)))
            return
    refused = 0
    for change in remaining:
        try:
            yield from publisher.carry_out(Plan(plan.primary, (change,)))
            refused = 0
        except ConnectionFailedError:
            raise
        except UpdateError as error:
            refused += 1
            if refused == min(MOST_REFUSED, len(remaining)):
                raise
            skip(Skipped(change.wish.name, str(error)))
