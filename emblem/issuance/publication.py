"""What must be in a zone for a host to be marked or not, and the update that makes it so: no I/O.

Ours are all records of the ``IHLE`` types, and the TXT values that carry the native format. Whatever else is at a name
stays as it is: other TXT records, and those of the older format unless they are to go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from emblem.codec.carriage import IHLE_TYPE, IHLE_TYPES, TXT_TYPE, decode_record, join_strings, write_text
from emblem.dns.message import LARGEST_MESSAGE, Answer, Outcome, Question, ResourceRecord
from emblem.dns.tsig_signature import LARGEST_SIGNATURE
from emblem.dns.update import NameInUse, Prerequisite, RRset, RRsetDeletion, Update, join_updates
from emblem.errors import InputError, MalformedError
from emblem.issuance.record_set import RecordSet
from emblem.keys.public import PublicKey
from emblem.model.names import is_domain_name
from emblem.model.record import Carriage, Record
from emblem.model.time import date_text
from emblem.model.token import Emblem, Format, Token, UnknownVersion

TEXT_LABEL = "_emblem."
"""What stands before a host's name where TXT records of ours are written (RFC 8552)."""

LARGEST_UPDATE = LARGEST_MESSAGE - LARGEST_SIGNATURE
"""Octets of the largest update that can be signed and sent in one message."""

_LONGEST_STRING = 255

Place: TypeAlias = tuple[str, int]
"""An owner name and a record type."""


class Publishing(StrEnum):
    """Which records mark a host."""

    IHLE = "ihle"
    """``IHLE`` at the name."""
    TXT = "txt"
    """TXT at ``_emblem`` and the name."""
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Wish:
    """How a host is to be in its zone.

    Args:
        name: where its records stand: the host's name, or an address's reverse name.
        records: what marks it; None: nothing is to mark it.
        publishing: which records carry that.
        ttl: of the records, in seconds.
        set_name: of the set in TXT values; empty for none.
        remove_jws: take away the records of the older format, too.
    """

    name: str
    records: RecordSet | None = None
    publishing: Publishing = Publishing.IHLE
    ttl: int = 0
    set_name: str = ""
    remove_jws: bool = False

    @property
    def questions(self) -> tuple[Question, ...]:
        """What to ask to know how the host is now: every place where records of ours can be."""
        places = [(self.name, number) for number in (*IHLE_TYPES, TXT_TYPE)]
        if is_domain_name(TEXT_LABEL + self.name):
            places.append((TEXT_LABEL + self.name, TXT_TYPE))
        return tuple(Question(owner, number) for owner, number in places)

    def is_granted(self, answer: Answer) -> bool:
        """Whether an answer to one of the questions shows what is wanted there, and nothing else of ours."""
        if answer.outcome is not Outcome.FOUND and not answer.denied and not answer.aliases:
            return False
        records = () if answer.aliases else answer.records
        number = answer.question.type
        shown = {record.data for record in records if is_ours(number, record.data, jws=self.remove_jws)}
        return shown == self.wanted().get((answer.question.name, number), frozenset())

    def wanted(self) -> dict[Place, frozenset[bytes]]:
        """The data of our records at each place that is to have some.

        Raises:
            InputError: the name is so long that it has no TXT carriage, or the set name has a character that it
                must not have.
        """
        if self.records is None:
            return {}
        places: dict[Place, frozenset[bytes]] = {}
        if self.publishing is not Publishing.TXT:
            places[self.name, IHLE_TYPE] = frozenset(self.records.records)
        if self.publishing is not Publishing.IHLE:
            owner = TEXT_LABEL + self.name
            if not is_domain_name(owner):
                raise InputError("host name", f"{len(self.name)} characters", f"one that leaves room for {TEXT_LABEL}")
            values = (write_text(data, self.set_name) for data in self.records.records)
            places[owner, TXT_TYPE] = frozenset(map(character_strings, values))
        return places


@dataclass(frozen=True, slots=True)
class Change:
    """What separates how a host is from how it is to be.

    Args:
        wish: how it is to be.
        before: what was found at each place that is touched.
        removed: our records that go.
        added: those that come.
        staying: records of the older format that are left alone.
        in_use: the name must be in use by itself, or a wildcard would cease to serve it.
    """

    wish: Wish
    before: tuple[RRset, ...]
    removed: tuple[ResourceRecord, ...]
    added: tuple[ResourceRecord, ...]
    staying: tuple[ResourceRecord, ...] = ()
    in_use: bool = False

    @property
    def is_none(self) -> bool:
        """The host is as it is to be."""
        return not (self.removed or self.added)

    def update(self, zone: str) -> Update:
        """The update that makes the change, and only if every RRset that it touches is still as it was read."""
        prerequisites: list[Prerequisite] = list(self.before)
        if self.in_use and not any(rrset.data for rrset in self.before if rrset.owner == self.wish.name):
            prerequisites.append(NameInUse(self.wish.name))
        return Update(zone, tuple(prerequisites), tuple(self._deletions()), self.added)

    def _deletions(self) -> Iterator[ResourceRecord | RRsetDeletion]:
        for rrset in self.before:
            going = [record for record in self.removed if (record.owner, record.type) == (rrset.owner, rrset.type)]
            if going and len(going) == len(rrset.data):
                yield RRsetDeletion(rrset.owner, rrset.type)
            else:
                yield from going


def difference(wish: Wish, found: Iterable[RRset]) -> Change:
    """What has to change for a wish to come true.

    A record of ours shares the TTL of what it stands with, since an RRset has one TTL (RFC 2181, section 5.2); where
    all records are ours, another TTL than the wished one is a difference.

    Args:
        wish: how the host is to be.
        found: what is at each of the places now; one that is left out has nothing and is not touched unless wanted.
    """
    wanted = wish.wanted()
    current = {(rrset.owner, rrset.type): rrset for rrset in found}
    touched: list[RRset] = []
    removed: list[ResourceRecord] = []
    added: list[ResourceRecord] = []
    staying: list[ResourceRecord] = []
    for place in dict.fromkeys((*current, *wanted)):
        owner, number = place
        rrset = current.get(place, RRset(owner, number, 0, frozenset()))
        ours = frozenset(data for data in rrset.data if is_ours(number, data, jws=wish.remove_jws))
        staying += (record for record in rrset.records if record.data not in ours and _is_jws(record))
        want = wanted.get(place, frozenset())
        ttl = wish.ttl if ours == rrset.data else rrset.ttl
        renewed = bool(want and ours) and ttl != rrset.ttl
        going, coming = (ours, want) if renewed else (ours - want, want - ours)
        if going or coming:
            touched.append(rrset)
            removed += RRset(owner, number, rrset.ttl, going).records
            added += RRset(owner, number, ttl, coming).records
    return Change(wish, tuple(touched), tuple(removed), tuple(added), tuple(staying))


def is_ours(number: int, data: bytes, *, jws: bool = False) -> bool:
    """Whether a record is one that marks a host in the native format; with ``jws``, in either format."""
    if number in IHLE_TYPES:
        return True
    decoded = decode_record(_record(number, data)) if number == TXT_TYPE else None
    return decoded is not None and (jws or decoded.format is Format.CWT)


def pack(changes: Iterable[Change], zone: str, largest: int = LARGEST_UPDATE) -> Iterator[tuple[Change, ...]]:
    """Group changes so that the update of each group fits in a message, and no host is split.

    Raises:
        InputError: a host's update does not fit in any.
    """
    group: list[Change] = []
    size = 0
    for change in changes:
        own = change.update(zone).size
        if own > largest:
            expected = f"{largest} octets at the most: publish one carriage after the other, or fewer endorsements"
            raise InputError(f"update of {change.wish.name}", f"{own} octets", expected)
        if group and size + own > largest:
            yield tuple(group)
            group, size = [], 0
        group.append(change)
        size += own
    if group:
        yield tuple(group)


def joined_update(changes: Sequence[Change], zone: str) -> Update:
    """The one update that makes several changes."""
    return join_updates(change.update(zone) for change in changes)


def token_of(record: ResourceRecord) -> Token | None:
    """The token that a record of ours carries, if it is one."""
    decoded = decode_record(_record(record.type, record.data))
    return None if decoded is None else decoded.token


def explain(record: ResourceRecord) -> str:
    """What a record of ours holds, in a few words."""
    decoded = decode_record(_record(record.type, record.data))
    if decoded is None or decoded.problem is not None:
        return f"unreadable, {len(record.data)} octets"
    if decoded.token is None:
        return "key " + ", ".join(
            key.identifier(decoded.format) if isinstance(key, PublicKey) else key.identifier for key in decoded.keys
        )
    claims = decoded.token.claims
    if isinstance(claims, UnknownVersion):
        return f"token in version {claims.version}"
    kind = "emblem" if isinstance(claims, Emblem) else "endorsement"
    issuer = f" by {claims.issuer}" if claims.issuer else ""
    return f"{kind}{issuer}, until {date_text(claims.expires)}"


def owner_of_marks(record: ResourceRecord) -> str | None:
    """The name of the host that a record marks, if it is one of ours."""
    if not is_ours(record.type, record.data):
        return None
    return record.owner.removeprefix(TEXT_LABEL) if record.type == TXT_TYPE else record.owner


def _is_jws(record: ResourceRecord) -> bool:
    return is_ours(record.type, record.data, jws=True) and not is_ours(record.type, record.data)


def _record(number: int, data: bytes) -> Record:
    if number != TXT_TYPE:
        return Record(Carriage.IHLE, data, type_number=number)
    try:
        return Record(Carriage.TXT, join_strings(data), type_number=number)
    except MalformedError:
        return Record(Carriage.TXT, b"", type_number=number)


def character_strings(value: str) -> bytes:
    """A text as the data of a TXT record: strings of 255 octets at the most, each after its length."""
    encoded = value.encode("ascii")
    chunks = (encoded[start : start + _LONGEST_STRING] for start in range(0, len(encoded), _LONGEST_STRING))
    return b"".join(bytes((len(chunk),)) + chunk for chunk in chunks)
