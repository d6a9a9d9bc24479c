"""`emblem records`: print the DNS records of marked hosts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from emblem.issuance.record_formats import (
    generic_lines,
    json_object,
    octodns_lines,
    text_lines,
    update_lines,
    zone_lines,
)
from emblem.issuance.record_set import RecordSet
from emblem.issuance.workspace.publishing import endorsement_files
from emblem.model.names import normalize_name
from emblem.model.target import Target
from emblem_cli.collecting import collect, collecting_options, ttl_option
from emblem_cli.output import print_json
from emblem_cli.parameters import HOST, Parsed
from emblem_cli.workspaces import required_workspace, workspace_option

_LINES: dict[str, Callable[[RecordSet, int], Iterator[str]]] = {
    "zone": zone_lines,
    "rfc3597": generic_lines,
    "nsupdate": update_lines,
}
_WITH_SET_NAME = ("txt", "octodns", "json")


@click.command("records")
@click.argument("hosts", metavar="[HOST...]", nargs=-1, type=HOST)
@click.option("--all", "everything", is_flag=True, help="In a workspace: all hosts of its inventory.")
@collecting_options
@click.option(
    "--format",
    "form",
    type=click.Choice([*_LINES, *_WITH_SET_NAME]),
    default="zone",
    show_default=True,
    help="zone: lines of a zone file; rfc3597: the same in the generic form, without comments; txt: TXT records, for "
    "zones that cannot hold unknown types; nsupdate: commands for nsupdate; octodns: the TXT "
    "records as YAML for octoDNS (which knows no other type of ours), with --zone; json: one host a line.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--set", "set_name", metavar="NAME", default="", help="With txt, octodns and json: the SET in the TXT values."
)
@click.option(
    "--zone", metavar="ZONE", type=Parsed("zone", normalize_name), help="With octodns: the zone of all HOSTs."
)
@ttl_option
@workspace_option
def command(
    hosts: tuple[Target, ...],
    everything: bool,
    tokens: Path,
    endorsements: tuple[Path, ...],
    form: str,
    as_json: bool,
    set_name: str,
    zone: str | None,
    ttl: int,
    directory: Path | None,
) -> None:
    """Print what to put into the DNS for each HOST: its emblem, the endorsements that lead to it, and their keys.

    \b
    Examples:
      emblem records www.example.org >> example.org.zone
      emblem records --all > records.zone
      emblem records www.example.org --format nsupdate | nsupdate -k update.key
      emblem records www.example.org --format octodns --zone example.org > emblem/example.org.yaml
    """
    if bool(hosts) == everything:
        raise click.UsageError("Missing argument 'HOST...', or --all of the workspace; one of the two.")
    if everything:
        workspace = required_workspace(directory)
        hosts = tuple(host.target for host in workspace.read_inventory().hosts)
        tokens, endorsements = workspace.tokens, tuple(endorsement_files(workspace.endorsements))
    chosen = "json" if as_json else form
    if set_name and chosen not in _WITH_SET_NAME:
        raise click.UsageError("--set goes with --format txt, octodns or json: only TXT records name a SET.")
    if (chosen == "octodns") != (zone is not None):
        raise click.UsageError("--format octodns and --zone go together: its names are relative to the zone.")
    sets = collect(hosts, tokens, endorsements, datetime.now(UTC))
    if zone is not None:
        for line in octodns_lines(sets, zone, ttl, set_name):
            click.echo(line)
        return
    for records in sets:
        _print(records, chosen, ttl, set_name)


def _print(records: RecordSet, form: str, ttl: int, set_name: str) -> None:
    if form == "json":
        print_json(json_object(records, ttl, set_name))
        return
    lines = text_lines(records, ttl, set_name) if form == "txt" else _LINES[form](records, ttl)
    for line in lines:
        click.echo(line)
