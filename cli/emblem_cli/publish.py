"""`emblem publish`: put the records of hosts into their zones."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from emblem.issuance.publication import Publishing, Wish
from emblem.model.target import Target
from emblem_cli.collecting import collect, collecting_options, ttl_option
from emblem_cli.parameters import HOST
from emblem_cli.updating import Updating, apply, updating_options
from emblem_cli.workspaces import find_workspace, workspace_option


@click.command("publish")
@click.argument("hosts", metavar="[HOST...]", nargs=-1, type=HOST)
@click.option("--all", "everything", is_flag=True, help="In a workspace: all hosts of its inventory, zone by zone.")
@click.option("--only", "patterns", metavar="PATTERN", multiple=True, help="With --all: only hosts that match.")
@click.option("--exclude", "exclusions", metavar="PATTERN", multiple=True, help="With --all: not those that match.")
@click.option("--resume", is_flag=True, help="With --all: mark again after 'emblem unpublish --all' or --zone.")
@collecting_options
@click.option(
    "--carriage",
    type=click.Choice([one.value for one in Publishing]),
    default=Publishing.IHLE.value,
    show_default=True,
    help="ihle: IHLE records at the name; txt: TXT records at _emblem and the name, also for hosts that are a CNAME.",
)
@click.option("--set", "set_name", metavar="NAME", default="", help="With txt and both: the SET in the TXT values.")
@click.option("--replace-jws", is_flag=True, help="Take away records of the older format (adem-…) in the same update.")
@ttl_option
@updating_options
@workspace_option
def command(
    hosts: tuple[Target, ...],
    everything: bool,
    patterns: tuple[str, ...],
    exclusions: tuple[str, ...],
    resume: bool,
    tokens: Path,
    endorsements: tuple[Path, ...],
    carriage: str,
    set_name: str,
    replace_jws: bool,
    ttl: int,
    directory: Path | None,
    **options: Any,
) -> None:
    """Put the records of each HOST into its zone by dynamic update (RFC 2136), in the place of its old ones.

    Only records of emblems are touched. Each host is changed as a whole or not at all, and what was there is checked
    in the same step. What has changed is shown first. Afterwards all servers of the zone are asked until they agree.

    In a workspace --all brings all hosts of the inventory to what their emblems say, and HOST alone those; emblem.toml
    says how, unless an option says so.

    \b
    Examples:
      emblem publish --all
      emblem publish www.example.org --tsig-file update.key --dry-run
      emblem publish www.example.org mail.example.org --tsig-file update.key --server 192.0.2.53

    \b
    Exit code: 0 done, and shown by every server; 1 failed, or done and not shown by every server
    within --wait; 2 used wrongly.
    """
    if everything or (hosts and _is_for_workspace(click.get_current_context(), directory)):
        _check_workspace_use(click.get_current_context(), hosts, everything)
        from emblem_cli.publishing import Run, publish_inventory

        run = Run(directory, options["resolvers"], options["wait"], options["dry_run"], options["as_json"])
        publish_inventory(run, patterns, exclusions, resuming=resume, only=hosts)
        return
    if not hosts:
        raise click.UsageError("Missing argument 'HOST...', or --all of the workspace.")
    if patterns or exclusions or resume:
        raise click.UsageError("--only, --exclude and --resume go with --all.")
    updating = Updating(**options)
    if set_name and carriage == Publishing.IHLE:
        raise click.UsageError("--set goes with --carriage txt or both: only TXT records name a SET.")
    publisher = updating.publisher()
    wishes = [
        Wish(records.host.name, records, Publishing(carriage), ttl, set_name, replace_jws)
        for records in collect(tuple(dict.fromkeys(hosts)), tokens, endorsements, datetime.now(UTC))
    ]
    apply(publisher, publisher.prepare(wishes), updating)


_OUTSIDE = {
    "tokens": "--tokens",
    "endorsements": "--endorsement",
    "carriage": "--carriage",
    "set_name": "--set",
    "replace_jws": "--replace-jws",
    "ttl": "--ttl",
    "tsig_file": "--tsig-file",
    "server": "--server",
    "check_servers": "--check-server",
}


def _is_for_workspace(context: click.Context, directory: Path | None) -> bool:
    """Whether nothing but the workspace says how hosts are published."""
    return not _said(context) and find_workspace(directory) is not None


def _check_workspace_use(context: click.Context, hosts: tuple[Target, ...], everything: bool) -> None:
    if hosts and everything:
        raise click.UsageError("Name the hosts, or --all: one of the two.")
    said = _said(context)
    if said:
        raise click.UsageError(f"{said[0]} does not go with --all: emblem.toml and the inventory say it.")


def _said(context: click.Context) -> list[str]:
    """The options that were given and that say what in a workspace emblem.toml says."""
    return [
        option
        for name, option in _OUTSIDE.items()
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
    ]
