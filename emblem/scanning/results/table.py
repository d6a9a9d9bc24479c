"""Findings as a table in CSV (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from emblem.model.verdict import Verdict
from emblem.scanning.finding import Finding
from emblem.scanning.results.files import GrowingFile
from emblem.scanning.results.misses import FindingLines
from emblem.scanning.results.rows import COLUMNS, row_of


class CsvSink:
    """A header, and one row a verdict. See :class:`~emblem.scanning.results.sink.Sink`.

    Args:
        path: the file.
        position: what the last ``sync`` said, where a scan is resumed.
    """

    def __init__(self, path: Path, position: int | None = None) -> None:
        self._file = GrowingFile(path, position)
        self._lines = FindingLines(_verdict_row)
        self._begun = bool(position)

    def write(self, finding: Finding) -> None:
        """Append a row."""
        self._begin()
        self._file.write(self._lines.line(finding).encode())

    def sync(self) -> int:
        """Put the file on disk; how long it is."""
        return self._file.sync()

    def finish(self) -> None:
        """The file is whole after each row."""
        self._begin()
        self._file.sync()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def clean(self) -> None:
        """There is nothing else."""

    def _begin(self) -> None:
        if not self._begun:
            self._file.write(_written(COLUMNS).encode())
            self._begun = True


def _verdict_row(verdict: Verdict) -> str:
    values = ("true" if value is True else "false" if value is False else value for value in row_of(verdict))
    return _written(values)


def _written(values: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue()
