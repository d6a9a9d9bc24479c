"""`emblem records`: print the DNS records of marked hosts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from emblem.issuance.record_formats import generic_lines, json_object, text_lines, update_lines, zone_lines
from emblem.issuance.record_set import RecordSet, assemble
from emblem.issuance.token_files import emblem_path, read_emblem_file, read_endorsement_file
from emblem.model.reason import Severity
from emblem.model.target import Target
from emblem.model.verdict import Status
from emblem_cli.output import print_json, progress, warn
from emblem_cli.parameters import FILE, HOST

_ENDORSEMENTS = Path("endorsements")
_LONGEST_TTL = 2**31 - 1
_LINES: dict[str, Callable[[RecordSet, int], Iterator[str]]] = {
    "zone": zone_lines,
    "rfc3597": generic_lines,
    "nsupdate": update_lines,
}
_WITH_SET_NAME = ("txt", "json")


@click.command("records")
@click.argument("hosts", metavar="HOST...", nargs=-1, required=True, type=HOST)
@click.option("--tokens", type=FILE, default=Path("tokens"), show_default=True, help="The folder of the emblems.")
@click.option(
    "--endorsement",
    "endorsements",
    metavar="FILE",
    type=FILE,
    multiple=True,
    help="An endorsement to choose from; may be repeated. Default: all files in the folder endorsements.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([*_LINES, *_WITH_SET_NAME]),
    default="zone",
    show_default=True,
    help="zone: lines of a zone file; rfc3597: the same in the generic form, without comments; txt: TXT records, for "
    "zones that cannot hold unknown types; nsupdate: commands for nsupdate; json: one host a line.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--set", "set_name", metavar="NAME", default="", help="With txt and json: the SET in the TXT values.")
@click.option(
    "--ttl", type=click.IntRange(0, _LONGEST_TTL), default=3600, show_default=True, help="In seconds, of each record."
)
def command(
    hosts: tuple[Target, ...],
    tokens: Path,
    endorsements: tuple[Path, ...],
    form: str,
    as_json: bool,
    set_name: str,
    ttl: int,
) -> None:
    """Print what to put into the DNS for each HOST: its emblem, the endorsements that lead to it, and their keys.

    \b
    Examples:
      emblem records www.example.org >> example.org.zone
      emblem records www.example.org --format nsupdate | nsupdate -k update.key
    """
    chosen = "json" if as_json else form
    if set_name and chosen not in _WITH_SET_NAME:
        raise click.UsageError("--set goes with --format txt or json: only TXT records name a SET.")
    at = datetime.now(UTC)
    available = [read_endorsement_file(path) for path in endorsements or _default_endorsements()]
    sets = [
        assemble(host, read_emblem_file(emblem_path(tokens, host)), available, at=at)
        for host in progress(hosts, "collecting")
    ]
    for records in sets:
        _warn_of_rejection(records, at)
        _print(records, chosen, ttl, set_name)


def _default_endorsements() -> list[Path]:
    if not _ENDORSEMENTS.is_dir():
        return []
    return sorted(path for path in _ENDORSEMENTS.iterdir() if path.is_file() and not path.name.startswith("."))


def _print(records: RecordSet, form: str, ttl: int, set_name: str) -> None:
    if form == "json":
        print_json(json_object(records, ttl, set_name))
        return
    lines = text_lines(records, ttl, set_name) if form == "txt" else _LINES[form](records, ttl)
    for line in lines:
        click.echo(line)


def _warn_of_rejection(records: RecordSet, at: datetime) -> None:
    verdict = records.judge(at)
    if verdict.status is Status.REJECTED:
        reasons = (reason.message for reason in verdict.reasons if reason.severity is Severity.ERROR)
        warn(f"whoever trusts none of its keys and endorsers will reject the emblem of {records.host}: {next(reasons)}")
