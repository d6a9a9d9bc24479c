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


@click.command("publish")
@click.argument("hosts", metavar="HOST...", nargs=-1, required=True, type=HOST)
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
def command(
    hosts: tuple[Target, ...],
    tokens: Path,
    endorsements: tuple[Path, ...],
    carriage: str,
    set_name: str,
    replace_jws: bool,
    ttl: int,
    **options: Any,
) -> None:
    """Put the records of each HOST into its zone by dynamic update (RFC 2136), in the place of its old ones.

    Only records of emblems are touched. Each host is changed as a whole or not at all, and what was there is checked
    in the same step. What has changed is shown first. Afterwards all servers of the zone are asked until they agree.

    \b
    Examples:
      emblem publish www.example.org --tsig-file update.key --dry-run
      emblem publish www.example.org mail.example.org --tsig-file update.key --server 192.0.2.53

    \b
    Exit code: 0 done, and shown by every server; 1 failed, or done and not shown by every server
    within --wait; 2 used wrongly.
    """
    updating = Updating(**options)
    if set_name and carriage == Publishing.IHLE:
        raise click.UsageError("--set goes with --carriage txt or both: only TXT records name a SET.")
    publisher = updating.publisher()
    wishes = [
        Wish(records.host.name, records, Publishing(carriage), ttl, set_name, replace_jws)
        for records in collect(tuple(dict.fromkeys(hosts)), tokens, endorsements, datetime.now(UTC))
    ]
    apply(publisher, publisher.prepare(wishes), updating)
