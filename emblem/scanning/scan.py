"""A scan: tasks in, findings out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from emblem.scanning.finding import Finding, Task
from emblem.scanning.settings import DnssecCheck, ScanSettings
from emblem.scanning.statistics import Statistics
from emblem.verifier.drivers import Verifier


class Scan:
    """The findings of many tasks, each as soon as it is known, so not in the order of the tasks.

    An iterator, and a context manager that closes it. Tasks are taken only as findings are taken, and only while there
    are few enough under way; they are never held. Nothing global is touched: no signal handlers, no logging.

    Args:
        tasks: what to ask about. Where it gives None there is no task at the moment: the findings known so far are
            given, and it is asked again a little later, or as soon as there is something to read from ``source``.
        settings: how to ask.
        source: the file descriptor that ``tasks`` reads from, where it may have to wait.

    Raises:
        ResolverError: no resolver can be asked as configured.
    """

    def __init__(self, tasks: Iterable[Task | None], settings: ScanSettings, *, source: int | None = None) -> None:
        self.statistics = Statistics()
        """What was counted so far."""
        self._tasks = iter(tasks)
        self._source = source
        self._verifier = Verifier(
            settings.trust,
            resolvers=settings.servers(),
            resolver_ca=settings.resolver_ca,
            profile=settings.profile,
            dnssec=settings.checked_dnssec is not DnssecCheck.SKIP,
            anchors=settings.trust_anchors(),
            covert=settings.covert,
            retries=settings.retries,
            timeout=settings.timeout,
        )

    def __iter__(self) -> Iterator[Finding]:
        return self

    def __next__(self) -> Finding:
        task = next(self._tasks)
        while task is None:
            task = next(self._tasks)
        self.statistics.tasks += 1
        finding = Finding(task.number, task.target, self._verifier.verify(task.target))
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
        self._tasks = iter(())


def scan(tasks: Iterable[Task | None], settings: ScanSettings, *, source: int | None = None) -> Scan:
    """Ask about many targets; see :class:`Scan`."""
    return Scan(tasks, settings, source=source)
