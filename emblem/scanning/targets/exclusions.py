"""What is not to be asked about: names, with or without what is below them, addresses and ranges."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from emblem.errors import InputError
from emblem.model.names import normalize_name
from emblem.scanning.targets.entry import Entry, parse_entry
from emblem.scanning.targets.ranges import AddressRange, range_of

MOST_EXCLUSIONS = 1_000_000
"""Entries of exclusion lists, which are held in memory."""

_EVERY_ADDRESS = 1 << 128


class Exclusions:
    """Names and addresses that are left out.

    Args:
        entries: a host name, for that name; one with a leading dot or ``*.``, for everything below it and itself; an
            address; a range of any size; a URL, for its host.
        with_subdomains: whether every name stands for what is below it, too.

    Raises:
        InputError: an entry is none of these, or there are more than ``MOST_EXCLUSIONS``.
    """

    def __init__(self, entries: Iterable[str] = (), *, with_subdomains: bool = False) -> None:
        self._names: set[str] = set()
        self._domains: set[str] = set()
        ranges: list[AddressRange] = []
        for count, text in enumerate(entries, start=1):
            if count > MOST_EXCLUSIONS:
                raise InputError("exclusions", f"more than {MOST_EXCLUSIONS} entries", "fewer, or larger ranges")
            self._add(text.strip(), ranges, with_subdomains)
        self._starts: dict[int, list[int]] = {}
        self._ends: dict[int, list[int]] = {}
        for version in (4, 6):
            merged = list(_merged(one for one in ranges if one.version == version))
            self._starts[version] = [first for first, _ in merged]
            self._ends[version] = [last for _, last in merged]

    def __bool__(self) -> bool:
        return bool(self._names or self._domains or any(self._starts.values()))

    def left_of(self, entry: Entry) -> tuple[Entry, ...]:
        """What is left of an entry: itself, nothing, or of a range the parts that are not excluded, in order."""
        if isinstance(entry, AddressRange):
            return tuple(self._left_of_range(entry))
        if entry.address is None:
            return () if self._excludes_name(entry.text) else (entry,)
        return (entry,) if any(self._left_of_range(range_of(entry.address))) else ()

    def _add(self, text: str, ranges: list[AddressRange], with_subdomains: bool) -> None:
        if text.startswith((".", "*.")):
            self._domains.add(normalize_name(text.removeprefix("*").removeprefix(".")))
            return
        entry = parse_entry(text, _EVERY_ADDRESS)
        if isinstance(entry, AddressRange):
            ranges.append(entry)
        elif entry.address is not None:
            ranges.append(range_of(entry.address))
        else:
            (self._domains if with_subdomains else self._names).add(entry.text)

    def _excludes_name(self, name: str) -> bool:
        if name in self._names or name in self._domains:
            return True
        if self._domains:
            while name := name.partition(".")[2]:
                if name in self._domains:
                    return True
        return False

    def _left_of_range(self, one: AddressRange) -> Iterator[AddressRange]:
        starts, ends = self._starts[one.version], self._ends[one.version]
        first = one.first
        place = max(0, bisect_right(starts, first) - 1)
        while first <= one.last and place < len(starts) and starts[place] <= one.last:
            if ends[place] >= first:
                if starts[place] > first:
                    yield AddressRange(one.version, first, starts[place] - 1)
                first = ends[place] + 1
            place += 1
        if first <= one.last:
            yield AddressRange(one.version, first, one.last)


def _merged(ranges: Iterable[AddressRange]) -> Iterator[tuple[int, int]]:
    """The ranges of one family in order, those that overlap or touch as one."""
    first: int | None = None
    last = -1
    for one in sorted(ranges, key=lambda one: one.first):
        if first is not None and one.first <= last + 1:
            last = max(last, one.last)
            continue
        if first is not None:
            yield first, last
        first, last = one.first, one.last
    if first is not None:
        yield first, last
