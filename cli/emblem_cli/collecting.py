"""What the commands that put records of hosts somewhere have in common: where emblems and endorsements come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from emblem.issuance.record_set import RecordSet, assemble
from emblem.issuance.token_files import emblem_path, read_emblem_file, read_endorsement_file
from emblem.model.reason import Severity
from emblem.model.target import Target
from emblem.model.verdict import Status
from emblem_cli.output import progress, warn
from emblem_cli.parameters import FILE

F = TypeVar("F", bound=Callable[..., Any])

_ENDORSEMENTS = Path("endorsements")
_LONGEST_TTL = 2**31 - 1
_OPTIONS = (
    click.option("--tokens", type=FILE, default=Path("tokens"), show_default=True, help="The folder of the emblems."),
    click.option(
        "--endorsement",
        "endorsements",
        metavar="FILE",
        type=FILE,
        multiple=True,
        help="An endorsement to choose from; may be repeated. Default: all files in the folder endorsements.",
    ),
)

ttl_option: Callable[[Any], Any] = click.option(
    "--ttl", type=click.IntRange(0, _LONGEST_TTL), default=3600, show_default=True, help="In seconds, of each record."
)
"""How long others may keep a record."""


def collecting_options(function: F) -> F:
    """Give a command the options that say where emblems and endorsements are, as :func:`collect` takes them."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def collect(hosts: Sequence[Target], tokens: Path, endorsements: Sequence[Path], at: datetime) -> tuple[RecordSet, ...]:
    """What is published for each host; says so where others will reject it.

    Raises:
        InputError: a host has no emblem that holds, or a file cannot be used.
    """
    available = [read_endorsement_file(path) for path in endorsements or _default_endorsements()]
    sets = tuple(
        assemble(host, read_emblem_file(emblem_path(tokens, host)), available, at=at)
        for host in progress(hosts, "collecting")
    )
    for records in sets:
        _warn_of_rejection(records, at)
    return sets


def _default_endorsements() -> list[Path]:
    if not _ENDORSEMENTS.is_dir():
        return []
    return sorted(path for path in _ENDORSEMENTS.iterdir() if path.is_file() and not path.name.startswith("."))


def _warn_of_rejection(records: RecordSet, at: datetime) -> None:
    verdict = records.judge(at)
    if verdict.status is Status.REJECTED:
        reasons = (reason.message for reason in verdict.reasons if reason.severity is Severity.ERROR)
        warn(f"whoever trusts none of its keys and endorsers will reject the emblem of {records.host}: {next(reasons)}")
