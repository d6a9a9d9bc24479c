"""Hosts from a zone: every name in it that has an address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from emblem.dns.message import RecordType, ResourceRecord
from emblem.errors import InvalidNameError
from emblem.issuance.workspace.inventory import Host
from emblem.model.target import Target

_ADDRESSES = (int(RecordType.A), int(RecordType.AAAA))
_CNAME = int(RecordType.CNAME)


@dataclass(frozen=True, slots=True)
class ZoneHosts:
    """What a zone holds: its hosts by name, and how many names are aliases, which need another carriage."""

    hosts: tuple[Host, ...]
    aliases: int


def hosts_of_zone(zone: str, records: Iterable[ResourceRecord]) -> ZoneHosts:
    """The names that have addresses. Wildcards and names with an underscore are no hosts.

    Args:
        zone: its name.
        records: all that are in it.
    """
    names: set[str] = set()
    aliases: set[str] = set()
    for record in records:
        if record.type in _ADDRESSES:
            names.add(record.owner)
        elif record.type == _CNAME:
            aliases.add(record.owner)
    hosts = [target for name in sorted(names) if (target := _host(name)) is not None]
    return ZoneHosts(
        tuple(Host(target, note=f"from zone {zone}") for target in hosts),
        sum(_host(name) is not None for name in aliases),
    )


def _host(name: str) -> Target | None:
    if name.startswith(("*", "_")) or "._" in name:
        return None
    try:
        return Target.parse(name)
    except InvalidNameError:
        return None
