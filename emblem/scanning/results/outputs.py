"""Which outputs a scan has, as they are named on a command line, and how they are opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from emblem.errors import InputError
from emblem.model.verdict import Status
from emblem.scanning.addresses import Resolve
from emblem.scanning.results.exclusion_formats import ExclusionFormat
from emblem.scanning.results.exclusion_lists import Addresses, ExclusionSink
from emblem.scanning.results.json_lines import JsonLinesSink
from emblem.scanning.results.sink import MARKED, Sink
from emblem.scanning.results.table import CsvSink


class ResultFormat(StrEnum):
    """Formats with a verdict a line or row."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


_ENDINGS = {
    ".json": ResultFormat.JSON,
    ".jsonl": ResultFormat.JSON,
    ".ndjson": ResultFormat.JSON,
    ".csv": ResultFormat.CSV,
    ".parquet": ResultFormat.PARQUET,
}
_RESULT_FORMATS = {form.value: form for form in ResultFormat}
_EXCLUSION_FORMATS = {form.value: form for form in ExclusionFormat}


@dataclass(frozen=True, slots=True)
class Output:
    """A file that a scan writes, and its format."""

    form: ResultFormat | ExclusionFormat
    path: Path

    @classmethod
    def parse(cls, text: str) -> Output:
        """Read ``FORMAT:FILE``, or ``FILE`` where its ending tells the format.

        Raises:
            InputError: the format is not known.
        """
        name, colon, path = text.partition(":")
        form = _RESULT_FORMATS.get(name) or _EXCLUSION_FORMATS.get(name)
        if form is not None and colon and path:
            return cls(form, Path(path))
        ending = _ENDINGS.get(Path(text).suffix.lower())
        if ending is None:
            formats = ", ".join((*_RESULT_FORMATS, *_EXCLUSION_FORMATS))
            expected = f"FORMAT:FILE with one of {formats}, or a file that ends in {', '.join(_ENDINGS)}"
            raise InputError("output", repr(text), expected)
        return cls(ending, Path(text))

    def __str__(self) -> str:
        return f"{self.form.value}:{self.path}"


@dataclass(frozen=True, slots=True)
class OpenOutputs:
    """Outputs that are open; ``exclusions`` is the one among ``sinks`` that writes exclusion lists, if any."""

    sinks: tuple[Sink, ...]
    exclusions: ExclusionSink | None


def open_outputs(
    outputs: Sequence[Output],
    resolve: Resolve,
    *,
    positions: Sequence[int] | None = None,
    addresses: Addresses = Addresses.BOTH,
    statuses: frozenset[Status] = MARKED,
) -> OpenOutputs:
    """Open the outputs of a scan: one sink for each file of results, and one for all exclusion lists.

    Args:
        outputs: the files.
        resolve: finds the addresses of marked names, for exclusion lists.
        positions: of each sink, where a scan is resumed.
        addresses: which addresses exclusion lists have.
        statuses: which count as marked there.

    Raises:
        InputError: a file is named twice, exists, or is not as it was left.
        OSError: a file cannot be opened.
        ModuleNotFoundError: a format needs an extra that is not installed.
    """
    paths = [output.path.absolute() for output in outputs]
    if len(set(paths)) < len(paths):
        raise InputError("output", "the same file twice", "a file for each output")
    openers: list[Callable[[int | None], Sink]] = [
        _opener(output.form, output.path) for output in outputs if isinstance(output.form, ResultFormat)
    ]
    lists = [(output.form, output.path) for output in outputs if isinstance(output.form, ExclusionFormat)]
    if positions is not None and len(positions) != len(openers) + bool(lists):
        raise InputError("outputs", str(len(openers) + bool(lists)), f"{len(positions)}, as there were")
    given = iter([None] * (len(openers) + 1) if positions is None else positions)
    opened: list[Sink] = []
    try:
        for opener in openers:
            opened.append(opener(next(given)))
        exclusions = None
        if lists:
            exclusions = ExclusionSink(lists, resolve, next(given), addresses=addresses, statuses=statuses)
            opened.append(exclusions)
    except BaseException:
        for sink in opened:
            sink.close()
        raise
    return OpenOutputs(tuple(opened), exclusions)


def _opener(form: ResultFormat, path: Path) -> Callable[[int | None], Sink]:
    def opener(position: int | None) -> Sink:
        if form is ResultFormat.JSON:
            return JsonLinesSink(path, position)
        if form is ResultFormat.CSV:
            return CsvSink(path, position)
        from emblem.scanning.results.parquet import ParquetSink

        return ParquetSink(path, position)

    return opener
