"""The ledger: what was done with the workspace, one JSON object a line, each with the digest of the line before it.

It is only ever appended to. A line counts once its line break is on the disk; what an interruption left behind it is
found and moved aside, and everything before it stays.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import FileIO
from pathlib import Path
from typing import Any

from emblem.errors import InputError, WorkspaceError
from emblem.model.time import date_text, numeric_date, parse_time

BEGINNING = "0" * 64
"""What the first line has in the place of the digest of a line before it."""

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes of one line; a longer one is damage."""

_CHUNK = 64 * 1024
_MODE = 0o644
_OWN_FIELDS = ("number", "at", "action", "previous")
_LARGEST_NUMBER = 2**53


class Action(StrEnum):
    """What was done."""

    KEY_MADE = "key-made"
    KEY_RETIRED = "key-retired"
    ISSUED = "issued"
    REQUESTED = "requested"
    ENDORSED = "endorsed"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REPAIRED = "repaired"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A line.

    Args:
        number: counted from 1.
        at: when, by this machine's clock.
        action: what was done; a text, since a newer version may know further ones.
        details: what else the line says.
        previous: the digest of the line before it.
        digest: of this line: SHA-256 of its bytes without the line break, in hexadecimal.
    """

    number: int
    at: datetime
    action: str
    details: Mapping[str, Any]
    previous: str
    digest: str

    @property
    def hosts(self) -> Mapping[str, str]:
        """The names that it is about, each with the digest of its emblem, or with an empty text."""
        hosts = self.details.get("hosts", {})
        if isinstance(hosts, list):
            return dict.fromkeys(map(str, hosts), "")
        return hosts if isinstance(hosts, dict) else {}


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong in a ledger: in which line, and what."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class LedgerState:
    """What a check found.

    Args:
        entries: how many whole lines there are.
        head: the digest of the last whole line.
        latest: when that was written; None in an empty ledger.
        faults: what is wrong before it.
        tail: how many bytes follow it that are no whole line.
    """

    entries: int
    head: str
    latest: datetime | None
    faults: tuple[Fault, ...]
    tail: int


class Ledger:
    """A ledger in a file, which is there from the first entry on.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, action: str, at: datetime, details: Mapping[str, Any]) -> LedgerEntry:
        """Write a line, safely on the disk when this returns; the workspace's lock must be held.

        What an interruption left after the last whole line is moved into a file beside the ledger first, and a line
        says so.

        Args:
            action: what was done.
            at: when.
            details: what else to say; not ``number``, ``at``, ``action`` or ``previous``.

        Raises:
            WorkspaceError: the last line cannot be made sense of though it is whole: see ``emblem log --check``.
            OSError: it cannot be written; then the ledger is as it was.
        """
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            last, end = self._last(file)
            size = file.seek(0, os.SEEK_END)
            if size > end:
                last, end = self._set_aside(file, last, end, at)
            return self._write(file, last, end, action, at, details)

    def repair(self, at: datetime) -> int:
        """Move what follows the last whole line aside, as :meth:`append` does; how many bytes that was.

        Raises:
            OSError: it cannot be written; then the ledger is as it was.
        """
        if not self.path.exists():
            return 0
        with self.path.open("r+b", buffering=0) as file:
            last, end = self._last(file)
            size = file.seek(0, os.SEEK_END)
            if size > end:
                self._set_aside(file, last, end, at)
            return size - end

    def entries(self) -> Iterator[LedgerEntry]:
        """The whole lines that can be read, in order, one at a time; :meth:`check` tells of the others.

        Raises:
            OSError: the file cannot be read.
        """
        for _, entry in self._read():
            if isinstance(entry, LedgerEntry):
                yield entry

    def check(self) -> LedgerState:
        """Read everything, and see whether each line is whole and follows the one before it.

        Raises:
            OSError: the file cannot be read.
        """
        faults: list[Fault] = []
        pending: list[Fault] = []
        count, number, head, latest = 0, 0, BEGINNING, None
        last_end = 0
        broken = False
        for position, entry in self._read():
            if isinstance(entry, str):
                pending.append(Fault(number + len(pending) + 1, entry))
                broken = True
                continue
            faults += pending
            number += len(pending) + 1
            pending = []
            if not broken and (entry.previous != head or entry.number != count + 1):
                faults.append(Fault(number, "it does not follow the line before it: one was changed, added or removed"))
            broken = False
            count, head, latest, last_end = entry.number, entry.digest, entry.at, position
        tail = (self.path.stat().st_size if self.path.exists() else 0) - last_end
        return LedgerState(number, head, latest, tuple(faults), tail)

    def _read(self) -> Iterator[tuple[int, LedgerEntry | str]]:
        """Each line with the offset of its end: what it says, or what is wrong with it."""
        if not self.path.exists():
            return
        position = 0
        with self.path.open("rb") as file:
            while line := file.readline(LONGEST_LINE):
                position += len(line)
                try:
                    yield position, _parse(line)
                except InputError as error:
                    yield position, f"found {error.found}, expected {error.expected}"

    def _last(self, file: FileIO) -> tuple[LedgerEntry | None, int]:
        """The last whole line, and the offset of its end: what follows is damage."""
        end = file.seek(0, os.SEEK_END)
        while end:
            start, complete = _line_before(file, end)
            file.seek(start)
            line = file.read(min(complete - start, LONGEST_LINE + 1)) if complete else b""
            with suppress(InputError):
                return _parse(line), complete
            end = start
        return None, 0

    def _set_aside(
        self, file: FileIO, last: LedgerEntry | None, end: int, at: datetime
    ) -> tuple[LedgerEntry | None, int]:
        file.seek(end)
        damaged = file.read()
        digest = hashlib.sha256(damaged).hexdigest()
        aside = self.path.with_name(f"{self.path.name}.damaged-{digest[:12]}")
        with aside.open("wb") as copy:
            copy.write(damaged)
            copy.flush()
            os.fsync(copy.fileno())
        file.truncate(end)
        details = {"bytes": len(damaged), "moved_to": aside.name, "digest": digest}
        entry = self._write(file, last, end, Action.REPAIRED, at, details)
        return entry, file.seek(0, os.SEEK_END)

    def _write(
        self,
        file: FileIO,
        last: LedgerEntry | None,
        end: int,
        action: str,
        at: datetime,
        details: Mapping[str, Any],
    ) -> LedgerEntry:
        overlap = [name for name in _OWN_FIELDS if name in details]
        assert not overlap, f"a ledger entry has its own {overlap}"
        members = {
            "number": 1 if last is None else last.number + 1,
            "at": date_text(numeric_date(at)),
            "action": str(action),
            **details,
            "previous": BEGINNING if last is None else last.digest,
        }
        line = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        entry = _parse(line)
        try:
            file.seek(end)
            _write_whole(file, line)
            os.fsync(file.fileno())
        except OSError:
            # What a full disk took of the line goes again; the line was never there.
            with suppress(OSError):
                os.ftruncate(file.fileno(), end)
            raise
        if last is None:
            _sync_directory(self.path.parent)
        return entry


def _parse(line: bytes) -> LedgerEntry:
    if not line.endswith(b"\n"):
        raise WorkspaceError("ledger", "a line that does not end", "a line break at its end")
    try:
        members = json.loads(line)
    except (ValueError, RecursionError):
        raise WorkspaceError("ledger", "a line that is no JSON", "one object a line") from None
    if not isinstance(members, dict):
        raise WorkspaceError("ledger", "a line that is no object", "one object a line")
    number, at, action, previous = (members.pop(name, None) for name in _OWN_FIELDS)
    if type(number) is not int or not 0 < number < _LARGEST_NUMBER:
        raise WorkspaceError("ledger", "a line without its number", "'number', 'at', 'action' and 'previous'")
    if not isinstance(at, str) or not isinstance(action, str) or not isinstance(previous, str):
        raise WorkspaceError("ledger", "a line without all its fields", "'number', 'at', 'action' and 'previous'")
    return LedgerEntry(number, parse_time(at), action, members, previous, hashlib.sha256(line[:-1]).hexdigest())


def _line_before(file: FileIO, end: int) -> tuple[int, int]:
    """Where the last line before an offset starts, and where it ends: 0 where it has no line break."""
    file.seek(end - 1)
    complete = end if file.read(1) == b"\n" else 0
    position = end - 1 if complete else end
    while position:
        step = min(_CHUNK, position)
        file.seek(position - step)
        index = file.read(step).rfind(b"\n")
        if index >= 0:
            return position - step + index + 1, complete
        position -= step
    return 0, complete


def _write_whole(file: FileIO, data: bytes) -> None:
    """Without a buffer, from which a line that had no room could still be written when the file is closed."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
