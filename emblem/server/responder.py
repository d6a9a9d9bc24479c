"""From a query's bytes to an authoritative response's bytes: a pure function of the zones.

RFC 1034 (section 4.3.2), RFC 2181, RFC 2308, RFC 4592 (wildcards), RFC 6604, RFC 6672 (DNAME), RFC 6891
(EDNS), and the Additional-section rule of draft-linker-diem-adem-dns: any answer for a name that has an RRset
of certain types carries that RRset, whole or not at all; where it does not fit, TC is set.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.rrset

from emblem.dns import MOST_ALIASES, RecordType, ResponseCode, Transport
from emblem.dns.message import LARGEST_MESSAGE
from emblem.dns.query import FLAG_RECURSION_DESIRED, FLAG_RESPONSE, HEADER, UDP_PAYLOAD
from emblem.server.zone import Zone

IHLE_TYPES = frozenset({65297})
"""Types that the Additional-section rule is about: the private-use number of the drafts' prototype server."""

_SMALLEST_PAYLOAD = 512
_META_TYPES = range(128, 256)
_OPCODE_AND_RECURSION = 0x7800 | FLAG_RECURSION_DESIRED
_CUT_TYPES = (RecordType.A, RecordType.AAAA)


def respond(
    zones: Sequence[Zone],
    query: bytes,
    transport: Transport,
    *,
    additional_types: Iterable[int] = IHLE_TYPES,
) -> bytes | None:
    """The response to a query, or ``None`` where there is nothing to respond to.

    Args:
        zones: what to answer from.
        query: the message as received.
        transport: how it came; over UDP the response fits the client's payload size.
        additional_types: the record types that the Additional-section rule is about.
    """
    if len(query) < HEADER.size or HEADER.unpack_from(query)[1] & FLAG_RESPONSE:
        return None
    try:
        asked = dns.message.from_wire(query, keyring=False)
    except (dns.exception.DNSException, ValueError):
        return _format_error(query)
    if len(asked.question) != 1 and asked.opcode() == dns.opcode.QUERY:
        return _format_error(query)
    response = dns.message.make_response(asked, our_payload=UDP_PAYLOAD)
    refusal = _refusal(asked)
    if refusal is None:
        _Answering(zones, response, frozenset(additional_types)).answer()
    else:
        response.set_rcode(refusal)
    return _rendered(response, _size_limit(asked, transport))


def _format_error(query: bytes) -> bytes:
    identifier, flags, *_ = HEADER.unpack_from(query)
    return HEADER.pack(identifier, FLAG_RESPONSE | flags & _OPCODE_AND_RECURSION | ResponseCode.FORMERR, 0, 0, 0, 0)


def _refusal(asked: dns.message.Message) -> dns.rcode.Rcode | None:
    """The response code for what this server does not do."""
    if asked.opcode() != dns.opcode.QUERY:
        return dns.rcode.NOTIMP
    if asked.edns > 0:
        return dns.rcode.BADVERS
    question = asked.question[0]
    if int(question.rdtype) in _META_TYPES:
        return dns.rcode.NOTIMP
    return None if question.rdclass == dns.rdataclass.IN else dns.rcode.REFUSED


def _size_limit(asked: dns.message.Message, transport: Transport) -> int:
    if transport is not Transport.UDP:
        return LARGEST_MESSAGE
    return max(_SMALLEST_PAYLOAD, min(asked.payload, UDP_PAYLOAD)) if asked.edns >= 0 else _SMALLEST_PAYLOAD


def _rendered(response: dns.message.Message, limit: int) -> bytes:
    """The bytes, with whole sections left out and TC set where they do not fit."""
    try:
        return response.to_wire(max_size=limit)
    except dns.exception.TooBig:
        response.flags |= dns.flags.TC
    response.additional.clear()
    try:
        return response.to_wire(max_size=limit)
    except dns.exception.TooBig:
        response.answer.clear()
        response.authority.clear()
    return response.to_wire(max_size=limit)


class _Answering:
    """Fills one response from the zones."""

    def __init__(self, zones: Sequence[Zone], response: dns.message.Message, additional_types: frozenset[int]) -> None:
        self._zones = zones
        self._response = response
        self._additional_types = additional_types
        self._name = response.question[0].name
        self._type = int(response.question[0].rdtype)

    def answer(self) -> None:
        """RFC 1034, section 4.3.2, starting anew at the target of each alias."""
        zone = self._zone()
        if zone is None:
            self._response.set_rcode(dns.rcode.REFUSED)
            return
        self._response.flags |= dns.flags.AA
        seen: set[dns.name.Name] = set()
        while zone is not None and self._name not in seen and len(seen) <= MOST_ALIASES:
            seen.add(self._name)
            if not self._at_name(zone):
                return
            zone = self._zone()

    def _zone(self) -> Zone | None:
        holding = [zone for zone in self._zones if self._name.is_subdomain(zone.origin)]
        if (
            self._type == RecordType.DS
        ):  # A DS record belongs to the parent's side of a cut (RFC 4035, section 3.1.4.1).
            holding = [zone for zone in holding if zone.origin != self._name] or holding
        return max(holding, key=lambda zone: len(zone.origin), default=None)

    def _at_name(self, zone: Zone) -> bool:
        """Adds what one zone has to say of the name; whether an alias now leads on to another."""
        for ancestor in _path(zone.origin, self._name):
            if self._is_cut(zone, ancestor):
                self._refer(zone, ancestor)
                return False
            redirection = zone.rdataset(ancestor, RecordType.DNAME)
            if redirection is not None and ancestor != self._name:
                return self._redirect(ancestor, redirection)
        source = _source(zone, self._name)
        if source is None:
            self._response.set_rcode(dns.rcode.NXDOMAIN)
            self._deny(zone)
            return False
        return self._from_node(zone, source)

    def _is_cut(self, zone: Zone, name: dns.name.Name) -> bool:
        if name == zone.origin or (name == self._name and self._type == RecordType.DS):
            return False
        return zone.rdataset(name, RecordType.NS) is not None

    def _refer(self, zone: Zone, cut: dns.name.Name) -> None:
        if not self._response.answer:
            self._response.flags &= ~dns.flags.AA
        servers = zone.rdataset(cut, RecordType.NS)
        assert servers is not None
        self._add(self._response.authority, cut, servers)
        for server in servers:
            for record_type in _CUT_TYPES:
                self._add(self._response.additional, server.target, zone.rdataset(server.target, record_type))

    def _redirect(self, owner: dns.name.Name, redirection: dns.rdataset.Rdataset) -> bool:
        self._add(self._response.answer, owner, redirection)
        try:
            target = self._name.relativize(owner).concatenate(redirection[0].target)
        except dns.name.NameTooLong:
            self._response.set_rcode(dns.rcode.YXDOMAIN)
            return False
        alias = dns.rdataset.from_text(dns.rdataclass.IN, dns.rdatatype.CNAME, redirection.ttl, target.to_text())
        self._add(self._response.answer, self._name, alias)
        self._name = target
        return True

    def _from_node(self, zone: Zone, source: dns.name.Name) -> bool:
        records = zone.rdataset(source, self._type)
        alias = zone.rdataset(source, RecordType.CNAME)
        for record_type in self._additional_types - {self._type}:
            self._add(self._response.additional, self._name, zone.rdataset(source, record_type))
        if records is not None:
            self._add(self._response.answer, self._name, records)
            return False
        if alias is None:
            self._deny(zone)
            return False
        self._add(self._response.answer, self._name, alias)
        self._name = alias[0].target
        return True

    def _deny(self, zone: Zone) -> None:
        """The SOA with the time for which the denial may be kept (RFC 2308, section 3)."""
        start = zone.rdataset(zone.origin, RecordType.SOA)
        assert start is not None
        kept = dns.rdataset.from_rdata(min(start.ttl, start[0].minimum), start[0])
        self._add(self._response.authority, zone.origin, kept)

    @staticmethod
    def _add(section: list[dns.rrset.RRset], owner: dns.name.Name, records: dns.rdataset.Rdataset | None) -> None:
        if records is not None:
            section.append(dns.rrset.from_rdata_list(owner, records.ttl, list(records)))


def _path(origin: dns.name.Name, name: dns.name.Name) -> list[dns.name.Name]:
    """The names from the origin down to the name."""
    return [name.split(depth)[1] for depth in range(len(origin), len(name) + 1)]


def _source(zone: Zone, name: dns.name.Name) -> dns.name.Name | None:
    """The node that speaks for a name: itself, or the wildcard at its closest encloser (RFC 4592)."""
    if zone.exists(name):
        return name
    encloser = next(ancestor for ancestor in reversed(_path(zone.origin, name)) if zone.exists(ancestor))
    wildcard = dns.name.Name((b"*", *encloser.labels))
    return wildcard if zone.exists(wildcard) else None
