"""What an organization has settled on, as ``emblem.toml`` says it (``docs/workspace.md``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from emblem.errors import WorkspaceError
from emblem.issuance.publication import Publishing
from emblem.model.organization import Organization
from emblem.model.purpose import Purpose
from emblem.model.sign import Sign
from emblem.trust.fields import Source
from emblem.trust.places import Path

PKCS11 = "pkcs11:"
"""What the location of a key in a hardware token begins with (RFC 7512)."""

_DAY = 86_400


class Role(StrEnum):
    """What a key is for."""

    ROOT = "root"
    """Endorses the organization's own keys; others endorse it."""
    SIGNING = "signing"
    """Signs emblems."""
    AUTHORITY = "authority"
    """Endorses the root keys of other organizations."""


class Method(StrEnum):
    """How the records of a zone get into it."""

    UPDATE = "update"
    """By dynamic update (RFC 2136)."""
    ZONE_FILE = "zone-file"
    """As lines in a file that the zone's own file includes."""
    OCTODNS = "octodns"
    """As a file that octoDNS reads."""
    BY_HAND = "by-hand"
    """Not by us."""


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key of the organization.

    Args:
        name: what it is called here.
        role: what it is for.
        location: where the private half is: a path, relative to the workspace, or a PKCS#11 URI (RFC 7512); None
            where it is elsewhere, as that of a root on a machine without a network.
        public: the file of the public half, relative to the workspace.
        retired: from when it signs nothing any more; what it signed before still holds.
        path: where it stands in the file.
    """

    name: str
    role: Role
    location: str | None
    public: str
    retired: datetime | None = None
    path: Path = field(default=(), compare=False)

    @property
    def in_token(self) -> bool:
        """Whether the private half is in a hardware token."""
        return self.location is not None and self.location.startswith(PKCS11)

    def signs_at(self, at: datetime) -> bool:
        """Whether it is not retired at a time."""
        return self.retired is None or at < self.retired


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for a host unless its line in the inventory, or its zone, says otherwise.

    Args:
        purposes: what its emblem is used for.
        valid: seconds for which an emblem holds.
        renew_before: seconds before its end from which an emblem is renewed.
        ttl: seconds, of its records.
        carriage: which records mark it.
    """

    purposes: Purpose = Purpose.PROTECTIVE
    valid: int = 30 * _DAY
    renew_before: int = 10 * _DAY
    ttl: int = 3600
    carriage: Publishing = Publishing.IHLE


@dataclass(frozen=True, slots=True)
class ZoneSettings:
    """A zone, and how its hosts are published.

    Args:
        name: of the zone, without a final dot.
        method: how.
        server: for updates: the primary, ``ADDRESS[:PORT]``; None: that of the zone's SOA.
        tsig_file: for updates: the file of the key, relative to the workspace; None: the environment's.
        check_servers: for updates: the servers that must show it, ``ADDRESS[:PORT]``; empty: all that the zone names.
        file: for the methods that write one: which, relative to the workspace.
        carriage: which records mark its hosts; None: the default.
        ttl: of its records; None: the default.
        set_name: of the set in TXT values; empty for none.
        path: where it stands in the file.
    """

    name: str
    method: Method = Method.UPDATE
    server: str | None = None
    tsig_file: str | None = None
    check_servers: tuple[str, ...] = ()
    file: str | None = None
    carriage: Publishing | None = None
    ttl: int | None = None
    set_name: str = ""
    path: Path = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that ``emblem.toml`` says.

    ``sign`` is None where the organization leaves it unsaid which emblem it bears. ``source`` is the text it was read
    from, for errors and changes.
    """

    organization: Organization
    sign: Sign | None
    name: str | None = None
    defaults: Defaults = Defaults()
    keys: tuple[NamedKey, ...] = ()
    zones: tuple[ZoneSettings, ...] = ()
    source: Source | None = field(default=None, compare=False, repr=False)

    def key(self, name: str) -> NamedKey:
        """The key of a name.

        Raises:
            WorkspaceError: there is none.
        """
        found = next((key for key in self.keys if key.name == name), None)
        if found is None:
            known = ", ".join(key.name for key in self.keys) or "none is there yet: 'emblem key new'"
            raise WorkspaceError("key name", repr(name), f"the name of a key in emblem.toml ({known})")
        return found

    def keys_of(self, role: Role) -> tuple[NamedKey, ...]:
        """The keys of a role, retired ones too, in the order of the file."""
        return tuple(key for key in self.keys if key.role is role)

    def current_key(self, role: Role, at: datetime) -> NamedKey:
        """The key that signs in a role at a time: of several that are not retired, the last one in the file.

        Raises:
            WorkspaceError: there is none.
        """
        usable = [key for key in self.keys_of(role) if key.signs_at(at)]
        if not usable:
            found = "only retired ones" if self.keys_of(role) else "none"
            expected = f"one in emblem.toml; 'emblem key new NAME --role {role}' makes one"
            raise WorkspaceError(f"key of the role {role}", found, expected)
        return usable[-1]

    def zone_of(self, name: str) -> ZoneSettings | None:
        """The nearest of the zones that a name lies in, or None."""
        inside = [zone for zone in self.zones if name == zone.name or name.endswith(f".{zone.name}")]
        return max(inside, key=lambda zone: len(zone.name), default=None)
