"""Sets of records with their signatures, out of the messages of an answer, and the way that aliases lead through them.

The order of a message means nothing here: records of one owner and type are one set, and the RRSIG records that cover
it are its signatures (RFC 4035, section 5.3.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import dns.name
import dns.rdatatype
from dns.rdtypes.nsbase import NSBase

from emblem.dns.dnssec.record_data import RecordData, Signature, absolute, is_below, read_data, same, type_text
from emblem.dns.interpretation import MOST_ALIASES, MOST_RECORDS
from emblem.dns.message import Question, RecordType, ResponseCode
from emblem.dns.names import Labels, labels_of, text_of
from emblem.dns.query import FLAG_TRUNCATED, HEADER, answers, end_of_question
from emblem.dns.wire import WireRecord, read_sections
from emblem.errors import MalformedError
from emblem.model.value import quickly_made

NXNAME = 128
"""The type that stands in the bitmap of a name that does not exist (RFC 9824)."""

_LOW_CODE = 0x000F

_Key: TypeAlias = tuple[Labels, int]


@quickly_made
@dataclass(frozen=True, slots=True)
class SignedSet:
    """All records of one owner and type in a section, and the signatures over them.

    Args:
        owner: the name that they are at.
        type: their type's number.
        ttl: seconds, the shortest of any of them.
        records: their data.
        signatures: the RRSIG records that cover them.
    """

    owner: dns.name.Name
    type: int
    ttl: int
    records: tuple[RecordData, ...]
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """The owner and type, as details name them."""
        return f"{name_text(self.owner)} {type_text(self.type)}"


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
        sections = read_sections(
            wire, end_of_question(question), (counts[0], counts[1], counts[2]), labels_of(question.name)
        )
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


def _signed_sets(records: Sequence[WireRecord]) -> tuple[SignedSet, ...]:
    if not records:
        return ()
    plain: dict[_Key, dict[RecordData, None]] = {}
    ttls: dict[_Key, int] = {}
    signatures: dict[_Key, list[Signature]] = {}
    unreadable: set[_Key] = set()
    for owner, record_type, ttl, data in dict.fromkeys(records):
        key = owner, record_type
        if record_type == RecordType.RRSIG:
            signature = Signature.read(data)
            if signature is None:
                unreadable.add(key)
            else:
                signatures.setdefault((owner, signature.type_covered), []).append(signature)
            continue
        read = read_data(record_type, data)
        if read is None:
            unreadable.add(key)
        else:
            plain.setdefault(key, {})[read] = None
            ttls[key] = min(ttl, ttls.get(key, ttl))
    return tuple(
        [
            SignedSet(
                absolute(key[0]),
                key[1],
                ttls[key],
                tuple(read),
                # A record that cannot be read would escape the signature over its set: then none counts.
                () if key in unreadable else tuple(dict.fromkeys(signatures.get(key, ()))),
            )
            for key, read in plain.items()
        ]
    )


def _set_of(sets: Iterable[SignedSet], owner: dns.name.Name, record_type: int) -> SignedSet | None:
    return next((found for found in sets if found.type == record_type and same(found.owner, owner)), None)


def _alias_at(sets: tuple[SignedSet, ...], name: dns.name.Name) -> SignedSet | None:
    above = (
        found
        for found in sets
        if found.type == RecordType.DNAME and not same(name, found.owner) and is_below(name, found.owner)
    )
    return next(above, None) or _set_of(sets, name, RecordType.CNAME)


def _target(alias: SignedSet, name: dns.name.Name) -> dns.name.Name | None:
    targets = {record.target for record in alias.records if isinstance(record, NSBase)}
    if len(targets) != 1:
        return None
    target: dns.name.Name = targets.pop()
    if alias.type == RecordType.CNAME:
        return target
    try:
        return name.relativize(alias.owner).concatenate(target)
    except dns.name.NameTooLong:
        return None
