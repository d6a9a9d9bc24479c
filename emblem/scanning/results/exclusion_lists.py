"""What other scanners must leave out: addresses that are marked, and addresses that marked names resolve to.

While a scan runs, each marked target goes into a file beside the first list. When it ends, the addresses of the names
among them are asked for, and the lists are written, each wholly or not at all.
"""

from __future__ import annotations

import ipaddress
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from io import TextIOWrapper
from itertools import groupby
from pathlib import Path

from emblem.errors import MalformedError
from emblem.model.display import printable
from emblem.model.target import Target
from emblem.model.verdict import Status
from emblem.scanning.addresses import Resolve
from emblem.scanning.finding import Finding
from emblem.scanning.results.exclusion_formats import Entry, ExclusionFormat, Section, write_list
from emblem.scanning.results.files import GrowingFile, check_absent, whole_file
from emblem.scanning.results.sink import MARKED

_MOST_NAMED = 3
"""Targets that are named as the reason for one address."""

_MOST_SHOWN = 10
_PAGE = 1000
_STATUSES = frozenset(status.value for status in Status)

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE listed (kind TEXT, address BLOB, target TEXT, status TEXT, PRIMARY KEY (kind, address, target))
    WITHOUT ROWID;
CREATE TABLE unresolved (name TEXT PRIMARY KEY, why TEXT) WITHOUT ROWID;
BEGIN;
"""


class Addresses(StrEnum):
    """Which addresses are listed."""

    OWN = "own"
    """Those that are marked themselves."""
    RESOLVED = "resolved"
    """Those that marked names resolve to."""
    BOTH = "both"
    """Both kinds, labelled apart."""


_TITLES = {
    Addresses.OWN: "Addresses that are marked themselves",
    Addresses.RESOLVED: "Addresses that marked names resolve to: other services may be behind them, too",
}


@dataclass(slots=True)
class ExclusionCounts:
    """What the lists came to.

    Args:
        own: addresses that are marked themselves.
        resolved: addresses that marked names resolve to.
        names: marked names.
        not_looked_up: those whose addresses were not asked for, because only marked addresses are listed.
        without_address: those that resolve to nothing.
        unresolved: those of which not all addresses could be found: they are missing in the lists.
        shown: the first of these, with why.
    """

    own: int = 0
    resolved: int = 0
    names: int = 0
    not_looked_up: int = 0
    without_address: int = 0
    unresolved: int = 0
    shown: list[str] = field(default_factory=list)


class ExclusionSink:
    """See :class:`~emblem.scanning.results.sink.Sink`.

    Args:
        lists: what is written, in which format.
        resolve: finds the addresses of marked names.
        position: what the last ``sync`` said, where a scan is resumed.
        addresses: which are listed.
        statuses: which count as marked.

    Raises:
        InputError: a list exists, and no scan is resumed.
    """

    def __init__(
        self,
        lists: Sequence[tuple[ExclusionFormat, Path]],
        resolve: Resolve,
        position: int | None = None,
        *,
        addresses: Addresses = Addresses.BOTH,
        statuses: frozenset[Status] = MARKED,
    ) -> None:
        self.counts = ExclusionCounts()
        """What the lists came to, when they are finished."""
        self._lists = lists
        self._resolve = resolve
        self._addresses = addresses
        self._statuses = statuses
        first = lists[0][1]
        self._beside = first.with_name(f"{first.name}.marked")
        if position is None:
            for _, path in lists:
                check_absent(path)
        self._marked = GrowingFile(self._beside, position)

    def write(self, finding: Finding) -> None:
        """Keep a target that is marked."""
        if finding.status in self._statuses:
            self.mark(finding.status.value, finding.target.text)

    def mark(self, status: str, target: str) -> None:
        """Keep a target of a status that counts as marked."""
        self._marked.write(f"{status} {target}\n".encode("ascii"))

    def sync(self) -> int:
        """Put the marked targets on disk; how long their file is."""
        return self._marked.sync()

    def finish(self) -> None:
        """Find the addresses of marked names, and write the lists."""
        self.sync()
        self.counts = ExclusionCounts()
        table = _Table()
        try:
            table.add_targets(_read(self._beside))
            self.counts.names = table.count_names()
            if self._addresses is Addresses.OWN:
                self.counts.not_looked_up = self.counts.names
            else:
                self._add_resolved(table)
            sections = tuple(self._sections(table))
            for form, path in self._lists:
                with whole_file(path) as file:
                    text = TextIOWrapper(file, encoding="ascii", errors="backslashreplace", write_through=True)
                    write_list(form, self._head(), sections, text)
                    text.detach()
        finally:
            table.close()

    def close(self) -> None:
        """Close the file of marked targets."""
        self._marked.close()

    def clean(self) -> None:
        """Remove the file of marked targets."""
        self._beside.unlink(missing_ok=True)

    def _add_resolved(self, table: _Table) -> None:
        counts = self.counts
        for resolution in self._resolve(table.names()):
            table.add_resolved(resolution.name, resolution.addresses)
            if resolution.problem:
                counts.unresolved += 1
                table.add_unresolved(resolution.name, resolution.problem)
                if len(counts.shown) < _MOST_SHOWN:
                    counts.shown.append(f"{resolution.name}: {printable(resolution.problem)}")
            elif not resolution.addresses:
                counts.without_address += 1

    def _sections(self, table: _Table) -> Iterator[Section]:
        for kind in (Addresses.OWN, Addresses.RESOLVED):
            if self._addresses in (kind, Addresses.BOTH):
                remarks = self._not_looked_up if kind is Addresses.OWN else table.unresolved
                yield Section(kind.value, _TITLES[kind], partial(table.entries, kind), remarks)
                setattr(self.counts, kind.value, table.count(kind))

    def _not_looked_up(self) -> Iterator[str]:
        if count := self.counts.not_looked_up:
            yield f"Not among these: the addresses of {count} marked names, which were not asked for"

    def _head(self) -> str:
        statuses = ", ".join(status.value for status in Status if status in self._statuses)
        return f"Written by emblem: addresses of hosts that bear a digital emblem ({statuses}). Leave them alone"


class _Table:
    """The addresses, sorted and each once, in a file that has no name."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        self._database.close()

    def add_targets(self, targets: Iterable[tuple[str, Target]]) -> None:
        """Add what is marked: addresses under their kind, names under a kind of their own."""
        self._database.executemany(
            "INSERT OR IGNORE INTO listed VALUES (?, ?, ?, ?)",
            (
                ("name", b"", target.text, status)
                if target.address is None
                else (Addresses.OWN.value, _packed(target), target.text, status)
                for status, target in targets
            ),
        )

    def names(self) -> Iterator[str]:
        """The marked names, in order. Addresses may be added meanwhile."""
        last = ""
        query = "SELECT target FROM listed WHERE kind = 'name' AND address = x'' AND target > ? ORDER BY target LIMIT ?"
        while page := self._database.execute(query, (last, _PAGE)).fetchall():
            for (last,) in page:
                yield last

    def count_names(self) -> int:
        """How many marked names there are."""
        query = "SELECT count(*) FROM listed WHERE kind = 'name' AND address = x''"
        return int(self._database.execute(query).fetchone()[0])

    def add_resolved(self, name: str, addresses: Iterable[ipaddress.IPv4Address | ipaddress.IPv6Address]) -> None:
        """Add the addresses of a marked name."""
        self._database.executemany(
            "INSERT OR IGNORE INTO listed SELECT ?, ?, target, status FROM listed "
            "WHERE kind = 'name' AND address = x'' AND target = ?",
            ((Addresses.RESOLVED.value, _packed(Target(str(address), address)), name) for address in addresses),
        )

    def add_unresolved(self, name: str, why: str) -> None:
        """Add a name some of whose addresses are not known."""
        self._database.execute("INSERT OR IGNORE INTO unresolved VALUES (?, ?)", (name, why))

    def entries(self, kind: Addresses) -> Iterator[Entry]:
        """The addresses of a kind, in order."""
        rows = self._database.execute(
            "SELECT address, target, status FROM listed WHERE kind = ? ORDER BY address, target", (kind.value,)
        )
        for packed, group in groupby(rows, key=lambda row: bytes(row[0])):
            yield Entry(ipaddress.ip_address(packed[1:]), _reason(group))

    def count(self, kind: Addresses) -> int:
        """How many addresses of a kind there are."""
        query = "SELECT count(DISTINCT address) FROM listed WHERE kind = ?"
        return int(self._database.execute(query, (kind.value,)).fetchone()[0])

    def unresolved(self) -> Iterator[str]:
        """What is missing, a line each."""
        for name, why in self._database.execute("SELECT name, why FROM unresolved ORDER BY name"):
            yield f"NOT COMPLETE: {name}: {printable(why)}"


def _packed(target: Target) -> bytes:
    """An address as bytes that sort by family, then by number."""
    assert target.address is not None
    return bytes([target.address.version]) + target.address.packed


def _reason(rows: Iterable[tuple[bytes, str, str]]) -> str:
    named: list[str] = []
    more = 0
    for _, target, status in rows:
        if len(named) < _MOST_NAMED:
            named.append(f"{target} {status}")
        else:
            more += 1
    return ", ".join(named) + (f" and {more} more" if more else "")


def _read(path: Path) -> Iterator[tuple[str, Target]]:
    """The marked targets as they were written.

    Raises:
        MalformedError: the file was changed by others.
    """
    with path.open(encoding="ascii") as file:
        for line in file:
            status, _, text = line.rstrip("\n").partition(" ")
            if status not in _STATUSES or not text:
                raise MalformedError(f"file {path}", repr(line), "a status and a target a line")
            yield status, Target.parse(text)
