"""Dynamic updates as values and as bytes: what must be in a zone, what goes, what comes (RFC 2136)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from emblem.dns.message import RecordType, ResourceRecord
from emblem.dns.names import encode_labels, labels_of
from emblem.dns.query import HEADER
from emblem.errors import InputError

OPCODE_UPDATE = 5
FLAGS_UPDATE = OPCODE_UPDATE << 11

_CLASS_IN, _CLASS_NONE, _CLASS_ANY = 1, 254, 255
_TYPE_ANY = 255
_ZONE = struct.Struct("!HH")
_RECORD = struct.Struct("!HHIH")
_POINTER_TO_ZONE = struct.pack("!H", 0xC000 | HEADER.size)


@dataclass(frozen=True, slots=True)
class RRset:
    """All records of one type at one name.

    Args:
        owner: the name, in text form.
        type: the type's number.
        ttl: seconds; means nothing where there are no records.
        data: of the records, in wire form; empty where there are none.
    """

    owner: str
    type: int
    ttl: int
    data: frozenset[bytes]

    @property
    def records(self) -> tuple[ResourceRecord, ...]:
        """The records, in the order of their data."""
        return tuple(ResourceRecord(self.owner, self.type, self.ttl, data) for data in sorted(self.data))


@dataclass(frozen=True, slots=True)
class NameInUse:
    """There is a record at this name itself: not one that a wildcard stands in for (RFC 2136, section 2.4.4)."""

    owner: str


Prerequisite: TypeAlias = RRset | NameInUse
"""What must be so for an update to be made: this exact RRset, TTL aside (section 2.4.2; empty: there is none, section
2.4.3), or a name in use."""


@dataclass(frozen=True, slots=True)
class RRsetDeletion:
    """All records of one type at one name go (section 2.5.2)."""

    owner: str
    type: int


Deletion: TypeAlias = ResourceRecord | RRsetDeletion
"""What goes: one record, whatever its TTL (section 2.5.4), or all of a type."""


@dataclass(frozen=True, slots=True)
class Update:
    """A change of one zone, which is made as a whole or not at all.

    Args:
        zone: the zone's name, in text form. Every name below lies in it.
        prerequisites: what must be so; otherwise the server makes none of the changes.
        deletions: what goes first.
        additions: what comes then.
    """

    zone: str
    prerequisites: tuple[Prerequisite, ...]
    deletions: tuple[Deletion, ...]
    additions: tuple[ResourceRecord, ...]

    def encode(self, identifier: int) -> bytes:
        """The message, not signed.

        Raises:
            InputError: a name lies outside the zone.
        """
        zone = labels_of(self.zone)
        prerequisites = [record for one in self.prerequisites for record in _prerequisite(one, self.zone)]
        changes = [_deletion(one, self.zone) for one in self.deletions]
        changes += [_record(one.owner, self.zone, one.type, _CLASS_IN, one.ttl, one.data) for one in self.additions]
        header = HEADER.pack(identifier, FLAGS_UPDATE, 1, len(prerequisites), len(changes), 0)
        asked = encode_labels(zone) + _ZONE.pack(RecordType.SOA, _CLASS_IN)
        return b"".join((header, asked, *prerequisites, *changes))

    @property
    def size(self) -> int:
        """The octets of the message, not signed."""
        return len(self.encode(0))


def join_updates(updates: Iterable[Update]) -> Update:
    """One update that does what several of the same zone do; its size is no more than theirs together."""
    parts = tuple(updates)
    return Update(
        parts[0].zone,
        tuple(one for part in parts for one in part.prerequisites),
        tuple(one for part in parts for one in part.deletions),
        tuple(one for part in parts for one in part.additions),
    )


def is_within(name: str, zone: str) -> bool:
    """Whether a name is the zone's own or lies below it."""
    return zone == "." or name == zone or name.endswith(f".{zone}")


def _prerequisite(one: Prerequisite, zone: str) -> list[bytes]:
    if isinstance(one, NameInUse):
        return [_record(one.owner, zone, _TYPE_ANY, _CLASS_ANY, 0, b"")]
    if not one.data:
        return [_record(one.owner, zone, one.type, _CLASS_NONE, 0, b"")]
    return [_record(one.owner, zone, one.type, _CLASS_IN, 0, data) for data in sorted(one.data)]


def _deletion(one: Deletion, zone: str) -> bytes:
    if isinstance(one, RRsetDeletion):
        return _record(one.owner, zone, one.type, _CLASS_ANY, 0, b"")
    return _record(one.owner, zone, one.type, _CLASS_NONE, 0, one.data)


def _record(owner: str, zone: str, record_type: int, record_class: int, ttl: int, data: bytes) -> bytes:
    return _owner(owner, zone) + _RECORD.pack(record_type, record_class, ttl, len(data)) + data


def _owner(owner: str, zone: str) -> bytes:
    """A name of the zone: its own labels, and a pointer to the zone's name, which comes first in the message."""
    labels, apex = labels_of(owner), labels_of(zone)
    below = len(labels) - len(apex)
    if below < 0 or labels[below:] != apex:
        raise InputError("name", owner, f"one in the zone {zone}")
    return encode_labels(labels[:below])[:-1] + _POINTER_TO_ZONE
