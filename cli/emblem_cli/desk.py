"""What the commands that work on a whole inventory have in common: signers, publishers, and what a run says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click

from emblem.errors import InputError, KeyFileError
from emblem.issuance.workspace.settings import NamedKey, Role, ZoneSettings
from emblem.keys.files import LARGEST_KEY_FILE, read_file
from emblem.keys.pem import read_public_keys
from emblem.keys.public import PublicKey
from emblem.keys.signing import Signer
from emblem_cli.output import warn
from emblem_cli.passphrases import Passphrases, open_signer
from emblem_cli.signing_keys import place_of
from emblem_cli.updating import asker, read_key

if TYPE_CHECKING:
    from emblem.issuance.publisher import Publisher
    from emblem.issuance.workspace.folder import Workspace
    from emblem.issuance.workspace.inventory import Host
    from emblem.issuance.workspace.sending import Skipped
    from emblem.model.target import Target

_WORTH_SHOWING = 100
_MOST_NAMED = 3


def read_public(workspace: Workspace, key: NamedKey) -> PublicKey:
    """The public half of a key of the workspace.

    Raises:
        InputError: its file cannot be read or holds something else.
    """
    path = workspace.public_file(key)
    (public, *others) = read_public_keys(str(path), read_file(path, LARGEST_KEY_FILE))
    if others:
        raise KeyFileError(str(path), f"{1 + len(others)} keys", "exactly one")
    return public


def open_named(workspace: Workspace, key: NamedKey, passphrases: Passphrases) -> Signer:
    """The private half of a key of the workspace, which must be that of its public file.

    Raises:
        KeyFileError: it is on another machine, or is another key's; or its passphrase or PIN is missing or wrong.
    """
    place = place_of(workspace, key)
    public = read_public(workspace, key)
    signer = open_signer(place, passphrases, public)
    if signer.public_key.cose_thumbprint != public.cose_thumbprint:
        found = f"another key than in {workspace.public_file(key)}"
        raise KeyFileError(str(place), found, "two halves of one key")
    return signer


def signing_key(workspace: Workspace, at: datetime) -> tuple[NamedKey, PublicKey]:
    """The key that signs emblems now, and its public half.

    Raises:
        InputError: there is none, or it cannot be read.
    """
    key = workspace.settings.current_key(Role.SIGNING, at)
    return key, read_public(workspace, key)


def publisher_for(
    workspace: Workspace, zone: ZoneSettings | None, resolvers: Sequence[str] = (), *, needs_key: bool = True
) -> Publisher:
    """What reaches the primary of a zone, as ``emblem.toml`` says.

    Raises:
        InputError: the zone is not there, or not published by updates; or its key cannot be used.
    """
    from emblem.dns.servers import ServerAddress
    from emblem.issuance.publisher import Publisher
    from emblem.issuance.workspace.settings import Method

    if zone is None or zone.method is not Method.UPDATE:
        found = "none" if zone is None else f"the method {zone.method}"
        raise InputError("zone", found, "a [[zone]] of emblem.toml with the method update")
    key = read_key(None if zone.tsig_file is None else workspace.path(zone.tsig_file))
    if key is None and needs_key:
        expected = "'tsig-file' in its [[zone]] of emblem.toml, or EMBLEM_TSIG in the environment"
        raise InputError(f"TSIG key of {zone.name}", "none", expected)
    server = None if zone.server is None else ServerAddress.parse(zone.server)
    return Publisher(asker(resolvers), key=key, server=server)


def chosen_hosts(workspace: Workspace, patterns: Sequence[str], exclusions: Sequence[str]) -> tuple[Host, ...]:
    """The hosts of the inventory that match; see ``emblem inventory list``.

    Raises:
        InputError: the inventory has anything wrong in it, or no host.
    """
    inventory = workspace.read_inventory()
    if not inventory.hosts:
        raise InputError(inventory.name, "no hosts", "some; 'emblem inventory add HOST' adds one")
    hosts = inventory.chosen(patterns, exclusions)
    if not hosts:
        raise InputError("hosts", "none that match", "a pattern that a host of the inventory matches")
    return hosts


def named_hosts(workspace: Workspace, targets: Sequence[Target]) -> tuple[Host, ...]:
    """The hosts of the inventory that were named.

    Raises:
        InputError: one of them is not in it, or it has anything wrong in it.
    """
    known = {host.name: host for host in workspace.read_inventory().hosts}
    missing = next((target for target in targets if target.name not in known), None)
    if missing is not None:
        raise InputError("HOST", str(missing), f"a host of the inventory; 'emblem inventory add {missing}' adds it")
    return tuple(known[target.name] for target in dict.fromkeys(targets))


@contextmanager
def bar(length: int, label: str) -> Iterator[Callable[[int], None]]:
    """A progress bar on the terminal where there is much to do, and nothing elsewhere."""
    if length < _WORTH_SHOWING or not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr, show_pos=True) as shown:
        yield shown.update


def count(number: int, what: str = "host") -> str:
    """So many of something."""
    return f"1 {what}" if number == 1 else f"{number:,} {what}s".replace(",", " ")


def warn_of_skipped(skipped: Sequence[Skipped]) -> None:
    """Say which hosts were left as they are, and why."""
    for one in skipped[:_MOST_NAMED]:
        warn(f"left as it is in the DNS: {one.name}: {one.reason}")
    if len(skipped) > _MOST_NAMED:
        warn(f"left as they are in the DNS: {count(len(skipped) - _MOST_NAMED, 'further host')}")


def named(names: Sequence[str]) -> str:
    """A few of some names."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
