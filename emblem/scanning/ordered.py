"""Findings in the order of their tasks, without holding many back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from emblem.scanning.finding import Finding, Task

MOST_WAITING = 100_000
"""Tasks that are asked about before the first of them has its finding."""


class Ordering:
    """Puts findings in the order of their tasks.

    One target that takes long holds back all that come after it. So that these do not become too many, no new tasks
    are given when the first without a finding is too far behind: the tasks go through here, too.

    Args:
        most: how many may wait.
    """

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most = most
        self._waiting: dict[int, Finding] = {}
        self._expected: deque[int] = deque()

    def tasks(self, tasks: Iterable[Task | None]) -> Iterator[Task | None]:
        """The tasks, and None for as long as too many are waited for."""
        for task in tasks:
            if task is not None:
                while len(self._expected) >= self._most:
                    yield None
                self._expected.append(task.number)
            yield task

    def findings(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings, in the order in which the tasks were given."""
        for finding in findings:
            self._waiting[finding.number] = finding
            while self._expected and self._expected[0] in self._waiting:
                yield self._waiting.pop(self._expected.popleft())
