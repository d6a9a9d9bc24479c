"""Sets of records with their signatures, out of the messages of an answer, and the way that aliases lead through them.

The order of a message means nothing here: records of one owner and type are one set, and the RRSIG records that cover
it are its signatures (RFC 4035, section 5.3.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.RRSIG import RRSIG

from emblem.dns.interpretation import MOST_ALIASES, MOST_RECORDS
from emblem.dns.message import Question, RecordType, ResponseCode
from emblem.dns.names import labels_of, text_of
from emblem.dns.query import FLAG_TRUNCATED, HEADER, answers, end_of_question
from emblem.dns.wire import WireRecord, read_sections
from emblem.errors import MalformedError

NXNAME = 128
"""The type that stands in the bitmap of a name that does not exist (RFC 9824)."""

_LOW_CODE = 0x000F

_Key: TypeAlias = tuple[dns.name.Name, int]


@dataclass(frozen=True, slots=True)
class SignedSet:
    """All records of one owner and type in a section, and the signatures over them."""

    records: dns.rrset.RRset
    signatures: tuple[RRSIG, ...]

    @property
    def owner(self) -> dns.name.Name:
        return self.records.name

    @property
    def type(self) -> int:
        return int(self.records.rdtype)

    def __str__(self) -> str:
        """The owner and type, as details name them."""
        return f"{name_text(self.owner)} {dns.rdatatype.to_text(self.records.rdtype)}"


@dataclass(frozen=True, slots=True)
class Response:
    """One message: its response code, and the sets of its answer and authority sections."""

    code: int
    answer: tuple[SignedSet, ...]
    authority: tuple[SignedSet, ...]

    @property
    def signed(self) -> bool:
        """Whether it has any signature at all."""
        return any(found.signatures for found in (*self.answer, *self.authority))


@dataclass(frozen=True, slots=True)
class Trail:
    """How aliases lead through a response.

    Args:
        links: the sets that were gone through: CNAME or DNAME, and last the records of the type asked for if there
            are any.
        end: the name where it ends.
        found: the last link holds the records asked for.
    """

    links: tuple[SignedSet, ...]
    end: dns.name.Name
    found: bool


def name_text(name: dns.name.Name) -> str:
    """A name as this room writes it."""
    return text_of(name.labels[:-1])


def question_for(name: dns.name.Name, record_type: int) -> Question:
    """The question for records of a type at a name."""
    return Question(name_text(name), record_type)


def name_of(question: Question) -> dns.name.Name:
    """The name that a question asks about."""
    return _absolute(labels_of(question.name))


def read_response(question: Question, wire: bytes) -> Response | None:
    """The sets of a message, or ``None`` if it does not answer the question with NOERROR or NXDOMAIN."""
    if not answers(question, None, wire):
        return None
    _, flags, questions, *counts = HEADER.unpack_from(wire)
    if not questions or flags & FLAG_TRUNCATED or sum(counts) > MOST_RECORDS:
        return None
    try:
        sections = read_sections(wire, end_of_question(question), (counts[0], counts[1], counts[2]))
    except MalformedError:
        return None
    code = sections.extended_code << 4 | flags & _LOW_CODE
    if code not in (ResponseCode.NOERROR, ResponseCode.NXDOMAIN):
        return None
    return Response(code, _signed_sets(sections.answer), _signed_sets(sections.authority))


def follow(response: Response, start: dns.name.Name, record_type: int) -> Trail | None:
    """The way from a name to the records of a type; ``None`` if the aliases contradict themselves or have no end.

    Of a DNAME only its own record counts: the CNAME beside it is made from it, and is not signed (RFC 6672, section
    5.3.1).
    """
    links: list[SignedSet] = []
    name = start
    for _ in range(MOST_ALIASES + 1):
        found = _set_of(response.answer, name, record_type)
        if found is not None:
            return Trail((*links, found), name, True)
        alias = _alias_at(response.answer, name)
        if alias is None:
            return Trail(tuple(links), name, False)
        target = _target(alias, name)
        if target is None:
            return None
        links.append(alias)
        name = target
    return None


def _signed_sets(records: Iterable[WireRecord]) -> tuple[SignedSet, ...]:
    plain: dict[_Key, list[dns.rdata.Rdata]] = {}
    ttls: dict[_Key, int] = {}
    signatures: dict[_Key, dict[RRSIG, None]] = {}
    unreadable: set[_Key] = set()
    for record in dict.fromkeys(records):
        key = (_absolute(record.owner), record.type)
        rdata = _readable(record)
        if isinstance(rdata, RRSIG):
            signatures.setdefault((key[0], int(rdata.type_covered)), {})[rdata] = None
        elif rdata is None:
            unreadable.add(key)
        else:
            plain.setdefault(key, []).append(rdata)
            ttls[key] = min(record.ttl, ttls.get(key, record.ttl))
    return tuple(
        SignedSet(
            dns.rrset.from_rdata_list(key[0], ttls[key], rdatas),
            # A record that cannot be read would escape the signature over its set: then none counts.
            () if key in unreadable else tuple(signatures.get(key, ())),
        )
        for key, rdatas in plain.items()
    )


def _readable(record: WireRecord) -> dns.rdata.Rdata | None:
    try:
        return dns.rdata.from_wire(
            dns.rdataclass.IN, dns.rdatatype.RdataType.make(record.type), record.data, 0, len(record.data)
        )
    except (dns.exception.DNSException, ValueError):
        return None


def _absolute(labels: tuple[bytes, ...]) -> dns.name.Name:
    return dns.name.Name((*labels, b""))


def _set_of(sets: Iterable[SignedSet], owner: dns.name.Name, record_type: int) -> SignedSet | None:
    return next((found for found in sets if found.type == record_type and found.owner == owner), None)


def _alias_at(sets: tuple[SignedSet, ...], name: dns.name.Name) -> SignedSet | None:
    above = (
        found
        for found in sets
        if found.type == dns.rdatatype.DNAME and name != found.owner and name.is_subdomain(found.owner)
    )
    return next(above, None) or _set_of(sets, name, RecordType.CNAME)


def _target(alias: SignedSet, name: dns.name.Name) -> dns.name.Name | None:
    targets = {rdata.target for rdata in alias.records}
    if len(targets) != 1:
        return None
    target: dns.name.Name = targets.pop()
    if alias.type == dns.rdatatype.CNAME:
        return target
    try:
        return name.relativize(alias.owner).concatenate(target)
    except dns.name.NameTooLong:
        return None
