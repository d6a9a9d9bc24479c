"""How far a scan has come: on a terminal while it runs, and in words when it has ended."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from emblem.model.display import printable
from emblem.model.verdict import Status

if TYPE_CHECKING:
    from rich.live import Live

    from emblem.scanning.summary import Summary
    from emblem.scanning.targets.stream import TargetCounts

_EVERY = 0.2
_LOOK_BACK = 5.0


class Progress:
    """One line on the terminal of standard error, where there is one.

    Args:
        statuses: how many findings there are of each status; it changes.
        targets: what became of the entries of the lists; it changes.
        shown: whether to show anything.
    """

    def __init__(self, statuses: Mapping[Status, int], targets: TargetCounts, *, shown: bool) -> None:
        self._statuses = statuses
        self._targets = targets
        self._live: Live | None = None
        self._next = 0.0
        self._past: deque[tuple[float, int]] = deque()
        if shown and sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            self._live = Live(console=Console(stderr=True), auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def update(self) -> None:
        """Show how far it is, if that has not just been done."""
        if self._live is None or (now := time.monotonic()) < self._next:
            return
        self._next = now + _EVERY
        from rich.text import Text

        self._live.update(Text(self.line(now), overflow="ellipsis", no_wrap=True), refresh=True)

    def line(self, now: float) -> str:
        """The line at a moment, in monotonic seconds."""
        done = sum(self._statuses.values())
        self._past.append((now, done))
        while now - self._past[0][0] > _LOOK_BACK:
            self._past.popleft()
        since, before = self._past[0]
        rate = (done - before) / (now - since) if now > since else 0.0
        found = self._statuses[Status.PROTECTED] + self._statuses[Status.CLAIMED]
        expected = self._targets.expected
        of = "" if expected is None else f" of {'' if self._targets.complete else 'about '}{expected:,}"
        parts = [
            f"{done:,}{of}",
            f"{rate:,.0f} a second",
            f"{found:,} marked",
            f"{self._statuses[Status.UNDETERMINED]:,} undetermined",
        ]
        if expected is not None and rate:
            parts.append(f"{timedelta(seconds=round(max(0, expected - done) / rate))} left")
        return "  ".join(parts)


def summary_lines(summary: Summary) -> Iterator[str]:
    """A summary in words."""
    rate = summary.here / summary.seconds if summary.seconds else 0.0
    counted = ", ".join(f"{summary.statuses[status]:,} {status.value}" for status in Status)
    total = sum(summary.statuses.values())
    yield f"{total:,} targets, {summary.here:,} of them in {summary.seconds:,.1f} s ({rate:,.0f} a second): {counted}"
    yield from _targets(summary)
    lost = sum(one.lost for one in summary.statistics.resolvers.values())
    if summary.statistics.queries:
        yield f"{summary.statistics.queries:,} queries, of which {lost:,} were not answered in time"
    if summary.seed is not None:
        yield f"order: --seed {summary.seed}"
    if summary.exclusions is not None:
        yield from _exclusions(summary)


def _targets(summary: Summary) -> Iterator[str]:
    targets, problems = summary.targets, summary.targets.problems
    if targets.excluded or targets.duplicates:
        yield f"left out: {targets.excluded:,} excluded, {targets.duplicates:,} duplicates"
    if problems.malformed:
        yield f"no targets: {problems.malformed:,} entries"
        yield from (f"  {printable(str(problem))}" for problem in problems.shown)
    for source in problems.incomplete:
        yield f"NOT READ TO THE END: {source}"


def _exclusions(summary: Summary) -> Iterator[str]:
    counts = summary.exclusions
    assert counts is not None
    yield (
        f"exclusion lists: {counts.own:,} addresses that are marked themselves, "
        f"{counts.resolved:,} that {counts.names:,} marked names resolve to"
    )
    if counts.not_looked_up:
        yield f"  the addresses of {counts.not_looked_up:,} marked names were not asked for (--addresses own)"
    if counts.without_address:
        yield f"  {counts.without_address:,} marked names resolve to no address"
    if counts.unresolved:
        yield f"  NOT COMPLETE: the addresses of {counts.unresolved:,} marked names are not known"
        yield from (f"    {line}" for line in counts.shown)
