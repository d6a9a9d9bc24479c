"""Duplicates left out: exactly, on disk, and as a stream."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from emblem.scanning.targets.entry import Entry
from emblem.scanning.targets.ranges import AddressRange, range_of

_MEMORY = 32 * 1024
"""KiB of what was seen that are kept in memory; the rest is in a file without a name, which ends with the process."""

_SCHEMA = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -{_MEMORY};
CREATE TABLE names (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE ranges (first BLOB PRIMARY KEY, last BLOB NOT NULL) WITHOUT ROWID;
BEGIN;
"""


class Seen:
    """Everything that came by: names one by one, addresses as ranges that do not overlap.

    What is compared are the names and addresses themselves, so that nothing is taken for a duplicate that is none.
    """

    def __init__(self) -> None:
        # The empty name stands for a database in a temporary file of its own.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def new_of(self, entry: Entry) -> Iterator[Entry]:
        """What of an entry was not there before: itself, nothing, or parts of a range, in order. It is then known."""
        if isinstance(entry, AddressRange):
            yield from self._new_ranges(entry)
        elif entry.address is None:
            if self._database.execute("INSERT OR IGNORE INTO names VALUES (?)", (entry.text,)).rowcount:
                yield entry
        elif list(self._new_ranges(range_of(entry.address))):
            yield entry

    def _new_ranges(self, one: AddressRange) -> Iterator[AddressRange]:
        covered = one
        first = one.first
        for start, end in self._touching(one):
            if start > first:
                yield AddressRange(one.version, first, start - 1)
            first = max(first, end + 1)
            covered = AddressRange(one.version, min(covered.first, start), max(covered.last, end))
        if first <= one.last:
            yield AddressRange(one.version, first, one.last)
        if covered.first < one.first or first > one.first:
            between = (_key(one.version, covered.first), _key(one.version, covered.last))
            self._database.execute("DELETE FROM ranges WHERE first BETWEEN ? AND ?", between)
        row = (_key(one.version, covered.first), _key(one.version, covered.last))
        self._database.execute("INSERT INTO ranges VALUES (?, ?)", row)

    def _touching(self, one: AddressRange) -> Iterator[tuple[int, int]]:
        """The ranges seen that overlap with this one, or end where it begins, in order."""
        first, last = _key(one.version, one.first), _key(one.version, one.last)
        before = self._database.execute(
            "SELECT first, last FROM ranges WHERE first < ? ORDER BY first DESC LIMIT 1", (first,)
        ).fetchone()
        if before is not None and before[0][0] == one.version and _number(before[1]) >= one.first - 1:
            yield _number(before[0]), _number(before[1])
        for start, end in self._database.execute(
            "SELECT first, last FROM ranges WHERE first BETWEEN ? AND ? ORDER BY first", (first, last)
        ):
            yield _number(start), _number(end)


def _key(version: int, address: int) -> bytes:
    return bytes([version]) + address.to_bytes(16, "big")


def _number(key: bytes) -> int:
    return int.from_bytes(key[1:], "big")
