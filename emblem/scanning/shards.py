"""A scan in shards, each with a file of its own in a folder: what one machine does of a scan on many.

The name of a shard's file follows from its number, and the file takes its place in one step. So a shard that is done
twice leaves one file, and of a scan that is begun again the shards that have their files are passed over.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Self

from emblem.codec.strict_json import decode_object
from emblem.errors import EmblemError, InputError
from emblem.keys.files import read_file
from emblem.model.target import Target
from emblem.model.verdict import Status
from emblem.scanning.finding import Task
from emblem.scanning.results.files import UNFINISHED, whole_file
from emblem.scanning.results.parquet import ParquetPart, read_notes, read_statuses
from emblem.scanning.scan import scan
from emblem.scanning.settings import ScanSettings

SHARD_SIZE = 20_000
"""Targets of a shard, where nothing else is said."""

LARGEST_SHARD = 200_000
"""Targets that a shard may have; they are held in memory."""

SCHEMA = "emblem.scan-folder/1"
LARGEST_ACCOUNT = 64 * 1024
"""Bytes of the account of a folder."""

_ACCOUNT = ".emblem-scan"
_FINGERPRINT = "emblem.shard"
_STATUS = "emblem.status."
_LOOK_AGAIN = 0.05


class SharedFolderError(EmblemError):
    """A machine does not see the folder that all have to see."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Targets that are asked about together.

    Args:
        number: of the shard.
        targets: the targets, as texts.
    """

    number: int
    targets: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """By which its file is known from that of another scan."""
        return sha256("\n".join(self.targets).encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What a shard came to.

    Args:
        number: of the shard.
        statuses: how many targets have each status.
        queries: that were sent at first sight.
        here: whether it was done now, and not before a scan was resumed.
    """

    number: int
    statuses: Mapping[str, int] = field(default_factory=dict)
    queries: int = 0
    here: bool = True


@dataclass(frozen=True, slots=True)
class ShardFolder:
    """A folder for the files of shards. While a scan is not finished there is an account in it, by which it is known.

    Args:
        path: the folder.
        token: of this scan.
        plan: what makes it the same scan.
        seed: of the order of the targets.
    """

    path: Path
    token: str
    plan: Mapping[str, str]
    seed: int | None = None

    @classmethod
    def begin(cls, path: Path, plan: Mapping[str, str], seed: int | None) -> Self:
        """Make the folder.

        Raises:
            InputError: there is something in it.
            OSError: it cannot be made.
        """
        path.mkdir(exist_ok=True)
        if any(path.iterdir()):
            raise InputError("output", f"{path}, in which there is something", "a new folder, or --resume to go on")
        folder = cls(path, secrets.token_hex(16), plan, seed)
        members = {"schema": SCHEMA, "token": folder.token, "plan": dict(plan), "seed": seed}
        with whole_file(path / _ACCOUNT) as file:
            file.write(json.dumps(members).encode("ascii"))
        return folder

    @classmethod
    def resume(cls, path: Path) -> Self | None:
        """The folder of a scan that is not finished; None, where there is no account of one.

        Raises:
            InputError: the account is none.
        """
        if not (path / _ACCOUNT).exists():
            return None
        members = decode_object(f"account of {path}", read_file(path / _ACCOUNT, LARGEST_ACCOUNT))
        try:
            if members["schema"] != SCHEMA:
                raise ValueError(members["schema"])
            plan = {str(name): str(value) for name, value in members["plan"].items()}
            return cls(path, str(members["token"]), plan, None if members["seed"] is None else int(members["seed"]))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(f"account of {path}", str(error), "what a scan of this version wrote") from error

    def check_seen(self) -> None:
        """Make sure that this machine sees the folder.

        Raises:
            SharedFolderError: it does not.
        """
        try:
            seen = self.resume(self.path)
        except (InputError, OSError):
            seen = None
        if seen is None or seen.token != self.token:
            message = f"this worker does not see {self.path}: every machine needs the same folder at the same place"
            raise SharedFolderError(message)

    def file_of(self, number: int) -> Path:
        """Where the file of a shard is."""
        return self.path / f"part-{number:08}.parquet"

    def result_of(self, shard: Shard) -> ShardResult | None:
        """What a shard came to that has its file; None, where it has none yet.

        Raises:
            InputError: the file is that of other targets.
        """
        path = self.file_of(shard.number)
        notes = read_notes(path) if path.exists() else {}
        if not notes:
            return None
        if notes.get(_FINGERPRINT) != shard.fingerprint:
            expected = "the list, and the options that select from it, with which the scan was begun"
            raise InputError("input", f"other targets than those in {path}", expected)
        statuses = {status.value: int(notes.get(_STATUS + status.value, 0)) for status in Status}
        return ShardResult(shard.number, statuses, here=False)

    def targets(self, shards: int, statuses: frozenset[Status]) -> Iterator[tuple[str, str]]:
        """The targets with one of these statuses, each with its status, in all files."""
        wanted = {status.value for status in statuses}
        for number in range(shards):
            yield from read_statuses(self.file_of(number), wanted)

    def finish(self, shards: int) -> None:
        """Leave nothing in the folder but the files of the shards.

        Raises:
            InputError: there are files of more shards than there were.
        """
        for path in self.path.iterdir():
            if path.name.startswith(".part-") and path.name.endswith(UNFINISHED):
                path.unlink(missing_ok=True)
        files = sum(1 for _ in self.path.glob("part-*.parquet"))
        if files != shards:
            raise InputError(f"folder {self.path}", f"{files} files", f"{shards}, one for each shard of this scan")
        (self.path / _ACCOUNT).unlink()


def shards_of(tasks: Iterable[Task | None], size: int) -> Iterator[Shard]:
    """The tasks in shards of a size; waits where there is no task at the moment."""
    texts = _texts(tasks)
    number = 0
    while some := tuple(islice(texts, size)):
        yield Shard(number, some)
        number += 1


def scan_shard(
    shard: Shard, settings: ScanSettings, folder: ShardFolder, only: frozenset[Status] | None = None
) -> ShardResult:
    """Scan a shard on this machine, and write its file.

    Args:
        shard: the targets.
        settings: how to ask.
        folder: where the file goes.
        only: statuses of the results that are written; None: all. All are counted.

    Raises:
        SharedFolderError: this machine does not see the folder.
        EmblemError: the scan cannot be made with these settings on this machine.
    """
    folder.check_seen()
    statuses = dict.fromkeys(Status, 0)
    tasks = (Task(number, Target.parse(text)) for number, text in enumerate(shard.targets))
    attempt = f".{secrets.token_hex(8)}"
    with (
        scan(tasks, settings) as findings,
        whole_file(folder.file_of(shard.number), beside=attempt) as file,
        ParquetPart(file) as part,
    ):
        for finding in findings:
            status = finding.status
            if only is None or status in only:
                part.write(finding)
            statuses[status] += 1
        counted = {_STATUS + status.value: str(count) for status, count in statuses.items()}
        part.end({_FINGERPRINT: shard.fingerprint, **counted})
    by_name = {status.value: count for status, count in statuses.items()}
    return ShardResult(shard.number, by_name, findings.statistics.queries)


def _texts(tasks: Iterable[Task | None]) -> Iterator[str]:
    for task in tasks:
        if task is None:
            time.sleep(_LOOK_AGAIN)
        else:
            yield task.target.text
