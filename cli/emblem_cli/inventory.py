"""`emblem inventory`: the hosts of an organization."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emblem.errors import InputError
from emblem.issuance.workspace.inventory import (
    LARGEST_INVENTORY,
    Host,
    Inventory,
    add_hosts,
    matches,
    read_inventory,
    remove_hosts,
    with_column,
)
from emblem.model.names import normalize_name
from emblem.model.target import Target
from emblem_cli.input import name_of, read_input
from emblem_cli.output import print_json, print_table
from emblem_cli.parameters import FILE, HOST, Parsed
from emblem_cli.workspaces import changing, required_workspace, workspace_option

if TYPE_CHECKING:
    from emblem.issuance.workspace.folder import Workspace
    from emblem.issuance.workspace.worth import Doubt
    from emblem.model.target import Address

_FORMATS = ("csv", "yaml")
_IN_DOUBT = 3
_ANSWERS = click.Choice(["y", "n", "l"])
_HEADER = ("host", "sign", "purposes", "zone", "contact", "note")

_exclude_option = click.option(
    "--exclude", "exclusions", metavar="PATTERN", multiple=True, help="Not these; may be repeated, as in 'test-*'."
)


@click.group()
def command() -> None:
    """Keep the list of the hosts that are to be marked: inventory.csv, which any editor can change, too.

    In a PATTERN * stands for any characters, also dots, and ? for one.

    \b
    Example:
      emblem inventory import hosts.csv
      emblem inventory check
    """


@command.command("add")
@click.argument("hosts", metavar="HOST...", nargs=-1, required=True, type=HOST)
@click.option("--contact", default="", help="Whom to ask about it; for people.")
@click.option("--note", default="", help="For people.")
@workspace_option
def add(hosts: tuple[Target, ...], contact: str, note: str, directory: Path | None) -> None:
    """Add each HOST, a host name or an IP address.

    \b
    Example:
      emblem inventory add www.example.org mail.example.org
    """
    _merge(
        required_workspace(directory),
        [Host(host, contact=contact, note=note) for host in dict.fromkeys(hosts)],
        replace=False,
    )


@command.command("remove")
@click.argument("patterns", metavar="PATTERN...", nargs=-1, required=True)
@workspace_option
def remove(patterns: tuple[str, ...], directory: Path | None) -> None:
    """Take out the hosts that match. They stay marked until 'emblem unpublish --removed' unmarks them.

    \b
    Example:
      emblem inventory remove 'old-*.example.org'
    """
    with changing(required_workspace(directory)) as workspace:
        inventory = workspace.read_inventory()
        gone = inventory.chosen(patterns)
        missing = [pattern for pattern in patterns if not any(matches(host.target, (pattern,)) for host in gone)]
        if missing:
            raise InputError("PATTERN", repr(missing[0]), "one that a host of the inventory matches")
        workspace.write_inventory(remove_hosts(inventory, [host.name for host in gone]))
    click.echo(f"removed {_count(len(gone))}; 'emblem unpublish --removed' unmarks what is still in the DNS")


@command.command("import")
@click.argument("file", metavar="[FILE]", type=FILE, required=False)
@click.option("--format", "form", type=click.Choice(_FORMATS), help="Of FILE. Default: by its ending; else csv.")
@click.option(
    "--zone",
    metavar="ZONE",
    type=Parsed("zone", normalize_name),
    help="Instead of FILE: every name with an address in this zone, by a zone transfer, as emblem.toml says.",
)
@click.option("--only", "patterns", metavar="PATTERN", multiple=True, help="Only hosts that match; may be repeated.")
@_exclude_option
@click.option("--replace", is_flag=True, help="What is said of a host takes the place of what the inventory says.")
@click.option("--dry-run", is_flag=True, help="Show what would be added, and change nothing.")
@workspace_option
def import_(
    file: Path | None,
    form: str | None,
    zone: str | None,
    patterns: tuple[str, ...],
    exclusions: tuple[str, ...],
    replace: bool,
    dry_run: bool,
    directory: Path | None,
) -> None:
    """Add the hosts of FILE (-: standard input): CSV, a list with one host a line, or YAML; or those of a zone.

    CSV is UTF-8, or UTF-16 with a byte-order mark, as spreadsheets write it; its first line names the columns host,
    sign, purposes, zone, contact, note.

    \b
    Examples:
      emblem inventory import hosts.csv --exclude 'test-*'
      emblem inventory import --zone example.org --only '*.clinic.example.org' --dry-run
      ls-hosts | emblem inventory import -
    """
    if (file is None) == (zone is None):
        raise click.UsageError("Give FILE, or --zone: one of the two.")
    workspace = required_workspace(directory)
    hosts = _hosts_of_zone(workspace, zone) if zone is not None else _hosts_of_file(file or Path("-"), form)
    found = Inventory("", tuple(hosts), ()).chosen(patterns, exclusions)
    _merge(workspace, found, replace=replace, dry_run=dry_run)


@command.command("list")
@click.argument("patterns", metavar="[PATTERN...]", nargs=-1)
@_exclude_option
@click.option("--json", "as_json", is_flag=True, help="One host a line, as JSON.")
@workspace_option
def list_(patterns: tuple[str, ...], exclusions: tuple[str, ...], as_json: bool, directory: Path | None) -> None:
    """List the hosts, or those that match.

    \b
    Example:
      emblem inventory list '*.clinic.example.org'
    """
    hosts = required_workspace(directory).read_inventory().chosen(patterns, exclusions)
    if as_json:
        for host in hosts:
            print_json(dict(host.cells))
    elif hosts:
        used = [column for column in _HEADER if column == "host" or any(host.cells[column] for host in hosts)]
        print_table(used, [[host.cells[column] for column in used] for host in hosts])
    else:
        click.echo("no hosts; 'emblem inventory add HOST' adds one")


@command.command("check")
@click.argument("patterns", metavar="[PATTERN...]", nargs=-1)
@click.option("--again", is_flag=True, help="Also the hosts that a person confirmed before.")
@click.option(
    "--transfer", is_flag=True, help="Look for neighbours in the zones of emblem.toml, too, by zone transfers."
)
@click.option(
    "--resolver", "resolvers", metavar="ADDRESS", multiple=True, help="Ask this resolver. Default: the system's."
)
@click.option("--json", "as_json", is_flag=True, help="One doubt a line, as JSON; nothing is asked.")
@workspace_option
def check(
    patterns: tuple[str, ...],
    again: bool,
    transfer: bool,
    resolvers: tuple[str, ...],
    as_json: bool,
    directory: Path | None,
) -> int:
    """Look whether hosts are worth marking: they resolve, and share no address with what is not in the inventory.

    What shares an address with a marked host may be taken for marked, and only a person knows whether all of it is
    protected. So on a terminal that is asked for each host in doubt, and the answer kept in the column confirmed.

    \b
    Example:
      emblem inventory check '*.clinic.example.org'

    \b
    Exit code: 0 no doubts are left; 3 some are; 1 failed; 2 used wrongly.
    """
    from emblem.issuance.workspace.worth import doubts
    from emblem_cli.updating import asker

    workspace = required_workspace(directory)
    inventory = workspace.read_inventory()
    hosts = [host for host in inventory.chosen(patterns) if again or not host.confirmed]
    known = [host.target.text for host in inventory.hosts]
    found: dict[str, list[Doubt]] = {}
    for doubt in doubts(hosts, asker(resolvers), known, _neighbours(workspace) if transfer else None):
        found.setdefault(doubt.host.name, []).append(doubt)
        if as_json:
            print_json({"host": doubt.host.target.text, "what": doubt.what, "question": doubt.question})
    if as_json:
        return _IN_DOUBT if found else 0
    kept, gone, later = _decide(list(found.values()))
    if kept or gone:
        with changing(workspace) as held:
            current = held.read_inventory()
            still = {host.name for host in current.hosts}
            changed = add_hosts(with_column(current, "confirmed"), [host for host in kept if host.name in still])
            held.write_inventory(remove_hosts(changed, [host.name for host in gone]))
    click.echo(f"{_count(len(hosts))} looked at; {len(kept)} confirmed, {len(gone)} taken out, {later} in doubt")
    return _IN_DOUBT if later else 0


def _decide(found: Sequence[Sequence[Doubt]]) -> tuple[list[Host], list[Host], int]:
    """Show the doubts about each host, and ask where there is a terminal: those kept, those not, how many open."""
    kept: list[Host] = []
    gone: list[Host] = []
    later = 0
    asking = on_terminal()
    today = datetime.now(UTC).date().isoformat()
    for about in found:
        host = about[0].host
        for doubt in about:
            click.echo(f"{host.target}: {doubt.what}; {doubt.question}")
        answer = "l"
        if asking:
            answer = click.prompt(
                "  mark it (y), take it out (n), decide later (l)", type=_ANSWERS, default="l", show_choices=False
            )
        if answer == "y":
            kept.append(replace(host, confirmed=today))
        elif answer == "n":
            gone.append(host)
        else:
            later += 1
    return kept, gone, later


def on_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin is not None and sys.stdin.isatty()


def _neighbours(workspace: Workspace) -> Mapping[Address, Sequence[str]]:
    from emblem.issuance.workspace.settings import Method
    from emblem.issuance.workspace.worth import neighbours
    from emblem_cli.desk import publisher_for

    found: dict[Address, Sequence[str]] = {}
    for zone in workspace.settings.zones:
        if zone.method is Method.UPDATE:
            for address, names in neighbours(publisher_for(workspace, zone).transfer(zone.name)).items():
                found[address] = [*found.get(address, ()), *names]
    return found


def _hosts_of_file(file: Path, form: str | None) -> Sequence[Host]:
    name, data = name_of(file), read_input(file, LARGEST_INVENTORY)
    chosen = form or ("yaml" if file.suffix in (".yaml", ".yml", ".json") else "csv")
    if chosen == "csv":
        return read_inventory(name, data).hosts
    from emblem.issuance.workspace.inventory_yaml import read_yaml

    return read_yaml(name, data)


def _hosts_of_zone(workspace: Workspace, zone: str) -> Sequence[Host]:
    from emblem.issuance.workspace.inventory_zone import hosts_of_zone
    from emblem_cli.desk import publisher_for

    found = hosts_of_zone(zone, publisher_for(workspace, workspace.settings.zone_of(zone)).transfer(zone))
    if found.aliases:
        click.echo(
            f"left out: {found.aliases} that are aliases (CNAME); 'emblem inventory add' adds them, and carriage txt "
            "marks them",
            err=True,
        )
    return found.hosts


def _merge(workspace: Workspace, hosts: Sequence[Host], *, replace: bool, dry_run: bool = False) -> None:
    """Add hosts that are not there yet; of one that is there, the inventory is right unless told otherwise."""
    with changing(workspace) as held:
        inventory = held.read_inventory()
        known = {host.name: host for host in inventory.hosts}
        coming = [host for host in hosts if host.name not in known or (replace and known[host.name] != host)]
        if coming and not dry_run:
            held.write_inventory(add_hosts(inventory, coming))
    new = sum(host.name not in known for host in coming)
    if dry_run:
        for host in coming:
            click.echo(host.target.text)
    changed = f", changed {len(coming) - new}" if replace else ""
    verb = "would add" if dry_run else "added"
    there = len(hosts) - len(coming)
    click.echo(f"{verb} {_count(new)}{changed}" + (f"; {there} already there" if there else ""))


def _count(number: int) -> str:
    return "1 host" if number == 1 else f"{number} hosts"
