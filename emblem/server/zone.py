"""Zones: what the embedded name server serves (RFC 1034, section 4.3; RFC 1035, section 5)."""

from __future__ import annotations

from collections.abc import Iterable

import dns.exception
import dns.name
import dns.node
import dns.rdata
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.zone

from emblem.dns import RecordType, ResourceRecord
from emblem.errors import InputError

LARGEST_ZONE_FILE = 16 * 1024 * 1024
"""Characters of a zone file that are read."""

_NSEC = 47
_ALLOWED_BESIDE_CNAME = frozenset({RecordType.CNAME, RecordType.RRSIG, _NSEC})
_DEFAULT_TTL = 300
_EXPECTED = "a zone file (RFC 1035, section 5) of class IN"


class ZoneError(InputError):
    """A zone cannot be served: its text is no zone file, or its records do not make a zone."""


class Zone:
    """A zone, never changed once made. Make one with :meth:`parse` or :meth:`from_records`.

    Where it has no SOA or NS at its origin, it is given ones that name ``ns`` and ``hostmaster`` below it.
    """

    def __init__(self, zone: dns.zone.Zone) -> None:
        assert zone.origin is not None
        self.origin: dns.name.Name = zone.origin
        self._nodes: dict[dns.name.Name, dns.node.Node] = {name: node for name, node in zone.nodes.items() if node}
        _complete(zone.find_node(self.origin, create=True), self.origin)
        self._nodes[self.origin] = zone.find_node(self.origin)
        self._existing = _with_ancestors(self._nodes, self.origin)

    @classmethod
    def parse(cls, text: str, origin: str | None = None) -> Zone:
        """A zone from the text of a zone file; types that have no name yet are written the RFC 3597 way.

        Args:
            text: the zone file. ``$INCLUDE`` and ``$GENERATE`` are not followed.
            origin: the zone's name; may be left out where the text begins with ``$ORIGIN``.

        Raises:
            ZoneError: with the line that is wrong, or the one after it.
        """
        if len(text) > LARGEST_ZONE_FILE:
            raise ZoneError("zone file", f"{len(text)} characters", f"at most {LARGEST_ZONE_FILE}")
        try:
            zone = dns.zone.from_text(
                text,
                origin=_name(origin) if origin is not None else None,
                relativize=False,
                filename="zone",
                check_origin=False,
                allow_directives=("$ORIGIN", "$TTL"),
            )
        except (dns.exception.DNSException, ValueError) as error:
            raise _unreadable(error) from None
        if zone.origin is None:
            raise ZoneError("zone file", "no origin", "$ORIGIN in its first line, or an origin named with it")
        return cls(zone)

    @classmethod
    def from_records(cls, origin: str, records: Iterable[ResourceRecord]) -> Zone:
        """A zone from records.

        Raises:
            ZoneError: a record does not belong in it, or its data is malformed.
        """
        zone = dns.zone.Zone(_name(origin), relativize=False)
        records = tuple(records)
        _refuse_crowded_aliases(records)
        for record in records:
            owner = _name(record.owner)
            if not owner.is_subdomain(_name(origin)):
                raise ZoneError("record", f"owner {record.owner}", f"a name in the zone {origin}")
            try:
                rdtype = dns.rdatatype.RdataType.make(record.type)
                rdata = dns.rdata.from_wire(dns.rdataclass.IN, rdtype, record.data, 0, len(record.data))
            except dns.exception.DNSException as error:
                found = f"type {record.type} at {record.owner}: {error}"
                raise ZoneError("record data", found, "data in wire form, as its type has it") from None
            node = zone.find_node(owner, create=True)
            node.find_rdataset(dns.rdataclass.IN, rdtype, create=True).add(rdata, record.ttl)
        return cls(zone)

    def exists(self, name: dns.name.Name) -> bool:
        """Whether the name has records, or is on the way to one that has (an empty non-terminal)."""
        return name in self._existing

    def rdataset(self, name: dns.name.Name, record_type: int) -> dns.rdataset.Rdataset | None:
        """The records of a type at exactly this name."""
        node = self._nodes.get(name)
        return None if node is None else node.get_rdataset(dns.rdataclass.IN, dns.rdatatype.RdataType.make(record_type))


def _name(text: str) -> dns.name.Name:
    try:
        return dns.name.from_text(text)
    except dns.exception.DNSException as error:
        raise ZoneError("zone", f"{text!r}: {error}", "a domain name") from None


def _unreadable(error: Exception) -> ZoneError:
    """What dnspython says as ``zone:LINE: TEXT``, in our words.

    It counts a line as soon as it has read its end, and notices some errors only then.
    """
    text = str(error) or type(error).__name__
    place, _, problem = text.removeprefix("zone:").partition(": ")
    if text.startswith("zone:") and place.isdigit():
        return ZoneError(f"zone file, at or before line {place}", problem, _EXPECTED)
    return ZoneError("zone file", text, _EXPECTED)


def _refuse_crowded_aliases(records: tuple[ResourceRecord, ...]) -> None:
    """Nothing stands beside a CNAME but its own DNSSEC records (RFC 2181, RFC 4034)."""
    others = {record.owner for record in records if record.type not in _ALLOWED_BESIDE_CNAME}
    for record in records:
        if record.type == RecordType.CNAME and record.owner in others:
            raise ZoneError("record", f"CNAME and other data at {record.owner}", "one or the other")


def _complete(apex: dns.node.Node, origin: dns.name.Name) -> None:
    """Adds the SOA and NS that a zone must have, where they are absent."""
    server = f"ns.{origin}" if origin != dns.name.root else "ns."
    mailbox = f"hostmaster.{origin}" if origin != dns.name.root else "hostmaster."
    defaults = {
        RecordType.SOA: f"{server} {mailbox} 1 3600 900 604800 {_DEFAULT_TTL}",
        RecordType.NS: server,
    }
    for record_type, text in defaults.items():
        rdtype = dns.rdatatype.RdataType.make(int(record_type))
        if apex.get_rdataset(dns.rdataclass.IN, rdtype) is None:
            apex.replace_rdataset(dns.rdataset.from_text(dns.rdataclass.IN, rdtype, _DEFAULT_TTL, text))


def _with_ancestors(names: Iterable[dns.name.Name], origin: dns.name.Name) -> frozenset[dns.name.Name]:
    existing = {origin}
    for name in names:
        while name not in existing:
            existing.add(name)
            name = name.parent()
    return frozenset(existing)
