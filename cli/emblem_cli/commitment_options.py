"""The options that say how key commitments are checked, and what they lead to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from emblem.errors import InputError
from emblem_cli.parameters import FILE

if TYPE_CHECKING:
    from emblem.traceability.log_list import Log, LogList
    from emblem.traceability.revocation import RevocationList
    from emblem.traceability.sct import SignedTimestamp
    from emblem.traceability.seen import SeenTreeHeads
    from emblem.traceability.web_pki import WebRoots
    from emblem.verifier.commitments import CommitmentChecks, GivenCertificate

T = TypeVar("T")
MODES = ("online", "evidence", "skip")

_PUBLIC_MODE = 0o644
_LARGEST_KEY_FILE = 64 * 1024

COMMITMENT_OPTIONS = (
    click.option(
        "--ct",
        type=click.Choice(MODES),
        help="How key commitments are checked: logs are asked, only given evidence counts, or not at all. "
        "Default: online; with --records and --covert: evidence.",
    ),
    click.option(
        "--log-list",
        type=FILE,
        metavar="FILE",
        help="A newer list of logs (log_list.json, version 3) than the one shipped; see emblem trust update-logs.",
    ),
    click.option(
        "--ct-log",
        "ct_logs",
        metavar="[static+]URL=FILE",
        multiple=True,
        help="A log that is on no list: its address, and its public key (PEM) in FILE. May be repeated.",
    ),
    click.option(
        "--ct-roots",
        type=FILE,
        metavar="FILE",
        help="Root certificates (PEM) that alone count for logged certificates. Default: those of the system.",
    ),
    click.option(
        "--ct-certificate",
        "ct_certificates",
        type=FILE,
        metavar="FILE",
        multiple=True,
        help="Evidence: a logged certificate and its issuers (PEM); its timestamps are promises. May be repeated.",
    ),
    click.option(
        "--ct-sct",
        "ct_timestamps",
        type=FILE,
        metavar="FILE",
        multiple=True,
        help="Evidence: a log's answer to add-chain (JSON), for one of the certificates given. May be repeated.",
    ),
    click.option(
        "--ct-crl",
        "ct_crls",
        type=FILE,
        metavar="FILE",
        multiple=True,
        help="Evidence: a revocation list (DER or PEM). May be repeated.",
    ),
    click.option(
        "--ct-seen",
        type=FILE,
        metavar="FILE",
        help="Tree heads seen before: logs are compared with them, and FILE is written anew. Default: none are kept.",
    ),
)
"""For the commands that judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentOptions:
    """The options as they arrive from the command line."""

    ct: str | None
    log_list: Path | None
    ct_logs: Sequence[str]
    ct_roots: Path | None
    ct_certificates: Sequence[Path]
    ct_timestamps: Sequence[Path]
    ct_crls: Sequence[Path]
    ct_seen: Path | None


@dataclass(frozen=True, slots=True)
class Commitments:
    """How commitments are checked, told when the first one is; and the file that keeps tree heads, if there is one.

    ``checks`` is None where they are not checked.
    """

    checks: Callable[[], CommitmentChecks] | None
    seen: SeenTreeHeads | None
    seen_file: Path | None

    def keeping(self, results: Iterator[T]) -> Iterator[T]:
        """The same results; after the last one the tree heads are kept, where that was asked for."""
        before = self.seen.heads if self.seen is not None else ()
        try:
            yield from results
        finally:
            if self.seen is not None and self.seen_file is not None and self.seen.heads != before:
                _write(self.seen_file, self.seen.encode())


def read_commitments(options: CommitmentOptions, *, mode: str, fetches: bool) -> Commitments:
    """What the options come to. Files that were named are read at once, the others when they are needed.

    Args:
        options: those of the command line.
        mode: the one that was asked for, or the usual one.
        fetches: whether something can be fetched: from the network, or from a bundle.

    Raises:
        EmblemError: a file cannot be used.
    """
    if mode == "skip":
        return Commitments(None, None, None)
    logs = _read_logs(options)
    given = tuple(map(_read_given_log, options.ct_logs))
    roots = _read_roots(options.ct_roots)
    timestamps = tuple(map(_read_timestamp, options.ct_timestamps))
    certificates = tuple(_read_certificate(path, timestamps) for path in options.ct_certificates)
    if timestamps and not certificates:
        raise click.UsageError("--ct-sct is evidence for a certificate: give that, too, with --ct-certificate.")
    lists = tuple(map(_read_list, options.ct_crls))
    seen = _read_seen(options.ct_seen)

    @cache
    def checks() -> CommitmentChecks:
        from emblem.verifier.commitments import usual_checks

        own = usual_checks(fetches=fetches)
        return replace(
            own,
            logs=(logs or own.logs).with_logs(given),
            roots=roots or own.roots,
            certificates=certificates,
            revocation_lists=lists,
            seen=own.seen if seen is None else seen,
        )

    return Commitments(checks, seen, options.ct_seen)


def _read_logs(options: CommitmentOptions) -> LogList | None:
    if options.log_list is None:
        return None
    from emblem.traceability.log_list import LARGEST_LOG_LIST, decode_log_list
    from emblem_cli.input import name_of, read_input

    return decode_log_list(name_of(options.log_list), read_input(options.log_list, LARGEST_LOG_LIST))


def _read_given_log(text: str) -> Log:
    from emblem.keys.files import read_file
    from emblem.traceability.given_log import given_log
    from emblem.traceability.log_key import LogKey

    address, equals, file = text.rpartition("=")
    if not equals:
        raise InputError("--ct-log", repr(text), "[static+]URL=FILE, the file with the log's public key")
    return given_log(address, LogKey.from_pem(file, read_file(Path(file), _LARGEST_KEY_FILE)))


def _read_roots(path: Path | None) -> WebRoots | None:
    if path is None:
        return None
    from emblem.traceability.web_pki import LARGEST_ROOTS, given_roots
    from emblem_cli.input import name_of, read_input

    return given_roots(f"the roots in {name_of(path)}", read_input(path, LARGEST_ROOTS))


def _read_certificate(path: Path, timestamps: tuple[SignedTimestamp, ...]) -> GivenCertificate:
    """A certificate at hand. A timestamp for another one is harmless: no entry of that certificate is named."""
    from emblem.traceability.chain import LARGEST_CHAIN, read_chain
    from emblem.verifier.commitments import GivenCertificate
    from emblem_cli.input import name_of, read_input

    return GivenCertificate(read_chain(name_of(path), read_input(path, LARGEST_CHAIN)), timestamps)


def _read_timestamp(path: Path) -> SignedTimestamp:
    from emblem.traceability.sct import LARGEST_ANSWER, decode_answer
    from emblem_cli.input import name_of, read_input

    return decode_answer(name_of(path), read_input(path, LARGEST_ANSWER))


def _read_list(path: Path) -> RevocationList:
    from emblem.traceability.revocation import LARGEST_LIST, load_list
    from emblem_cli.input import name_of, read_input

    return load_list(name_of(path), read_input(path, LARGEST_LIST))


def _read_seen(path: Path | None) -> SeenTreeHeads | None:
    if path is None:
        return None
    from emblem.traceability.seen import LARGEST_SEEN, SeenTreeHeads, decode_seen
    from emblem_cli.input import read_input

    if not path.exists():
        return SeenTreeHeads()
    return decode_seen(str(path), read_input(path, LARGEST_SEEN))


def _write(path: Path, data: bytes) -> None:
    from emblem.keys.files import replace_file

    try:
        replace_file(path, data, _PUBLIC_MODE)
    except OSError as error:
        raise InputError(str(path), (error.strerror or str(error)).lower(), "a file that can be written") from error
