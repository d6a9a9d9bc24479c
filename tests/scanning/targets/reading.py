"""Reading lists the way the scanner does, in few words."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from emblem.scanning.targets.chunks import Chunks, chunks_of_stream
from emblem.scanning.targets.exclusions import Exclusions
from emblem.scanning.targets.formats import ListFormat, texts_of
from emblem.scanning.targets.problems import Problems
from emblem.scanning.targets.stream import Selection, Source, TaskStream


def texts(data: str | bytes, form: ListFormat | None = None, column: str | None = None) -> list[str]:
    """The entries of a list that has no faults."""
    problems = Problems()
    found = texts_with(problems, data, form, column)
    assert problems == Problems()
    return found


def texts_with(
    problems: Problems, data: str | bytes, form: ListFormat | None = None, column: str | None = None
) -> list[str]:
    """The entries of a list, and what was wrong with it."""
    raw = data.encode() if isinstance(data, str) else data
    mentions = texts_of("list", chunks_of_stream(io.BytesIO(raw)), problems, form=form, column=column)
    return [mention[1] for mention in mentions if mention is not None]


def pieces(*chunks: bytes | None) -> Chunks:
    """A stream that gives these pieces."""
    return iter(chunks)


def source_of(entries: Iterable[str], name: str = "list") -> Source:
    """A plain list as a source, made a line at a time."""

    def chunks() -> Iterator[bytes]:
        for entry in entries:
            yield f"{entry}\n".encode()

    return Source(name, chunks, ListFormat.PLAIN)


def stream_of(*entries: str, exclude: Iterable[str] = (), unique: bool = False, seed: int | None = None) -> TaskStream:
    """A plain list as a stream of tasks."""
    selection = Selection(exclusions=Exclusions(exclude), unique=unique, seed=seed)
    return TaskStream([source_of(entries)], selection)


def targets_of(stream: TaskStream) -> list[str]:
    """The targets of a stream, in its order."""
    return [task.target.text for task in stream if task is not None]
