"""Ways for a name server to misbehave, for tests of whoever asks it: plain values and a pure function."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from emblem.dns import RecordType, ResourceRecord, Transport
from emblem.dns.message import LARGEST_MESSAGE


@dataclass(frozen=True, slots=True)
class ReceivedQuery:
    """A query that the server received.

    Args:
        number: counts from 1, over all transports.
        name: what was asked for, in lower case, without a trailing dot; empty if it was not understood.
        type: the record type's number; 0 if it was not understood.
        transport: how it came.
        edns: whether it had an OPT record.
        client: address and port that it came from.
    """

    number: int
    name: str
    type: int
    transport: Transport
    edns: bool
    client: tuple[str, int]


def always(query: ReceivedQuery) -> bool:
    """Every query."""
    del query
    return True


def over(transport: Transport) -> Callable[[ReceivedQuery], bool]:
    """The queries that come by this transport."""
    return lambda query: query.transport is transport


def first(count: int) -> Callable[[ReceivedQuery], bool]:
    """The first so many queries that the server receives."""
    return lambda query: query.number <= count


def with_probability(probability: float, source: random.Random) -> Callable[[ReceivedQuery], bool]:
    """Each query with this probability, from 0 to 1, drawn from ``source``."""

    def drawn(query: ReceivedQuery) -> bool:
        del query
        return source.random() < probability

    return drawn


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong with the responses to some queries. Whatever is set happens; the default is nothing.

    Args:
        when: which queries.
        drop: no response at all.
        delay: seconds before the response is sent.
        refuse_edns: a FORMERR for queries with an OPT record, as old servers have it.
        response_code: this code (2 SERVFAIL, 5 REFUSED, ...) and no records.
        replace: a lie: an authoritative answer of these records, whatever was asked.
        deny: a lie: a proper denial of the name (NXDOMAIN with the SOA of its parent).
        empty: no records, no SOA, neither AA nor RA: what a referral or a lame server looks like.
        truncate: TC set, and no records.
        pad_to: octets that the response is blown up to with records of the Additional section.
        wrong_identifier: an identifier that was not asked with.
        wrong_question: the question of another name.
        cut_to: octets after which the message ends; over TCP, the connection too.
        garbage: these bytes instead of the message.
        flood: messages that nobody asked for, sent first.
        drip: seconds between two octets over TCP.
    """

    when: Callable[[ReceivedQuery], bool] = always
    drop: bool = False
    delay: float = 0.0
    refuse_edns: bool = False
    response_code: int | None = None
    replace: tuple[ResourceRecord, ...] | None = None
    deny: bool = False
    empty: bool = False
    truncate: bool = False
    pad_to: int | None = None
    wrong_identifier: bool = False
    wrong_question: bool = False
    cut_to: int | None = None
    garbage: bytes | None = None
    flood: int = 0
    drip: float = 0.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is sent for one query.

    Args:
        messages: in this order.
        delay: seconds before the first.
        drip: seconds between two octets over TCP.
        cut_to: octets of a message over TCP after which the connection is closed, more being announced.
    """

    messages: tuple[bytes, ...]
    delay: float = 0.0
    drip: float = 0.0
    cut_to: int | None = None


def deliver(faults: Sequence[Faults], query: ReceivedQuery, response: bytes | None) -> Delivery:
    """What is sent instead of a right response.

    Args:
        faults: those whose ``when`` holds of the query take effect, one after the other.
        query: what was received.
        response: the right response; ``None`` if there is none.
    """
    delivery = Delivery(() if response is None else (response,))
    for fault in faults:
        if delivery.messages and fault.when(query):
            delivery = _spoiled(fault, query, delivery)
    return delivery


def _spoiled(fault: Faults, query: ReceivedQuery, delivery: Delivery) -> Delivery:
    if fault.drop:
        return Delivery(())
    *before, message = delivery.messages
    message = _falsified(fault, query, message)
    if fault.garbage is not None:
        message = fault.garbage
    if fault.cut_to is not None and query.transport is Transport.UDP:
        message = message[: fault.cut_to]
    unrequested = (_misidentified(message, offset + 1) for offset in range(fault.flood))
    return Delivery(
        (*before, *unrequested, message),
        delivery.delay + fault.delay,
        max(delivery.drip, fault.drip),
        fault.cut_to if fault.cut_to is not None else delivery.cut_to,
    )


def _misidentified(message: bytes, offset: int) -> bytes:
    identifier = int.from_bytes(message[:2])
    return ((identifier + offset) % 65536).to_bytes(2) + message[2:]


def _falsified(fault: Faults, query: ReceivedQuery, message: bytes) -> bytes:
    """The message, with what it says changed; one that an earlier fault made unreadable stays as it is."""
    try:
        response = dns.message.from_wire(message)
    except (dns.exception.DNSException, ValueError):
        return message
    if fault.refuse_edns and query.edns:
        _emptied(response).set_rcode(dns.rcode.FORMERR)
        response.use_edns(False)
    if fault.response_code is not None:
        _emptied(response).set_rcode(dns.rcode.Rcode.make(fault.response_code))
    if fault.replace is not None:
        _emptied(response).flags |= dns.flags.AA
        response.answer.extend(_rrset(record) for record in fault.replace)
    if fault.deny:
        _denied(response)
    if fault.empty:
        _emptied(response)
    if fault.truncate:
        _emptied(response).flags |= dns.flags.TC
    if fault.pad_to is not None:
        _padded(response, fault.pad_to)
    if fault.wrong_question and response.question:
        response.question[0].name = dns.name.from_text("something-else.example")
    falsified = response.to_wire(max_size=LARGEST_MESSAGE)
    return _misidentified(falsified, 1) if fault.wrong_identifier else falsified


def _emptied(response: dns.message.Message) -> dns.message.Message:
    for section in (response.answer, response.authority, response.additional):
        section.clear()
    response.flags &= ~(dns.flags.AA | dns.flags.TC)
    response.set_rcode(dns.rcode.NOERROR)
    return response


def _denied(response: dns.message.Message) -> None:
    name = response.question[0].name
    parent = name if name == dns.name.root else name.parent()
    start = dns.rrset.from_text(parent, 300, dns.rdataclass.IN, dns.rdatatype.SOA, "ns. hostmaster. 1 60 60 60 60")
    _emptied(response).set_rcode(dns.rcode.NXDOMAIN)
    response.flags |= dns.flags.AA
    response.authority.append(start)


def _rrset(record: ResourceRecord) -> dns.rrset.RRset:
    rdtype = dns.rdatatype.RdataType.make(record.type)
    rdata = dns.rdata.from_wire(dns.rdataclass.IN, rdtype, record.data, 0, len(record.data))
    return dns.rrset.from_rdata(dns.name.from_text(record.owner), record.ttl, rdata)


def _padded(response: dns.message.Message, size: int) -> None:
    filling = ResourceRecord("padding.example", RecordType.TXT, 0, b"\xff" + bytes(255))
    room = size - len(response.to_wire(max_size=LARGEST_MESSAGE))
    for _ in range(room // 268):
        response.additional.append(_rrset(filling))
