"""Findings as JSON lines, in the published schema of verdicts."""

from __future__ import annotations

from pathlib import Path

from emblem.report.json import verdict_line
from emblem.scanning.finding import Finding
from emblem.scanning.results.files import GrowingFile
from emblem.scanning.results.misses import FindingLines


class JsonLinesSink:
    """One verdict a line. See :class:`~emblem.scanning.results.sink.Sink`.

    Args:
        path: the file.
        position: what the last ``sync`` said, where a scan is resumed.
    """

    def __init__(self, path: Path, position: int | None = None) -> None:
        self._file = GrowingFile(path, position)
        self._lines = FindingLines(verdict_line)

    def write(self, finding: Finding) -> None:
        """Append a finding."""
        self._file.write(f"{self._lines.line(finding)}\n".encode())

    def sync(self) -> int:
        """Put the file on disk; how long it is."""
        return self._file.sync()

    def finish(self) -> None:
        """The file is whole after each line."""
        self._file.sync()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def clean(self) -> None:
        """There is nothing else."""
