"""What a scan came to, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from emblem.model.verdict import Status
from emblem.scanning.results.exclusion_lists import ExclusionCounts
from emblem.scanning.statistics import Statistics
from emblem.scanning.targets.stream import TargetCounts

SCHEMA = "emblem.scan-summary/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a scan came to.

    Args:
        finished: whether every target has its finding.
        seconds: that it took, since it was begun or resumed.
        statuses: how many targets have each status, those before a resumption among them.
        here: how many targets were asked about since it was begun or resumed.
        targets: what became of the entries of the lists.
        statistics: what was asked.
        exclusions: what the exclusion lists came to, where there are any.
        seed: of the order, where it does not follow the lists.
        outputs: files that were written.
        resume_with: the checkpoint that it can be resumed from, where it did not finish.
    """

    finished: bool
    seconds: float
    statuses: Mapping[Status, int]
    here: int
    targets: TargetCounts
    statistics: Statistics = field(default_factory=Statistics)
    exclusions: ExclusionCounts | None = None
    seed: int | None = None
    outputs: tuple[str, ...] = ()
    resume_with: str | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is known to be missing: in the lists that were read, or in those that were written."""
        missing = self.exclusions is not None and self.exclusions.unresolved
        return self.finished and not self.targets.problems.incomplete and not missing

    def members(self) -> dict[str, Any]:
        """The members of a JSON object."""
        problems = self.targets.problems
        return {
            "schema": SCHEMA,
            "finished": self.finished,
            "complete": self.complete,
            "seconds": round(self.seconds, 3),
            "statuses": {status.value: self.statuses.get(status, 0) for status in Status},
            "asked_since_begun_or_resumed": self.here,
            "targets": {
                "taken": self.targets.taken,
                "excluded": self.targets.excluded,
                "duplicates": self.targets.duplicates,
                "malformed": problems.malformed,
                "too_long": problems.too_long,
                "problems": [str(problem) for problem in problems.shown],
                "not_read_to_the_end": list(problems.incomplete),
            },
            "queries": self.statistics.queries,
            "resolvers": {name: asdict(counted) for name, counted in self.statistics.resolvers.items()},
            "processes_lost": self.statistics.processes_lost,
            "exclusion_lists": None if self.exclusions is None else asdict(self.exclusions),
            "seed": self.seed,
            "outputs": list(self.outputs),
            "resume_with": self.resume_with,
        }
