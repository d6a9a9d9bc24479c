"""What the options of `emblem scan` mean for the library."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from emblem.errors import InputError
from emblem.model.verdict import Status
from emblem.scanning.results.exclusion_lists import Addresses
from emblem.scanning.results.outputs import Output
from emblem.scanning.results.sink import MARKED, MARKED_OR_UNDETERMINED
from emblem.scanning.settings import DnssecCheck, ScanSettings
from emblem.scanning.targets.chunks import Chunks, chunks_of_descriptor, chunks_of_file, chunks_of_stream
from emblem.scanning.targets.entry import parse_entry
from emblem.scanning.targets.exclusions import Exclusions
from emblem.scanning.targets.formats import ListFormat, texts_of
from emblem.scanning.targets.problems import Problems
from emblem.scanning.targets.stream import Selection, Source
from emblem.validation.procedure import Profile
from emblem.validation.trust import Trust
from emblem.verifier.settings import CommitmentMode
from emblem_cli.input import STANDARD_INPUT, name_of, read_input
from emblem_cli.judging import LARGEST_ANCHORS

_LARGEST_SEED = 1 << 53


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """The options of the command, as they arrive from the command line."""

    targets: Sequence[str]
    inputs: Sequence[Path]
    input_format: str | None
    column: str | None
    largest_range: int
    unique: bool
    shuffle: bool
    seed: int | None
    excluded: Sequence[str]
    exclude_files: Sequence[Path]
    exclude_subdomains: bool
    resolvers: Sequence[str]
    resolver_ca: Path | None
    resolver_rate: float | None
    rate: float | None
    timeout: float
    processes: int | None
    dnssec: str
    anchors: Path | None
    profile: str
    ct: str | None
    covert: bool
    as_json: bool
    outputs: Sequence[str]
    only: str
    with_undetermined: bool
    addresses: str
    ordered: bool
    resume: bool
    summary: Path | None
    engine: str
    scheduler: str | None
    shard_size: int

    def check(self) -> None:
        """Refuse what makes no sense, before anything is opened.

        Raises:
            UsageError: options exclude each other, or say too little.
            InputError: a file that is named cannot be read, or a target is none.
        """
        if not self.targets and not self.inputs:
            raise click.UsageError("There is nothing to scan: name a TARGET, or a list with --input.")
        if self.seed is not None and not self.shuffle:
            raise click.UsageError("--seed goes with --shuffle.")
        if self.resume and not self.outputs:
            raise click.UsageError("--resume goes with --output: what was printed cannot be taken back.")
        if self.column is not None and self.input_format not in (None, "csv"):
            raise click.UsageError("--column goes with lists in CSV.")
        if self.inputs.count(STANDARD_INPUT) > 1:
            raise click.UsageError("Standard input can be read only once.")
        if (self.engine == "dask") != (self.scheduler is not None):
            raise click.UsageError("--engine dask goes with --scheduler.")
        for target in self.targets:
            parse_entry(target, self.largest_range)
        for path in (*self.inputs, *self.exclude_files):
            _check_readable(path)

    @property
    def quiet(self) -> bool:
        """Whether findings are not printed: they are, as JSON or for a person, where no file takes them."""
        return bool(self.outputs) and not self.as_json

    @property
    def marked(self) -> frozenset[Status]:
        """The statuses that are treated as marked."""
        return MARKED_OR_UNDETERMINED if self.with_undetermined else MARKED

    @property
    def written(self) -> frozenset[Status] | None:
        """The statuses of the results that are written; None: all."""
        return None if self.only == "all" else self.marked

    @property
    def listed_addresses(self) -> Addresses:
        """The addresses that exclusion lists have."""
        return Addresses(self.addresses)

    def parsed_outputs(self) -> tuple[Output, ...]:
        """The files that are written.

        Raises:
            InputError: a format is not known.
        """
        return tuple(map(Output.parse, self.outputs))

    def plan(self, outputs: Sequence[Output]) -> dict[str, str]:
        """What has to be the same where a scan is resumed, besides the targets, which are compared themselves."""
        return {
            "--output": " ".join(map(str, outputs)),
            "--only": self.only,
            "--with-undetermined": _yes_or_no(self.with_undetermined),
            "--addresses": self.addresses,
            "--shuffle": _yes_or_no(self.shuffle),
        }

    def settings(self, trust: Trust) -> ScanSettings:
        """How to ask.

        Raises:
            InputError: the anchors cannot be read.
        """
        return ScanSettings(
            trust=trust,
            resolvers=tuple(self.resolvers),
            resolver_ca=self.resolver_ca,
            profile=Profile(self.profile),
            dnssec=DnssecCheck(self.dnssec),
            anchors=None if self.anchors is None else _text(read_input(self.anchors, LARGEST_ANCHORS), self.anchors),
            covert=self.covert,
            ct=None if self.ct is None else CommitmentMode(self.ct),
            timeout=self.timeout,
            rate=self.rate,
            resolver_rate=self.resolver_rate,
            processes=self.processes,
        )

    def selection(self, seed: int | None) -> Selection:
        """What of the lists is asked about, and in which order.

        Raises:
            InputError: something that is to be left out cannot be understood: it would not be left out.
        """
        exclusions = Exclusions(self._excluded(), with_subdomains=self.exclude_subdomains)
        return Selection(exclusions=exclusions, unique=self.unique, seed=seed, largest_range=self.largest_range)

    def new_seed(self) -> int | None:
        """The seed of the order, where none is there to be continued with."""
        if not self.shuffle:
            return None
        return secrets.randbelow(_LARGEST_SEED) if self.seed is None else self.seed

    def sources(self) -> Iterator[Source]:
        """The lists: the targets that were named, then each file."""
        if self.targets:
            named = "\n".join(self.targets).encode()
            yield Source("arguments", lambda: iter([named]), ListFormat.PLAIN, size=len(named))
        form = None if self.input_format is None else ListFormat(self.input_format)
        for path in self.inputs:
            yield Source(name_of(path), partial(_chunks, path), form, self.column, _size(path))

    def waits_for(self) -> int | None:
        """The file descriptor that targets may have to be waited for on; a file is never waited for."""
        descriptor = _standard_input() if STANDARD_INPUT in self.inputs else None
        return None if descriptor is None or stat.S_ISREG(os.fstat(descriptor).st_mode) else descriptor

    def _excluded(self) -> Iterator[str]:
        yield from self.excluded
        for path in self.exclude_files:
            problems = Problems()
            for mention in texts_of(name_of(path), chunks_of_file(path), problems, form=ListFormat.PLAIN):
                if mention is not None:
                    yield mention[1]
            if problems.malformed:
                raise InputError("exclusions", str(problems.shown[0]), "nothing that cannot be understood")


def _chunks(path: Path) -> Chunks:
    if path != STANDARD_INPUT:
        return chunks_of_file(path)
    descriptor = _standard_input()
    return chunks_of_stream(sys.stdin.buffer) if descriptor is None else chunks_of_descriptor(descriptor)


def _size(path: Path) -> int | None:
    """The bytes of a file; None of anything that only comes."""
    if path != STANDARD_INPUT:
        about = path.stat()
    elif (descriptor := _standard_input()) is not None:
        about = os.fstat(descriptor)
    else:
        return None
    return about.st_size if stat.S_ISREG(about.st_mode) else None


def _standard_input() -> int | None:
    """The descriptor of standard input, where it is one."""
    try:
        return sys.stdin.fileno()
    except (OSError, ValueError):
        return None


def _check_readable(path: Path) -> None:
    if path == STANDARD_INPUT:
        if sys.stdin is None:
            raise InputError(name_of(path), "nothing: it is closed", "a list")
    elif not path.exists():
        raise InputError(f"file {path}", "nothing there", "a list")
    elif path.is_dir() or not os.access(path, os.R_OK):
        raise InputError(f"file {path}", "what cannot be read", "a list")


def _text(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"anchors file {path}", "bytes that are no text", "DS or DNSKEY records") from error


def _yes_or_no(flag: bool) -> str:
    return "yes" if flag else "no"
