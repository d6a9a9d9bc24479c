"""Findings as a Parquet file. Needs the extra ``parquet``.

A Parquet file can be read only when its end is written, so that one cannot be continued. While a scan runs, rows
therefore go to a file beside it, as record batches of Arrow, which is good up to any batch; of that the Parquet file is
made at the end, and takes its place in one step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from emblem.scanning.finding import Finding
from emblem.scanning.results.files import GrowingFile, check_absent, whole_file
from emblem.scanning.results.rows import COLUMNS, FindingRows, Row

ROW_GROUP = 64 * 1024
"""Rows that a group has at the most, and that are held in memory when the file is made."""

_BATCH = 4096


class ParquetSink:
    """See :class:`~emblem.scanning.results.sink.Sink`.

    Args:
        path: the file that there will be.
        position: what the last ``sync`` said, where a scan is resumed.

    Raises:
        InputError: the file exists, and no scan is resumed.
        ModuleNotFoundError: the extra is not installed.
    """

    def __init__(self, path: Path, position: int | None = None) -> None:
        self._schema = _schema()
        self._path = path
        if position is None:
            check_absent(path)
        self._batches = GrowingFile(_beside(path), position)
        self._findings = FindingRows()
        self._rows: list[Row] = []
        self._begun = bool(position)

    def write(self, finding: Finding) -> None:
        """Take a row."""
        self._rows.append(self._findings.row(finding))
        if len(self._rows) == _BATCH:
            self._write_batch()

    def sync(self) -> int:
        """Put all rows on disk, in the file beside; how long that is."""
        self._write_batch()
        return self._batches.sync()

    def finish(self) -> None:
        """Make the Parquet file of all rows, and put it in its place."""
        import pyarrow.parquet

        self._begin()
        self.sync()
        with whole_file(self._path) as file, pyarrow.parquet.ParquetWriter(file, self._schema) as writer:
            for group in _groups(_beside(self._path)):
                writer.write_table(group, row_group_size=ROW_GROUP)

    def close(self) -> None:
        """Close the file beside."""
        self._batches.close()

    def clean(self) -> None:
        """Remove the file beside."""
        _beside(self._path).unlink(missing_ok=True)

    def _write_batch(self) -> None:
        if self._rows:
            self._begin()
            self._batches.write(_batch(self._rows, self._schema).serialize().to_pybytes())
            self._rows.clear()

    def _begin(self) -> None:
        if not self._begun:
            self._batches.write(self._schema.serialize().to_pybytes())
            self._begun = True


class ParquetPart:
    """A Parquet file that is written at one go. A context manager.

    Args:
        file: where it is written.
    """

    def __init__(self, file: BinaryIO) -> None:
        import pyarrow.parquet

        self._schema = _schema()
        self._writer = pyarrow.parquet.ParquetWriter(file, self._schema)
        self._findings = FindingRows()
        self._rows: list[Row] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def write(self, finding: Finding) -> None:
        """Take a row."""
        self._rows.append(self._findings.row(finding))
        if len(self._rows) == ROW_GROUP:
            self._write_group()

    def end(self, notes: Mapping[str, str]) -> None:
        """Write what is left, and notes into the file's metadata."""
        self._write_group()
        self._writer.add_key_value_metadata(dict(notes))

    def _write_group(self) -> None:
        if self._rows:
            self._writer.write_batch(_batch(self._rows, self._schema))
            self._rows.clear()


def read_notes(path: Path) -> dict[str, str]:
    """The notes in a file's metadata; none where it cannot be read."""
    import pyarrow
    import pyarrow.parquet

    try:
        notes = pyarrow.parquet.read_metadata(path).metadata or {}
    except (OSError, pyarrow.ArrowInvalid):
        return {}
    return {name.decode("utf-8", "replace"): value.decode("utf-8", "replace") for name, value in notes.items()}


def read_statuses(path: Path, statuses: Collection[str]) -> Iterator[tuple[str, str]]:
    """The targets in a file with one of these statuses, each with its status."""
    import pyarrow.parquet

    with pyarrow.parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=["target", "status"]):
            for target, status in zip(batch["target"].to_pylist(), batch["status"].to_pylist(), strict=True):
                if status in statuses:
                    yield target, status


def _batch(rows: Sequence[Row], schema: Any) -> Any:
    import pyarrow

    columns = zip(zip(*rows, strict=True), schema, strict=True)
    arrays = [pyarrow.array(values, field.type) for values, field in columns]
    return pyarrow.record_batch(arrays, schema=schema)


def _schema() -> Any:
    import pyarrow

    kinds = {"trusted": pyarrow.bool_()}
    return pyarrow.schema([pyarrow.field(name, kinds.get(name, pyarrow.string())) for name in COLUMNS])


def _groups(batches: Path) -> Iterator[Any]:
    """The rows of a file of batches, in tables that are row groups."""
    import pyarrow

    gathered: list[Any] = []
    rows = 0
    with batches.open("rb") as file, pyarrow.ipc.open_stream(file) as reader:
        for batch in reader:
            gathered.append(batch)
            rows += batch.num_rows
            if rows >= ROW_GROUP:
                table = pyarrow.Table.from_batches(gathered)
                yield table.slice(0, ROW_GROUP)
                gathered = table.slice(ROW_GROUP).to_batches()
                rows -= ROW_GROUP
        yield pyarrow.Table.from_batches(gathered, reader.schema)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.rows")
