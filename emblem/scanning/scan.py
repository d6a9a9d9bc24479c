"""A scan: tasks in, findings out, and the processes between them."""

from __future__ import annotations

import os
import selectors
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from emblem.errors import EmblemError, InputError
from emblem.model.target import Target
from emblem.scanning.examiner import Examiner, not_examined
from emblem.scanning.finding import Finding, Miss, Task
from emblem.scanning.frames import Results
from emblem.scanning.inquiry import KNOWN, MOST_SERVERS, OUTCOMES, SERVER_SHIFT
from emblem.scanning.process import Process, ProcessEndedError
from emblem.scanning.settings import ScanSettings
from emblem.scanning.statistics import Statistics

BATCH = 256
"""Tasks that a process is given at once, where there are so many."""

MOST_PROCESSES_LOST = 3
"""Processes that end before they have begun, one after the other, until the scan gives up; and processes that end with
the same task until that is given up."""

_LEAST_UNDER_WAY = 1024
_LOOK_AGAIN = 0.05
_LOOK_AFTER = 5.0


class ScanError(EmblemError):
    """A scan cannot go on: its processes do not run."""


class Scan:
    """The findings of many tasks, each as soon as it is known, so not in the order of the tasks.

    An iterator, and a context manager that closes it. Tasks are taken only as findings are taken, and only while there
    are few enough under way; they are never held. Nothing global is touched: no signal handlers, no logging, and no
    thread; the processes that ask end with the scan, and with this process.

    Args:
        tasks: what to ask about. Where it gives None there is no task at the moment: the findings known so far are
            given, and it is asked again a little later, or as soon as there is something to read from ``source``.
        settings: how to ask.
        source: the file descriptor that ``tasks`` reads from, where it may have to wait.

    Raises:
        ResolverError: no resolver can be asked as configured.
        InputError: there are too many resolvers, or the trust anchors are none.
    """

    def __init__(self, tasks: Iterable[Task | None], settings: ScanSettings, *, source: int | None = None) -> None:
        servers = settings.servers()
        if len(servers) > MOST_SERVERS:
            raise InputError("resolvers", f"{len(servers)} of them", f"at most {MOST_SERVERS}")
        Examiner(settings, servers)  # It refuses what cannot be used, which in another process nobody would see.
        self.statistics = Statistics()
        """What was counted so far."""
        self._servers = tuple(map(str, servers))
        self._settings = replace(settings, resolvers=self._servers)
        self._most_processes = settings.processes or _processors()
        self._most_under_way = _LEAST_UNDER_WAY + 2 * settings.window * len(servers)
        self._tasks: Iterator[Task | None] | None = iter(tasks)
        self._source = source
        self._repeated: deque[Task] = deque()
        self._fates: dict[int, int] = {}
        self._lost_in_a_row = 0
        self._found: deque[Finding] = deque()
        self._misses: dict[bytes, Miss] = {}
        self._misses_at = 0
        self._processes: list[Process] = []
        self._selector = selectors.PollSelector()
        self._waits = False
        self._closed = False

    def __iter__(self) -> Iterator[Finding]:
        return self

    def __next__(self) -> Finding:
        while not self._found:
            if self._closed:
                raise StopIteration
            self._feed()
            if self._found:
                break
            if self._tasks is None and not self._repeated and not any(process.tasks for process in self._processes):
                self.close()
                raise StopIteration
            self._wait()
        finding = self._found.popleft()
        self.statistics.statuses[finding.status] += 1
        return finding

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop, and leave nothing running. Tasks without a finding yet get none."""
        self._closed = True
        self._found.clear()
        for process in self._processes:
            process.end()
        self._processes.clear()
        self._selector.close()

    def _feed(self) -> None:
        """Give tasks to the processes that have few, as long as there are tasks; start further processes if need be."""
        self._waits = False
        while (batch_of := self._neediest()) is not None:
            tasks = self._next_tasks()
            if not tasks:
                return
            process = batch_of()
            try:
                process.give(tasks)
            except ProcessEndedError:
                self._replace(process)
            if self._waits:
                return

    def _neediest(self) -> Callable[[], Process] | None:
        """Who takes the next tasks: the process that has fewest, or, if all have many, a new one; nobody, if all are
        full."""
        processes = self._processes
        least = min(processes, key=lambda one: len(one.tasks)) if processes else None
        if least is not None and len(least.tasks) < self._most_under_way // 2:
            return lambda: least
        if len(processes) < self._most_processes:
            return self._start
        if least is not None and len(least.tasks) <= self._most_under_way - BATCH:
            return lambda: least
        return None

    def _start(self) -> Process:
        try:
            process = Process(self._settings, self._most_processes)
        except (OSError, ProcessEndedError) as error:
            raise ScanError(f"the scan cannot start a process that asks: {error}") from error
        self._processes.append(process)
        self._selector.register(process.descriptor, selectors.EVENT_READ, process)
        return process

    def _next_tasks(self) -> list[Task]:
        """The next tasks, as many as are given at once; fewer where there are no more at the moment."""
        tasks: list[Task] = []
        while self._repeated and len(tasks) < BATCH:
            tasks.append(self._repeated.popleft())
        if self._tasks is None:
            return tasks
        taken = len(tasks)
        for task in self._tasks:
            if task is None:
                self._waits = True
                break
            tasks.append(task)
            if len(tasks) >= BATCH:
                break
        else:
            self._tasks = None
        self.statistics.tasks += len(tasks) - taken
        return tasks

    def _wait(self) -> None:
        """Wait until a process has told something, or there may be a further task; take what was told."""
        source = self._source if self._waits and self._tasks is not None else None
        if source is not None:
            self._selector.register(source, selectors.EVENT_READ, None)
        try:
            patience = _LOOK_AGAIN if self._waits and source is None else _LOOK_AFTER
            ready = self._selector.select(patience)
        finally:
            if source is not None:
                self._selector.unregister(source)
        for key, _ in ready:
            if isinstance(key.data, Process):
                self._read(key.data)
        for process in [one for one in self._processes if one.tasks and one.stalled]:
            self._replace(process)

    def _read(self, process: Process) -> None:
        try:
            told = process.read()
        except ProcessEndedError:
            self._replace(process)
            return
        for results in told:
            self._take(process, results)

    def _take(self, process: Process, results: Results) -> None:
        found = self._found
        pop = process.tasks.pop
        self._lost_in_a_row = 0
        if results.at != self._misses_at:
            self._misses.clear()
            self._misses_at = results.at
        for state, numbers in results.misses.items():
            miss = self._misses.get(state)
            if miss is None:
                miss = self._misses[state] = self._miss(state)
            self.statistics.at_first_sight += len(numbers)
            for number in numbers:
                found.append(Finding(number, pop(number).target, None, miss))
        for number, verdict in results.verdicts:
            found.append(Finding(number, pop(number).target, verdict))
        self.statistics.examined += results.examined
        self.statistics.count_resolvers(results.counted)

    def _miss(self, state: bytes) -> Miss:
        denials = (
            (place, OUTCOMES[known & KNOWN], known >> SERVER_SHIFT) for place, known in enumerate(state) if known
        )
        return Miss(self._misses_at, tuple(denials), self._servers)

    def _replace(self, process: Process) -> None:
        """A process has ended, or hangs: its tasks are done again, unless they have been the end of several."""
        self._selector.unregister(process.descriptor)
        self._processes.remove(process)
        process.end(at_once=True)
        self.statistics.processes_lost += 1
        self._lost_in_a_row += 1
        if self._lost_in_a_row == MOST_PROCESSES_LOST:
            raise ScanError("the processes that ask end before they have asked anything")
        self._repeat(list(process.tasks.values()))

    def _repeat(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            fate = self._fates[task.number] = self._fates.get(task.number, 0) + 1
            if fate < MOST_PROCESSES_LOST:
                self._repeated.append(task)
                self.statistics.tasks_repeated += 1
            else:
                message = f"{fate} processes that asked about it ended before there was an answer"
                self._found.append(Finding(task.number, task.target, not_examined(task.target, message)))


def _processors() -> int:
    """The processors that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def scan(tasks: Iterable[Task | None], settings: ScanSettings, *, source: int | None = None) -> Scan:
    """Ask about many targets; see :class:`Scan`."""
    return Scan(tasks, settings, source=source)


def scan_each(
    tasks: Iterable[Task | None],
    tell: Callable[[Finding], object],
    settings: ScanSettings,
    *,
    source: int | None = None,
) -> Statistics:
    """Ask about many targets, and tell each finding as soon as it is known; returns what was counted.

    Args:
        tasks: as of :class:`Scan`.
        tell: is called in the calling thread. While it runs no further tasks are taken; what it raises ends the scan,
            and is raised here.
        settings: as of :class:`Scan`.
        source: as of :class:`Scan`.

    Raises:
        ResolverError: as of :class:`Scan`.
        InputError: as of :class:`Scan`.
        ScanError: the processes that ask do not run.
    """
    with Scan(tasks, settings, source=source) as running:
        for finding in running:
            tell(finding)
    return running.statistics


def numbered(targets: Iterable[Target | str | None]) -> Iterator[Task | None]:
    """Tasks for targets in their order; None where there is none at the moment.

    Raises:
        InvalidNameError: a target is neither a host name nor an address.
    """
    number = 0
    for target in targets:
        if target is None:
            yield None
            continue
        yield Task(number, Target.parse(target) if isinstance(target, str) else target)
        number += 1
