"""What a scan counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from emblem.model.verdict import Status


@dataclass(slots=True)
class ResolverStatistics:
    """What was asked of one resolver, and what came of it.

    Args:
        queries: that were sent at first sight; those over TCP, TLS and HTTPS are not among them.
        answers: that came to a question of ours.
        lost: queries that were not answered in time.
        refused: answers that say that it failed, or refuses (any code but NOERROR and NXDOMAIN).
        unasked: messages that answer nothing that was asked.
        unreachable: queries that the operating system could not deliver.
    """

    queries: int = 0
    answers: int = 0
    lost: int = 0
    refused: int = 0
    unasked: int = 0
    unreachable: int = 0

    def add(self, other: ResolverStatistics) -> None:
        """Add what another process counted."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


@dataclass(slots=True)
class Statistics:
    """What a scan counted so far; it changes while the scan runs.

    Args:
        tasks: that were taken.
        statuses: how many targets have each status.
        at_first_sight: targets settled as plain misses.
        examined: targets that went the full way.
        processes_lost: processes that ended before they were to.
        tasks_repeated: tasks that were given to another process because theirs had ended.
        resolvers: by their address, as it is shown.
    """

    tasks: int = 0
    statuses: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))
    at_first_sight: int = 0
    examined: int = 0
    processes_lost: int = 0
    tasks_repeated: int = 0
    resolvers: dict[str, ResolverStatistics] = field(default_factory=dict)

    @property
    def findings(self) -> int:
        """Targets with a finding."""
        return sum(self.statuses.values())

    @property
    def queries(self) -> int:
        """Queries that were sent at first sight, to all resolvers."""
        return sum(one.queries for one in self.resolvers.values())

    def count_resolvers(self, counted: Mapping[str, ResolverStatistics]) -> None:
        """Add what a process counted since it last told."""
        for name, one in counted.items():
            self.resolvers.setdefault(name, ResolverStatistics()).add(one)


def total(counted: Iterable[ResolverStatistics]) -> ResolverStatistics:
    """The sums of several resolvers."""
    result = ResolverStatistics()
    for one in counted:
        result.add(one)
    return result
