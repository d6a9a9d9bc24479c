"""`emblem unpublish`: take the records of hosts out of their zones, and say what remains."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from emblem.model.names import normalize_name
from emblem.model.target import Target
from emblem.model.time import date_text
from emblem_cli.output import print_json, warn
from emblem_cli.parameters import HOST, Parsed
from emblem_cli.updating import Updating, apply, say, updating_options
from emblem_cli.workspaces import find_workspace, workspace_option

if TYPE_CHECKING:
    from emblem.issuance.publisher import Plan
    from emblem.issuance.remains import Remains


@click.command("unpublish")
@click.argument("hosts", metavar="[HOST...]", nargs=-1, type=HOST)
@click.option(
    "--zone",
    metavar="ZONE",
    type=Parsed("zone", normalize_name),
    help="Every marked name of this zone, found by a zone transfer, which its primary must allow with the key.",
)
@click.option(
    "--all", "everything", is_flag=True, help="In a workspace: every host, and mark none again until told so."
)
@click.option("--removed", is_flag=True, help="In a workspace: the hosts that are no longer in its inventory.")
@click.option("--jws", "remove_jws", is_flag=True, help="The records of the older format (adem-…), too.")
@updating_options
@workspace_option
def command(
    hosts: tuple[Target, ...],
    zone: str | None,
    everything: bool,
    removed: bool,
    remove_jws: bool,
    directory: Path | None,
    **options: Any,
) -> None:
    """Take the records of each HOST out of its zone by dynamic update, and nothing else.

    What others can still see, and until when, is said first, and again when it is done.

    In a workspace --all unmarks every host of the organization, and --zone those of one zone of emblem.toml, with what
    emblem.toml says of the zones; both suspend marking, so that no timer marks them again.

    \b
    Examples:
      emblem unpublish --all
      emblem unpublish www.example.org --tsig-file update.key
      emblem unpublish --zone example.org --tsig-file update.key --dry-run

    \b
    Exit code: 0 done, and shown by no server; 1 failed, or done and still shown by a server
    after --wait; 2 used wrongly.
    """
    from emblem.issuance.publication import Wish

    if everything or removed or _is_for_workspace(directory, zone, options):
        _unpublish_in_workspace(hosts, zone, everything, removed, directory, options | {"remove_jws": remove_jws})
        return
    if bool(hosts) == (zone is not None):
        raise click.UsageError("Name the hosts, or their --zone: one of the two.")
    updating = Updating(**options)
    publisher = updating.publisher()
    names = [host.name for host in hosts] if zone is None else publisher.marked_names(zone)
    plans = publisher.prepare([Wish(name, remove_jws=remove_jws) for name in dict.fromkeys(names)])
    remains = _remains(plans)
    for line in beforehand(remains):
        say(updating, line)
    _warn_of_staying(plans)
    apply(publisher, plans, updating)
    if updating.dry_run:
        return
    caches_until = date_text(int(time.time()) + remains.longest_ttl)
    if updating.as_json:
        until = None if remains.tokens_until is None else date_text(remains.tokens_until)
        logged = list(map(str, remains.logged))
        print_json({"caches_until": caches_until, "tokens_until": until, "logged": logged})
    elif any(plan.due for plan in plans):
        click.echo(f"caches may show what was removed until {caches_until} at the latest")


def _is_for_workspace(directory: Path | None, zone: str | None, options: dict[str, Any]) -> bool:
    """Whether nothing but the workspace says how zones are reached, and it knows the one that is named."""
    given = options["tsig_file"] is not None or options["server"] is not None or options["check_servers"]
    if given:
        return False
    workspace = find_workspace(directory)
    return workspace is not None and (zone is None or any(one.name == zone for one in workspace.settings.zones))


def _unpublish_in_workspace(
    hosts: tuple[Target, ...],
    zone: str | None,
    everything: bool,
    removed: bool,
    directory: Path | None,
    options: dict[str, Any],
) -> None:
    if (bool(hosts), zone is not None, everything, removed).count(True) != 1:
        raise click.UsageError("Name the hosts, or --zone, --all or --removed: one of these.")
    from emblem_cli.publishing import Run, unpublish_inventory, unpublish_named, unpublish_removed

    if options["tsig_file"] is not None or options["server"] is not None or options["check_servers"]:
        raise click.UsageError("With --all and --removed emblem.toml says how the zones are reached.")
    chosen = {name: options[name] for name in ("resolvers", "wait", "dry_run", "as_json", "remove_jws")}
    run = Run(directory, **chosen)
    if hosts:
        unpublish_named(run, hosts)
    elif removed:
        unpublish_removed(run)
    else:
        unpublish_inventory(run, zone)


def beforehand(remains: Remains) -> list[str]:
    """What will stay visible elsewhere, in lines for people."""
    lines = []
    if remains.longest_ttl:
        lines.append(f"caches may show it for {remains.longest_ttl} seconds after the last server has dropped it")
    if remains.tokens_until is not None:
        lines.append(f"copies of the emblems that others have kept hold until {date_text(remains.tokens_until)}")
    if remains.logged:
        organizations = ", ".join(map(str, remains.logged))
        lines.append(f"certificates of the keys of {organizations} stay in public logs for good")
    return [f"what stays visible elsewhere: {line}" for line in lines]


def _remains(plans: Sequence[Plan]) -> Remains:
    from emblem.issuance.remains import remains_of

    return remains_of(record for plan in plans for change in plan.changes for record in change.removed)


def _warn_of_staying(plans: Sequence[Plan]) -> None:
    names = [change.wish.name for plan in plans for change in plan.changes if change.staying]
    if names:
        more = f" and {len(names) - 1} more" if names[1:] else ""
        warn(f"records of the older format (adem-…) mark {names[0]}{more} and stay: --jws takes them away, too")
