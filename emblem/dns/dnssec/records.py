"""Sets of records with their signatures, out of the messages of an answer, and the way that aliases lead through them.

The order of a message means nothing here: records of one owner and type are one set, and the RRSIG records that cover
it are its signatures (RFC 4035, section 5.3.1).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.wire
from dns.rdtypes.ANY.RRSIG import RRSIG

from emblem.dns.interpretation import MOST_ALIASES, MOST_RECORDS
from emblem.dns.message import Question, RecordType, ResponseCode
from emblem.dns.names import LONGEST_NAME, Labels, labels_of, length_of, text_of
from emblem.dns.query import FLAG_TRUNCATED, HEADER, answers, end_of_question
from emblem.dns.wire import WireRecord, read_sections
from emblem.errors import MalformedError
from emblem.model.value import quickly_made

NXNAME = 128
"""The type that stands in the bitmap of a name that does not exist (RFC 9824)."""

_LOW_CODE = 0x000F

_Key: TypeAlias = tuple[Labels, int]


SIGNATURE_HEAD = struct.Struct("!HBBIIIH")
"""An RRSIG record up to its signer's name."""


class Signature(NamedTuple):
    """The data of an RRSIG record (RFC 4034, section 3.1), under the names that the library gives to its fields."""

    type_covered: int
    algorithm: int
    labels: int
    original_ttl: int
    expiration: int
    inception: int
    key_tag: int
    signer: dns.name.Name
    signature: bytes


@quickly_made
@dataclass(frozen=True, slots=True)
class SignedSet:
    """All records of one owner and type in a section, and the signatures over them."""

    records: dns.rrset.RRset
    signatures: tuple[Signature | RRSIG, ...]

    @property
    def owner(self) -> dns.name.Name:
        return self.records.name

    @property
    def type(self) -> int:
        return int(self.records.rdtype)

    def __str__(self) -> str:
        """The owner and type, as details name them."""
        return f"{name_text(self.owner)} {dns.rdatatype.to_text(self.records.rdtype)}"


@quickly_made
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


@quickly_made
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
    return absolute(labels_of(question.name))


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
    plain: dict[_Key, list[dns.rdata.Rdata | Opaque]] = {}
    ttls: dict[_Key, int] = {}
    signatures: dict[_Key, dict[bytes, Signature]] = {}
    unreadable: set[_Key] = set()
    for record in dict.fromkeys(records):
        key = (record.owner, record.type)
        if record.type == RecordType.RRSIG:
            signature = _read_signature(record.data)
            if signature is None:
                unreadable.add(key)
            else:
                signatures.setdefault((record.owner, signature.type_covered), {})[record.data] = signature
            continue
        rdata = _readable(record)
        if rdata is None:
            unreadable.add(key)
        else:
            plain.setdefault(key, []).append(rdata)
            ttls[key] = min(record.ttl, ttls.get(key, record.ttl))
    return tuple(
        SignedSet(
            _make_set(key, ttls[key], rdatas),
            # A record that cannot be read would escape the signature over its set: then none counts.
            () if key in unreadable else tuple(signatures.get(key, {}).values()),
        )
        for key, rdatas in plain.items()
    )


def _make_set(key: _Key, ttl: int, rdatas: Iterable[dns.rdata.Rdata | Opaque]) -> dns.rrset.RRset:
    made = dns.rrset.RRset(absolute(key[0]), dns.rdataclass.IN, _type_of(key[1]))
    # What the library's own way of adding would ask of each record is so here: one class, one type, one TTL.
    made.items = dict.fromkeys(rdatas)
    made.ttl = ttl
    return made


@lru_cache(maxsize=64)
def _class_of(number: dns.rdatatype.RdataType) -> Any:
    return dns.rdata.get_rdata_class(dns.rdataclass.IN, number)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=64)
def _type_of(number: int) -> dns.rdatatype.RdataType:
    return dns.rdatatype.RdataType.make(number)


class Opaque(NamedTuple):
    """The data of a record of which nothing is known but its bytes (RFC 3597), in the place of the library's own."""

    data: bytes

    def to_digestable(self) -> bytes:
        """The canonical form, which for such data is as it is (RFC 3597, section 7)."""
        return self.data


def _readable(record: WireRecord) -> dns.rdata.Rdata | Opaque | None:
    number = _type_of(record.type)
    if _class_of(number) is dns.rdata.GenericRdata:
        return Opaque(record.data)
    parser = dns.wire.Parser(record.data)
    try:
        with dns.exception.ExceptionWrapper(dns.exception.FormError):  # type: ignore[no-untyped-call]
            rdata: dns.rdata.Rdata = _class_of(number).from_wire_parser(dns.rdataclass.IN, number, parser)
    except (dns.exception.DNSException, ValueError):
        return None
    return None if parser.remaining() else rdata


def _read_signature(data: bytes) -> Signature | None:
    """An RRSIG record (RFC 4034, section 3.1); its signer's name is never compressed."""
    if len(data) < SIGNATURE_HEAD.size:
        return None
    position = SIGNATURE_HEAD.size
    labels: list[bytes] = []
    while position < len(data) and 0 < data[position] < 64:
        labels.append(data[position + 1 : position + 1 + data[position]].lower())
        position += 1 + data[position]
    name = tuple(labels)
    if position >= len(data) or data[position] or length_of(name) > LONGEST_NAME:
        return None
    covered, algorithm, count, ttl, expiration, inception, tag = SIGNATURE_HEAD.unpack_from(data)
    signature = data[position + 1 :]
    return Signature(covered, algorithm, count, ttl, expiration, inception, tag, absolute(name), signature)


@lru_cache(maxsize=1024)
def absolute(labels: tuple[bytes, ...]) -> dns.name.Name:
    """A name as the library has it."""
    return dns.name.Name((*labels, b""))


def _set_of(sets: Iterable[SignedSet], owner: dns.name.Name, record_type: int) -> SignedSet | None:
    # Names that were read are remembered, so that equal ones are mostly the same: comparing labels takes long.
    return next(
        (found for found in sets if found.type == record_type and (found.owner is owner or found.owner == owner)), None
    )


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
