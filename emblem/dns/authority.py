"""Who is responsible for a name: its zone, the zone's primary, and all its authoritative servers.

Pure but for the questions, which are asked by the function that is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from emblem.dns.message import Answer, Outcome, Question, RecordType
from emblem.dns.names import labels_of, text_of
from emblem.dns.servers import DNS_PORT, ServerAddress
from emblem.dns.wire import name_in
from emblem.errors import UpdateError

Ask: TypeAlias = Callable[[Sequence[Question]], Sequence[Answer]]
"""Asks several questions at the same time; the answers are in their order."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone.

    Args:
        name: its own name, in text form.
        primary: the name of the server at which it is changed, as its SOA has it (RFC 1035, section 3.3.13).
    """

    name: str
    primary: str


@dataclass(frozen=True, slots=True)
class ZoneServer:
    """One address of a zone's authoritative server.

    Args:
        name: the server's, as the zone's NS record has it; empty where only its address is known.
        address: where it is.
    """

    name: str
    address: ServerAddress

    def __str__(self) -> str:
        return f"{self.name} ({self.address})" if self.name else str(self.address)


def find_zones(names: Iterable[str], ask: Ask) -> dict[str, Zone]:
    """The zone of each name: the nearest one from the name upward that has an SOA record.

    Raises:
        UpdateError: for one of them it cannot be established.
    """
    zones: dict[str, Zone | None] = {}
    pending = {name: name for name in names}
    found: dict[str, Zone] = {}
    while pending:
        unknown = sorted({at for at in pending.values() if at not in zones})
        answers = ask([Question(at, RecordType.SOA) for at in unknown])
        zones |= {at: _zone_at(at, answer) for at, answer in zip(unknown, answers, strict=True)}
        found |= {name: zone for name, at in pending.items() if (zone := zones[at]) is not None}
        pending = {name: _parent(name, at) for name, at in pending.items() if name not in found}
    return found


def _zone_at(name: str, answer: Answer) -> Zone | None:
    """The zone of which this is the apex, or None: an alias never is one, whatever it leads to."""
    if answer.aliases or answer.denied:
        return None
    if answer.outcome is not Outcome.FOUND:
        reason = answer.detail or str(answer.failure)
        raise UpdateError(f"the zone of {name} cannot be found: {reason} (asked {answer.server})")
    return Zone(name, text_of(name_in(answer.records[0].data)))


def _parent(name: str, at: str) -> str:
    labels = labels_of(at)
    if not labels:
        raise UpdateError(f"{name} is in no zone: not even the root answers")
    return text_of(labels[1:])


def find_name_servers(zone: str, ask: Ask) -> tuple[str, ...]:
    """The names of a zone's authoritative servers.

    Raises:
        UpdateError: they cannot be established.
    """
    (answer,) = ask([Question(zone, RecordType.NS)])
    if answer.outcome is not Outcome.FOUND or answer.aliases:
        reason = answer.detail or str(answer.failure or answer.outcome)
        raise UpdateError(f"the name servers of {zone} cannot be found: {reason} (asked {answer.server})")
    return tuple(sorted({text_of(name_in(record.data)) for record in answer.records}))


def find_addresses(names: Sequence[str], ask: Ask, port: int = DNS_PORT) -> tuple[ZoneServer, ...]:
    """Every address of some servers, IPv4 first.

    Raises:
        UpdateError: one of them has none.
    """
    types = (RecordType.A, RecordType.AAAA)
    answers = iter(ask([Question(name, number) for name in names for number in types]))
    servers: list[ZoneServer] = []
    for name in names:
        both = [next(answers) for _ in types]
        hosts = [_address(record.data) for answer in both for record in answer.records]
        if not hosts:
            reasons = {answer.detail or str(answer.failure or answer.outcome) for answer in both}
            raise UpdateError(f"the name server {name} has no address: {', '.join(sorted(reasons))}")
        servers.extend(ZoneServer(name, ServerAddress(host, port)) for host in hosts)
    return tuple(servers)


def _address(data: bytes) -> str:
    from ipaddress import ip_address

    return str(ip_address(data))
