"""From lists to tasks: read, leave out, put in order, number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from emblem.errors import InputError
from emblem.scanning.completed import Completed
from emblem.scanning.finding import Task
from emblem.scanning.targets.chunks import Chunks
from emblem.scanning.targets.entry import Entry, parse_entry, size_of
from emblem.scanning.targets.exclusions import Exclusions
from emblem.scanning.targets.fingerprint import Fingerprint
from emblem.scanning.targets.formats import ListFormat, texts_of
from emblem.scanning.targets.problems import Problems
from emblem.scanning.targets.ranges import LARGEST_RANGE, AddressRange
from emblem.scanning.targets.shuffle import Spool, order
from emblem.scanning.targets.unique import Seen


@dataclass(frozen=True, slots=True)
class Source:
    """A list of targets.

    Args:
        name: what it is called in messages.
        chunks: opens it.
        form: its format; recognized where left out.
        column: the column of a table.
        size: its bytes, where that is known.
    """

    name: str
    chunks: Callable[[], Chunks]
    form: ListFormat | None = None
    column: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What of the lists is asked about, and in which order.

    Args:
        exclusions: what is left out.
        unique: whether duplicates are left out.
        seed: of an order that does not follow the lists; None: in the order of the lists.
        largest_range: how many addresses a range may have.
    """

    exclusions: Exclusions = field(default_factory=Exclusions)
    unique: bool = False
    seed: int | None = None
    largest_range: int = LARGEST_RANGE


@dataclass(slots=True)
class TargetCounts:
    """What became of the entries of all lists so far.

    Args:
        problems: entries that are no targets.
        excluded: targets that were left out because they are excluded.
        duplicates: targets that were left out because they were there before.
        taken: targets that were not left out.
        complete: whether the lists were read to their ends, so that ``taken`` is final.
        bytes_read: of all lists.
        size: bytes of all lists, where that is known.
    """

    problems: Problems = field(default_factory=Problems)
    excluded: int = 0
    duplicates: int = 0
    taken: int = 0
    complete: bool = False
    bytes_read: int = 0
    size: int | None = None

    @property
    def expected(self) -> int | None:
        """How many targets there will be: known at the end; before, by how much of the lists was read, if it can be."""
        if self.complete:
            return self.taken
        if self.size is None or not self.bytes_read:
            return None
        return max(self.taken, round(self.taken * self.size / self.bytes_read))


class TaskStream:
    """The tasks of a scan, made from lists one at a time; None where there is none at the moment.

    Args:
        sources: the lists, read one after the other.
        selection: what is asked about, and in which order.
        done: numbers of tasks that a scan that is resumed has findings for; they are left out.
        fingerprint: follows the targets, where a scan can be resumed.

    Raises:
        InputError: while it is iterated: a table has no such column, or the lists are not those that a scan was begun
            with.
        OSError: while it is iterated: a list cannot be read.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        selection: Selection,
        *,
        done: Completed | None = None,
        fingerprint: Fingerprint | None = None,
    ) -> None:
        sizes = [source.size for source in sources if source.size is not None]
        self.counts = TargetCounts(size=sum(sizes) if len(sizes) == len(sources) else None)
        self._sources = sources
        self._selection = selection
        self._done = Completed() if done is None else done
        self._fingerprint = fingerprint

    def __iter__(self) -> Iterator[Task | None]:
        entries, done, seed = self._selected(), self._done, self._selection.seed
        tasks = _in_order(entries, done.below) if seed is None else _shuffled(entries, done.below, seed)
        return tasks if done.complete else (task for task in tasks if task is None or task.number not in done)

    def _selected(self) -> Iterator[Entry | None]:
        """The entries that are asked about, in the order of the lists."""
        entries = self._entries()
        if self._selection.exclusions:
            entries = self._without_excluded(entries)
        if self._selection.unique:
            entries = self._without_duplicates(entries)
        fingerprint = self._fingerprint
        for entry in entries:
            if entry is not None:
                self.counts.taken += size_of(entry)
                if fingerprint is not None:
                    fingerprint.follow(entry)
            yield entry
        if fingerprint is not None:
            fingerprint.end()
        self.counts.complete = True

    def _entries(self) -> Iterator[Entry | None]:
        largest, problems = self._selection.largest_range, self.counts.problems
        for source in self._sources:
            chunks = self._counted(source.chunks())
            for mention in texts_of(source.name, chunks, problems, form=source.form, column=source.column):
                if mention is None:
                    yield None
                    continue
                line, text = mention
                try:
                    entry = parse_entry(text, largest)
                except InputError as error:
                    problems.note(source.name, line, error)
                else:
                    yield entry

    def _counted(self, chunks: Chunks) -> Chunks:
        for chunk in chunks:
            self.counts.bytes_read += 0 if chunk is None else len(chunk)
            yield chunk

    def _without_excluded(self, entries: Iterable[Entry | None]) -> Iterator[Entry | None]:
        exclusions = self._selection.exclusions
        for entry in entries:
            if entry is None:
                yield None
                continue
            left = exclusions.left_of(entry)
            self.counts.excluded += size_of(entry) - sum(map(size_of, left))
            yield from left

    def _without_duplicates(self, entries: Iterable[Entry | None]) -> Iterator[Entry | None]:
        seen = Seen()
        try:
            for entry in entries:
                if entry is None:
                    yield None
                    continue
                left = size_of(entry)
                for new in seen.new_of(entry):
                    left -= size_of(new)
                    yield new
                self.counts.duplicates += left
        finally:
            seen.close()


def _in_order(entries: Iterable[Entry | None], below: int) -> Iterator[Task | None]:
    """The tasks from a number on; a range before it costs nothing."""
    number = 0
    for entry in entries:
        if entry is None:
            yield None
            continue
        if isinstance(entry, AddressRange):
            for offset in range(max(0, below - number), entry.count):
                yield Task(number + offset, entry.target(offset))
        elif number >= below:
            yield Task(number, entry)
        number += size_of(entry)


def _shuffled(entries: Iterable[Entry | None], below: int, seed: int) -> Iterator[Task | None]:
    """The tasks from a number on; all lists are read to their end before the first is known."""
    spool = Spool()
    try:
        for entry in entries:
            if entry is None:
                yield None
            else:
                spool.add(entry)
        spool.seal()
        positions = islice(order(spool.targets, seed), below, None)
        for number, position in enumerate(positions, start=below):
            yield Task(number, spool.target(position))
    finally:
        spool.close()
