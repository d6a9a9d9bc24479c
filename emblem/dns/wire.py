"""Reading the records of a DNS message (RFC 1035, section 4; RFC 3597, section 4).

Written here and not left to dnspython, which takes seconds over the names that a hostile response of 28 kB
can hold, and is not needed otherwise to ask a question. Every name is read once and in bounded time, and every
record must end where it says.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from emblem.dns.message import RecordType
from emblem.dns.names import LONGEST_NAME, Labels, encode_labels, length_of
from emblem.dns.query import HEADER
from emblem.errors import MalformedError

_REMEMBERED = 32
"""Messages that are remembered as they were read: what is interpreted is often judged, too."""
_RECORD = struct.Struct("!HHIH")
_CLASS_IN = 1
_POINTER = 0xC0
_TARGET = 0x3FFF
"""The bits of a pointer that say where it leads."""
_MOST_POINTERS = 127
_LARGEST_TTL = 0x7FFFFFFF

# Looking a member up in its class takes as long as a call, before Python 3.12: these every record needs.
_OPT = int(RecordType.OPT)
_TXT = int(RecordType.TXT)

_FIXED_LENGTHS: dict[int, int] = {RecordType.A: 4, RecordType.AAAA: 16}
_CHECKED = frozenset({RecordType.TXT, *_FIXED_LENGTHS})
"""Types without names whose data is looked at."""
_NAMES_IN_DATA: dict[int, tuple[int, int, int]] = {
    # Types whose data may hold compressed names: octets before the names, number of names, octets after them.
    RecordType.NS: (0, 1, 0),
    RecordType.CNAME: (0, 1, 0),
    RecordType.SOA: (0, 2, 20),
    RecordType.PTR: (0, 1, 0),
    RecordType.MX: (2, 1, 0),
    RecordType.SRV: (6, 1, 0),
    RecordType.DNAME: (0, 1, 0),
}


class WireRecord(NamedTuple):
    """One record of class IN as read: as :class:`~emblem.dns.message.ResourceRecord`, its owner as labels."""

    owner: Labels
    type: int
    ttl: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Sections:
    """The records of class IN in a message, without OPT.

    Args:
        answer: the records of the answer section.
        authority: the records of the authority section.
        additional: the records of the additional section.
        extended_code: the upper bits of the response code, from OPT (RFC 6891, section 6.1.3); 0 without one.
    """

    answer: tuple[WireRecord, ...]
    authority: tuple[WireRecord, ...]
    additional: tuple[WireRecord, ...]
    extended_code: int


@lru_cache(maxsize=_REMEMBERED)
def read_sections(message: bytes, start: int, counts: tuple[int, int, int], asked: Labels | None = None) -> Sections:
    """Reads all records of a message.

    Args:
        message: the whole message.
        start: where the first record begins, after the question.
        counts: how many records each section has.
        asked: the name in the question, where it was compared and there is one: most records point to it.

    Raises:
        MalformedError: the message does not follow the format, or goes on after its last record.
    """
    reader = _Reader(message, start, {} if asked is None else {HEADER.size: asked})
    answer, authority, additional = (tuple(reader.records(count)) for count in counts)
    if reader.position != len(message):
        raise MalformedError("DNS message", f"{len(message) - reader.position} octets", "nothing after it")
    return Sections(answer, authority, additional, reader.extended_code)


def name_in(data: bytes) -> Labels:
    """The uncompressed name that record data begins with.

    Raises:
        MalformedError: there is none.
    """
    return _Reader(data, 0, {}).name()


class _Reader:
    """Goes through a message once, and remembers the names that it met by where they begin."""

    def __init__(self, message: bytes, position: int, names: dict[int, Labels]) -> None:
        self._message = message
        self._lower = message.lower()
        self._names = names
        self.position = position
        self.extended_code = 0

    def records(self, count: int) -> list[WireRecord]:
        """The next records, of class IN and no OPT."""
        records = []
        message, size = self._message, len(self._message)
        for _ in range(count):
            owner = self.name()
            begin = self.position + _RECORD.size
            if begin > size:
                self._slice(self.position, begin)
            record_type, record_class, ttl, length = _RECORD.unpack_from(message, self.position)
            self.position = begin
            names = _NAMES_IN_DATA.get(record_type)
            if names is not None:
                data = self._data(record_type, length, *names)
            else:
                self.position = begin + length
                data = message[begin : self.position] if self.position <= size else self._slice(begin, self.position)
                if record_type == _OPT:
                    self.extended_code = ttl >> 24
                    continue
                if record_type in _CHECKED and not _fits(record_type, data):
                    raise _unfitting(record_type, length)
            if record_class == _CLASS_IN:
                records.append(WireRecord(owner, record_type, ttl if ttl <= _LARGEST_TTL else 0, data))
        return records

    def name(self) -> Labels:
        """The name at this position, and on to what follows it."""
        message, size = self._message, len(self._message)
        position = self.position
        first = message[position] if position < size else self._octet(position)
        if first == 0:
            self.position = position + 1
            return ()
        if first >= _POINTER and position + 1 < size:
            # Most names are nothing but a pointer to one that was met before.
            target = (first << 8 | message[position + 1]) & _TARGET
            known = self._names.get(target) if target < position else None
            if known is not None:
                self._names[position] = known
                self.position = position + 2
                return known
        labels: list[bytes] = []
        beginnings = [(position, 0)]
        after: int | None = None
        octets = 1
        while position not in self._names:
            length = message[position] if position < size else self._octet(position)
            if 0 < length < 64:
                start, position = position + 1, position + 1 + length
                if position > size:
                    self._slice(start, position)
                octets += 1 + length
                if octets > LONGEST_NAME:
                    raise _too_long(octets)
                labels.append(self._lower[start:position])
            elif length >= _POINTER:
                after = position + 2 if after is None else after
                position = self._pointer_target(position, beginnings)
                beginnings.append((position, len(labels)))
            elif length == 0:
                after = position + 1 if after is None else after
                break
            else:
                raise MalformedError("name", f"length octet {length} of label {len(labels) + 1}", "0 to 63, or 192 on")
        known = self._names.get(position, ())
        name = (*labels, *known)
        if known and length_of(name) > LONGEST_NAME:
            raise _too_long(length_of(name))
        for beginning, skipped in beginnings:
            self._names[beginning] = name[skipped:]
        assert after is not None  # No name was read before at the position where a new one begins.
        self.position = after
        return name

    def _pointer_target(self, position: int, beginnings: list[tuple[int, int]]) -> int:
        """Where a pointer leads: always to before the part of the name that it ends, so that there is an end."""
        target = int.from_bytes(self._slice(position, position + 2)) & _TARGET
        if target >= beginnings[-1][0] or len(beginnings) > _MOST_POINTERS:
            raise MalformedError("name", f"a pointer from {position} to {target}", "one to an earlier name")
        return target

    def _data(self, record_type: int, length: int, before: int, names: int, after: int) -> bytes:
        """Record data with so many names after and before so many octets."""
        end = self.position + length
        data = self._octets(before)
        data += b"".join([encode_labels(self.name()) for _ in range(names)])
        data += self._octets(after)
        if self.position != end:
            raise _unfitting(record_type, length)
        return data

    def _octets(self, count: int) -> bytes:
        self.position += count
        return self._slice(self.position - count, self.position)

    def _octet(self, position: int) -> int:
        return self._slice(position, position + 1)[0]

    def _slice(self, start: int, end: int) -> bytes:
        if end > len(self._message):
            raise MalformedError("DNS message", f"its end at octet {len(self._message)}", f"at least {end} octets")
        return self._message[start:end]


def _too_long(octets: int) -> MalformedError:
    return MalformedError("name", f"{octets} octets", f"at most {LONGEST_NAME}")


def _unfitting(record_type: int, length: int) -> MalformedError:
    return MalformedError("record data", f"{length} octets of type {record_type}", "what the type has")


def _fits(record_type: int, data: bytes) -> bool:
    """Whether data without names is what its type has."""
    return _is_text(data) if record_type == _TXT else len(data) == _FIXED_LENGTHS[record_type]


def _is_text(data: bytes) -> bool:
    """Whether data is one or more character-strings (RFC 1035, section 3.3.14)."""
    position = 0
    while position < len(data):
        position += 1 + data[position]
    return position == len(data) > 0
