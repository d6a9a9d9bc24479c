"""Findings into all outputs at once, with an account of how far they have come."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from emblem.model.verdict import Status
from emblem.scanning.completed import Completed
from emblem.scanning.finding import Finding
from emblem.scanning.results.checkpoint import Checkpoint
from emblem.scanning.results.sink import Sink
from emblem.scanning.targets.fingerprint import Fingerprint

INTERVAL = 2.0
"""Seconds between two checkpoints, at the least. Work since the last one is done again after a crash."""

_PART = 10
"""Of so much time, saving takes one part at the most: where the disk is slow, checkpoints are rarer."""


class Recorder:
    """Writes findings, and saves a checkpoint now and then. A context manager that closes the outputs.

    Args:
        sinks: the outputs.
        path: where the checkpoint is; None: a scan that cannot be resumed.
        plan: what makes it the same scan.
        seed: of the order.
        fingerprint: of the input.
        resumed: the checkpoint that is continued from; the sinks were opened at its positions.
        only: statuses of the findings that are written; None: all.
        show: is told of each finding that is written, before it is.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        sinks: Sequence[Sink],
        path: Path | None = None,
        *,
        plan: Mapping[str, str] | None = None,
        seed: int | None = None,
        fingerprint: Fingerprint | None = None,
        resumed: Checkpoint | None = None,
        only: frozenset[Status] | None = None,
        show: Callable[[Finding], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.done = Completed() if resumed is None else resumed.done
        self.statuses = dict.fromkeys(Status, 0)
        """How many findings there are of each status, those before a resumption among them."""
        for status, count in ({} if resumed is None else resumed.statuses).items():
            self.statuses[Status(status)] = count
        self._sinks = sinks
        self._path = path
        self._plan = plan or {}
        self._seed = seed
        self._fingerprint = fingerprint
        self._only = only
        self._show = show
        self._clock = clock
        self._due = clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def record(self, finding: Finding) -> None:
        """Write a finding into every output; before that, if it is time for one, a checkpoint.

        There is one before the first finding, too: of whatever is written it must be known how much of it is good.
        """
        if self._path is not None and self._clock() >= self._due:
            self.save()
        status = finding.status
        if self._only is None or status in self._only:
            if self._show is not None:
                self._show(finding)
            for sink in self._sinks:
                sink.write(finding)
        self.statuses[status] += 1
        if self._path is not None:
            self.done.add(finding.number)

    def save(self) -> None:
        """Make everything safe that was recorded."""
        if self._path is None:
            return
        began = self._clock()
        positions = tuple(sink.sync() for sink in self._sinks)
        marks = () if self._fingerprint is None else self._fingerprint.marks(self.done.below)
        statuses = {status.value: count for status, count in self.statuses.items()}
        Checkpoint(self._plan, self._seed, self.done, marks, positions, statuses).save(self._path)
        now = self._clock()
        self._due = now + max(INTERVAL, (_PART - 1) * (now - began))

    def finish(self) -> None:
        """Bring all results into their places; there is nothing to resume afterwards."""
        self.save()
        for sink in self._sinks:
            sink.finish()
        self.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        for sink in self._sinks:
            sink.clean()

    def close(self) -> None:
        """Stop writing; what the last checkpoint knows of is kept."""
        for sink in self._sinks:
            sink.close()
